import type { Clock, Timer } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Permit, PermitEnd } from '../../core/permit.ts';
import type { FragmentReader, FragmentSink, MediaFragment } from '../fragment.ts';
import { Channel, type ChannelFigures } from './channel.ts';
import type { ListLimits } from './picture-list.ts';
import type { ViewerListener } from './viewer.ts';

/** Which of a camera's channels: a name that means something to `openFeed` alone. */
export type ChannelQuality = string;

/** What fills a channel while it is open. */
export interface Feed {
  /** Another feed of the same camera may be opened before this resolves. */
  close(): Promise<void>;
  /** May be called often: the feed limits what reaches the camera, and repeats it until one comes. */
  requestKeyFrame?(): void;
}

export interface HubOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a channel without viewers stays open. */
  readonly graceMs: number;
  readonly limits?: ListLimits;
  openFeed(camera: string, quality: ChannelQuality, sink: FragmentSink): Feed;
}

export interface ChannelStatus extends ChannelFigures {
  readonly camera: string;
  readonly quality: ChannelQuality;
}

const STOPPING: PermitEnd = { code: 'gateway-stopping', reason: 'the gateway is stopping' };
const CHANGED: PermitEnd = { code: 'camera-changed', reason: 'the camera was set up anew' };

/**
 * Joins viewers and feeds: a channel is opened for its first viewer and closed some time after its
 * last one. Nobody joins without a permit, and the camera is the permit's.
 */
export class Hub {
  readonly #options: HubOptions;
  readonly #open = new Map<string, OpenChannel>();
  readonly #closing = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /**
   * The viewer's place in the channel of the permit's camera, with the current group of pictures
   * waiting when there is one.
   *
   * @throws PermitEndedError, LiveViewError `gateway-stopping`, and what `openFeed` throws.
   */
  join(permit: Permit, quality: ChannelQuality, listener: ViewerListener): FragmentReader {
    permit.check();
    const isOpen = this.#open.has(keyOf(permit.camera, quality));
    const open = this.#acquire(permit.camera, quality);
    const viewer = open.channel.join(permit, listener);
    // A channel that has just been opened begins with a key frame by itself.
    if (isOpen && open.channel.pictures.groupStart === undefined) open.feed.requestKeyFrame?.();
    return viewer;
  }

  /** Keeps a channel open without a viewer until the function that is returned has been called. */
  keepWarm(camera: string, quality: ChannelQuality): () => void {
    const open = this.#acquire(camera, quality);
    let released = false;
    return () => {
      if (!released) this.#release(open);
      released = true;
    };
  }

  /** The pictures with which a viewer would begin now; empty where there are none. */
  group(camera: string, quality: ChannelQuality): readonly MediaFragment[] {
    const pictures = this.#open.get(keyOf(camera, quality))?.channel.pictures.group() ?? [];
    return pictures.map(({ media }) => media);
  }

  /** Closes at once what is open for nobody, as what it uses is needed elsewhere. */
  closeUnused(isMeant: (quality: ChannelQuality, camera: string) => boolean): void {
    for (const open of [...this.#open.values()]) {
      if (open.users === 0 && isMeant(open.quality, open.camera)) this.#close(open);
    }
  }

  /** The camera was set up anew, or is gone: its viewers are ended and may ask again. */
  drop(camera: string): void {
    for (const open of [...this.#open.values()]) {
      if (open.camera === camera) this.#end(open, CHANGED);
    }
  }

  /** Nothing comes of this channel as things are: its viewers are told why, and may ask again. */
  end(camera: string, quality: ChannelQuality, why: PermitEnd): void {
    const open = this.#open.get(keyOf(camera, quality));
    if (open) this.#end(open, why);
  }

  status(): ChannelStatus[] {
    return [...this.#open.values()].map(({ camera, quality, channel }) => ({
      camera,
      quality,
      ...channel.figures(),
    }));
  }

  /** Ends every viewer and closes every feed; resolves when the last one has closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const open of [...this.#open.values()]) this.#end(open, STOPPING);
    await Promise.all(this.#closing);
  }

  #acquire(camera: string, quality: ChannelQuality): OpenChannel {
    if (this.#stopped) throw new LiveViewError(STOPPING.code, STOPPING.reason);
    const open = this.#open.get(keyOf(camera, quality)) ?? this.#openChannel(camera, quality);
    open.users += 1;
    open.grace?.cancel();
    open.grace = undefined;
    return open;
  }

  #openChannel(camera: string, quality: ChannelQuality): OpenChannel {
    const { openFeed, limits } = this.#options;
    const log = this.#options.log.child({ camera, quality });
    const channel = new Channel({
      log,
      ...(limits ? { limits } : {}),
      onLeft: () => this.#release(open),
      requestKeyFrame: () => open.feed.requestKeyFrame?.(),
    });
    const feed = openFeed(camera, quality, channel);
    const open: OpenChannel = { camera, quality, channel, feed, log, users: 0, grace: undefined };
    this.#open.set(keyOf(camera, quality), open);
    return open;
  }

  #release(open: OpenChannel): void {
    open.users -= 1;
    if (open.users > 0 || this.#open.get(keyOf(open.camera, open.quality)) !== open) return;
    const { clock, graceMs } = this.#options;
    open.grace = clock.setTimer(graceMs, () => this.#close(open));
  }

  #end(open: OpenChannel, why: PermitEnd): void {
    open.channel.end(why);
    this.#close(open);
  }

  #close(open: OpenChannel): void {
    open.grace?.cancel();
    this.#open.delete(keyOf(open.camera, open.quality));
    open.channel.pictures.clear();
    const closing = closeFeed(open).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

interface OpenChannel {
  readonly camera: string;
  readonly quality: ChannelQuality;
  readonly channel: Channel;
  readonly feed: Feed;
  readonly log: Logger;
  /** Viewers and those that keep it warm. */
  users: number;
  grace: Timer | undefined;
}

async function closeFeed({ feed, log }: OpenChannel): Promise<void> {
  try {
    await feed.close();
  } catch (error) {
    log.warn(`a feed did not close: ${describe(error)}`);
  }
}

function keyOf(camera: string, quality: ChannelQuality): string {
  return `${quality} ${camera}`;
}
