import type {
  ClientMessage,
  PictureMessage,
  Quality,
  ServerMessage,
  WatchingMessage,
} from '../server/protocol.ts';
import type { Media } from './binary.ts';

export interface WatchOptions {
  readonly camera: string;
  /** Required for a control room: images are only shared within an incident. */
  readonly incident?: string;
  readonly quality?: Quality;
}

/** Why pictures stopped for good; `code` is stable, `reason` is for people. */
export interface WatchEnd {
  readonly code: string;
  readonly reason: string;
}

export interface WatchHandlers {
  /** The gateway delivers, or delivers anew after a reconnection: an init segment follows. */
  onWatching?(info: WatchingMessage): void;
  onMedia(media: Media): void;
  /** This many pictures were skipped for this viewer; the next one is a key frame. */
  onDropped?(frames: number): void;
  /**
   * How the pictures of the camera are, as soon as they are not `ok` and at each change: a picture on
   * the screen that is not `ok` must not pass for live.
   */
  onPicture?(picture: PictureMessage): void;
  /** No byte comes after this, and the watch is not retried: what is on the screen must go. */
  onEnded?(end: WatchEnd): void;
}

/** What a viewer measured since its last report. */
export interface WatchStats {
  readonly latencyMs: number;
  readonly bufferedMs: number;
  readonly decoded: number;
  readonly dropped: number;
}

/** One camera being watched on one channel. */
export class Watching {
  readonly channel: number;
  readonly options: WatchOptions;
  readonly #handlers: WatchHandlers;
  readonly #send: (message: ClientMessage) => void;
  readonly #forget: () => void;
  #info: WatchingMessage | undefined;
  #ended: WatchEnd | undefined;
  #stopped = false;

  /** Made by `LiveViewClient.watch`. */
  constructor(
    channel: number,
    options: WatchOptions,
    handlers: WatchHandlers,
    link: { send: (message: ClientMessage) => void; forget: () => void },
  ) {
    this.channel = channel;
    this.options = options;
    this.#handlers = handlers;
    this.#send = link.send;
    this.#forget = link.forget;
  }

  /** What the gateway delivers now; undefined until it says so. */
  get info(): WatchingMessage | undefined {
    return this.#info;
  }

  get ended(): WatchEnd | undefined {
    return this.#ended;
  }

  /** Tells the gateway what was measured; nothing is sent while nothing is delivered. */
  reportStats(stats: WatchStats): void {
    if (!this.#info || this.#over) return;
    this.#send({
      type: 'stats',
      channel: this.channel,
      latencyMs: Math.round(stats.latencyMs * 10) / 10,
      bufferedMs: Math.round(stats.bufferedMs * 10) / 10,
      decoded: stats.decoded,
      dropped: stats.dropped,
    });
  }

  /** Stops. No handler is called afterwards. */
  unwatch(): void {
    if (this.#over) return;
    this.#stopped = true;
    this.#forget();
    this.#send({ type: 'unwatch', channel: this.channel });
  }

  /** For `LiveViewClient`: asks the gateway, at first and after each reconnection. */
  ask(): void {
    const { camera, incident, quality } = this.options;
    this.#info = undefined;
    this.#send({
      type: 'watch',
      channel: this.channel,
      camera,
      ...(incident === undefined ? {} : { incident }),
      quality: quality ?? 'auto',
    });
  }

  /** For `LiveViewClient`: what arrived on this channel. */
  deliver(event: WatchEvent): void {
    if (this.#over) return;
    if (event.type === 'media') this.#handlers.onMedia(event.media);
    else if (event.type === 'picture') this.#handlers.onPicture?.(event);
    else if (event.type === 'dropped') this.#handlers.onDropped?.(event.frames);
    else if (event.type === 'watching') {
      this.#info = event;
      this.#handlers.onWatching?.(event);
    } else {
      this.#ended = { code: event.code, reason: event.reason };
      this.#forget();
      this.#handlers.onEnded?.(this.#ended);
    }
  }

  get #over(): boolean {
    return this.#stopped || this.#ended !== undefined;
  }
}

export type WatchEvent =
  | WatchingMessage
  | PictureMessage
  | { readonly type: 'media'; readonly media: Media }
  | { readonly type: 'dropped'; readonly frames: number }
  | { readonly type: 'ended'; readonly code: string; readonly reason: string };

const OF_WATCH = ['watching', 'picture', 'dropped', 'ended'] as const;

/** What of the gateway's messages belongs to one watch. */
export function isOfWatch(
  message: ServerMessage,
): message is Extract<ServerMessage, { type: (typeof OF_WATCH)[number] }> {
  return OF_WATCH.some((type) => type === message.type);
}
