import type {
  LiveViewClient,
  Media,
  PictureMessage,
  Quality,
  WatchEnd,
  Watching,
  WatchingMessage,
} from '../../../src/client/index.ts';
import { DemuxError } from './boxes.ts';
import type { PicturePlayer, PlayerKind } from './picture-player.ts';
import type { PictureState, ShownPicture } from './picture-state.ts';
import { createPlayer, playersFor } from './player.ts';

export interface PictureStatus extends ShownPicture {
  /** Capture to screen, median of the last second; while late or frozen the age of the picture. */
  readonly latencyMs: number | undefined;
  /** Pictures shown since the beginning. */
  readonly frames: number;
  readonly player: PlayerKind | undefined;
  readonly info: WatchingMessage | undefined;
}

export interface LivePictureOptions {
  readonly client: LiveViewClient;
  readonly camera: string;
  readonly incident?: string;
  readonly quality?: Quality;
  /** The player's element is put in here. */
  readonly mount: HTMLElement;
  readonly only?: PlayerKind;
  /** Several times a second. */
  readonly onStatus: (status: PictureStatus) => void;
}

const TICK_MS = 250;
const TICKS_PER_REPORT = 4;
const FROZEN_AFTER_MS = 2_500;
/** Fragments kept while the kind of player is being decided: a long group of pictures at most. */
const MAX_WAITING = 1_500;

/** One camera on the screen: the watch, the player, what is measured, and the truth about all three. */
export class LivePicture {
  readonly #options: LivePictureOptions;
  readonly #watching: Watching;
  readonly #timer: ReturnType<typeof setInterval>;
  #player: PicturePlayer | undefined;
  #kinds: PlayerKind[] = [];
  #codec: string | undefined;
  #init: Media | undefined;
  #waiting: Media[] | undefined;
  #ended: WatchEnd | undefined;
  #picture: PictureMessage | undefined;
  #unplayable = false;
  #interrupted = false;
  #frames = 0;
  #ticks = 0;
  #lastCaptureUnixUs: number | undefined;
  #firstShownMs = 0;
  #lastShownMs = 0;
  #lastArrivalMs = 0;
  #arrivedCaptureUnixUs = 0;
  #told: PictureState | undefined;
  #latenciesMs: number[] = [];
  #latencyMs: number | undefined;
  #reported = { decoded: 0, dropped: 0 };
  #skipped = 0;

  constructor(options: LivePictureOptions) {
    this.#options = options;
    const { client, camera, incident, quality } = options;
    this.#watching = client.watch(
      {
        camera,
        ...(incident === undefined ? {} : { incident }),
        ...(quality === undefined ? {} : { quality }),
      },
      {
        onWatching: (info) => void this.#begin(info),
        onMedia: (media) => this.#media(media),
        onPicture: (picture) => {
          this.#picture = picture;
          this.#tell();
        },
        onDropped: (frames) => {
          this.#skipped += frames;
        },
        onEnded: (end) => this.#end(end),
      },
    );
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tell();
  }

  /** Stops watching and leaves nothing behind. */
  close(): void {
    clearInterval(this.#timer);
    this.#watching.unwatch();
    this.#dropPlayer();
    this.#options.mount.replaceChildren();
  }

  async #begin(info: WatchingMessage): Promise<void> {
    const { codec } = info;
    this.#interrupted = false;
    if (codec === this.#codec && this.#player?.kind === 'webcodecs') return;
    this.#codec = codec;
    // One that can go on shows its last picture until the next one comes.
    if (this.#player?.kind !== 'webcodecs') this.#dropPlayer();
    const waiting: Media[] = [];
    this.#waiting = waiting;
    const kinds = await playersFor(codec, this.#options.only);
    if (this.#ended || this.#codec !== codec || this.#waiting !== waiting) return;
    this.#kinds = kinds;
    if (this.#player && this.#player.kind === kinds[0]) this.#goOn(waiting);
    else this.#nextPlayer(waiting);
  }

  /** The player that is there plays what came while it was asked whether it can. */
  #goOn(backlog: readonly Media[]): void {
    this.#kinds.shift();
    this.#waiting = undefined;
    for (const media of backlog) this.#feed(media);
  }

  /** The best kind that has not failed yet, fed with what came before it. */
  #nextPlayer(backlog: readonly Media[]): void {
    this.#dropPlayer();
    const kind = this.#kinds.shift();
    if (!kind) {
      this.#unplayable = true;
      this.#tell();
      return;
    }
    const player = createPlayer(kind, {
      onShown: (captureUnixUs) => this.#shown(captureUnixUs),
      onFailed: () => this.#nextPlayer(this.#init ? [this.#init] : []),
    });
    this.#player = player;
    this.#options.mount.replaceChildren(player.element);
    for (const media of backlog) this.#feed(media);
  }

  #media(media: Media): void {
    this.#lastArrivalMs = performance.now();
    if (media.kind === 'init') this.#init = media;
    else this.#arrivedCaptureUnixUs = media.captureUnixUs;
    if (!this.#waiting) this.#feed(media);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(media);
  }

  #feed(media: Media): void {
    try {
      this.#player?.feed(media);
    } catch (error) {
      if (!(error instanceof DemuxError)) throw error;
      this.#unplayable = true;
      this.#dropPlayer();
      this.#tell();
    }
  }

  #shown(captureUnixUs: number): void {
    this.#frames += 1;
    this.#unplayable = false;
    this.#lastShownMs = performance.now();
    if (this.#lastCaptureUnixUs === undefined) this.#firstShownMs = this.#lastShownMs;
    this.#lastCaptureUnixUs = captureUnixUs;
    const latencyMs = this.#options.client.latencyMs(captureUnixUs);
    if (latencyMs !== undefined) this.#latenciesMs.push(latencyMs);
    if (this.#state() !== this.#told) this.#tell();
  }

  #end(end: WatchEnd): void {
    this.#ended = end;
    clearInterval(this.#timer);
    this.#dropPlayer();
    this.#tell();
  }

  #dropPlayer(): void {
    this.#player?.close();
    this.#player = undefined;
    this.#waiting = undefined;
    this.#reported = { decoded: 0, dropped: 0 };
    this.#lastCaptureUnixUs = undefined;
  }

  #tick(): void {
    if (this.#options.client.state !== 'open' && !this.#interrupted) {
      this.#interrupted = true;
      this.#picture = undefined;
      this.#codec = undefined;
      this.#dropPlayer();
    }
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_REPORT === 0) this.#measure();
    this.#tell();
  }

  #measure(): void {
    const sorted = this.#latenciesMs.sort((a, b) => a - b);
    this.#latenciesMs = [];
    this.#latencyMs = sorted[sorted.length >> 1];
    if (!this.#player || this.#latencyMs === undefined) return;
    const { decoded, dropped, bufferedMs } = this.#player.figures;
    this.#watching.reportStats({
      latencyMs: this.#latencyMs,
      bufferedMs,
      decoded: Math.max(0, decoded - this.#reported.decoded),
      dropped: Math.max(0, dropped - this.#reported.dropped) + this.#skipped,
    });
    this.#reported = { decoded, dropped };
    this.#skipped = 0;
  }

  #tell(): void {
    const state = this.#state();
    this.#told = state;
    this.#options.onStatus({
      state,
      latencyMs: state === 'frozen' || state === 'late' ? this.#ageMs() : this.#latencyMs,
      frames: this.#frames,
      player: this.#player?.kind,
      info: this.#watching.info,
      ended: this.#ended,
      picture: this.#picture,
    });
  }

  #state(): PictureState {
    if (this.#ended) return 'ended';
    if (this.#interrupted) return 'interrupted';
    if (this.#unplayable) return 'unplayable';
    if (this.#lastCaptureUnixUs === undefined) return 'connecting';
    if (this.#isLive()) return 'live';
    // What there was since the last key frame rushes by first.
    if (performance.now() - this.#firstShownMs <= FROZEN_AFTER_MS) return 'connecting';
    return this.#moves() ? 'late' : 'frozen';
  }

  /** It moves, and it is new by the gateway's clock: what a dead camera left behind is neither. */
  #isLive(): boolean {
    const captureUnixUs = document.hidden ? this.#arrivedCaptureUnixUs : this.#lastCaptureUnixUs;
    if (captureUnixUs === undefined || !this.#moves()) return false;
    const ageMs = this.#options.client.latencyMs(captureUnixUs);
    return ageMs !== undefined && ageMs <= FROZEN_AFTER_MS;
  }

  /** A hidden page repaints nothing; there, arrival is all that can be known. */
  #moves(): boolean {
    const lastMs = document.hidden ? this.#lastArrivalMs : this.#lastShownMs;
    return performance.now() - lastMs <= FROZEN_AFTER_MS;
  }

  #ageMs(): number | undefined {
    const captureUnixUs = this.#lastCaptureUnixUs;
    return captureUnixUs === undefined ? undefined : this.#options.client.latencyMs(captureUnixUs);
  }
}
