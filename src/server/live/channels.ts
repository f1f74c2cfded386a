import type { Caller } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Delivery, InitSegment } from '../../video/fragment.ts';
import type { ListenerDeps, MediaEnd, MediaWish, PictureCondition, ViewerStats } from '../deps.ts';
import { toCaller } from '../egress/outlets.ts';
import type { Outlet } from '../egress/socket-outlet.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { Quality } from '../protocol.ts';
import { encodeHeader } from './binary.ts';
import type { Link } from './link.ts';
import { pictureMessage } from './picture.ts';
import type { WatchTarget } from './watch.ts';
import { Watch } from './watch.ts';

/** Cameras that one socket may watch at a time. */
export const MAX_CHANNELS = 32;

export interface ChannelsOptions {
  readonly deps: ListenerDeps;
  readonly caller: Caller;
  readonly link: Link;
  readonly outlet: Outlet;
  readonly metrics: ServerMetrics;
}

/**
 * The cameras that one socket watches. They share the socket's room: while there is room, each
 * channel in turn sends one fragment, so that a large picture does not starve a small one.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  /** In order of whose turn it is. */
  readonly #channels = new Map<number, Channel>();
  #pumping = false;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /** What the viewer of a channel measured; nothing when there is none. */
  report(number: number, stats: ViewerStats): void {
    const delayMs = this.#channels.get(number)?.watch?.report(stats);
    if (delayMs !== undefined) this.#options.metrics.latency.observe(delayMs / 1000);
  }

  /**
   * @throws LiveViewError `channel-in-use`, `too-many-channels`, and what `Watch` throws: then
   * nothing was sent.
   */
  open(number: number, target: WatchTarget, wish: MediaWish): void {
    if (this.#channels.has(number)) {
      throw new LiveViewError('channel-in-use', `channel ${number} is in use; unwatch it first`);
    }
    if (this.#channels.size >= MAX_CHANNELS) {
      throw new LiveViewError(
        'too-many-channels',
        `one connection watches at most ${MAX_CHANNELS} cameras; open another`,
      );
    }
    const { deps, caller, link, outlet, metrics } = this.#options;
    const channel = new Channel(number, wish.quality, link, metrics);
    channel.watch = new Watch(deps, caller, target, wish, {
      readable: () => this.pump(),
      ended: (end) => this.#ended(channel, end),
      condition: (condition) => this.#tell(number, condition),
    });
    if (channel.ended) return;
    this.#channels.set(number, channel);
    outlet.begin(number, { ...toCaller(caller), ...channel.watch.counted });
    metrics.viewers.inc(1);
    const { condition } = channel.watch;
    if (condition && condition.state !== 'ok') this.#tell(number, condition);
    this.pump();
  }

  /** @returns whether there was something to stop. */
  close(number: number, reason: string): boolean {
    const channel = this.#channels.get(number);
    if (!channel) return false;
    this.#forget(channel);
    channel.watch?.close(reason);
    return true;
  }

  closeAll(reason: string): void {
    for (const number of [...this.#channels.keys()]) this.close(number, reason);
  }

  /** Sends while there is room and something to send. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#sendOneRound());
    } finally {
      this.#pumping = false;
    }
  }

  /** One fragment of each channel; false when there is no room, or nothing left in any. */
  #sendOneRound(): boolean {
    let progress = false;
    const all = this.#channels.values();
    // The order changes on the way, and mostly there is but one.
    for (const channel of this.#channels.size > 1 ? [...all] : all) {
      if (!this.#options.link.askRoom()) return false;
      if (channel.sendNext()) progress = true;
      if (this.#channels.size > 1 && this.#channels.delete(channel.number)) {
        this.#channels.set(channel.number, channel);
      }
    }
    return progress;
  }

  #tell(number: number, condition: PictureCondition): void {
    if (!this.#channels.has(number)) return;
    const { link, caller } = this.#options;
    link.text(pictureMessage(number, condition, caller.side));
  }

  #ended(channel: Channel, end: MediaEnd): void {
    channel.ended = true;
    this.#forget(channel);
    this.#options.link.ended(channel.number, end);
  }

  #forget(channel: Channel): void {
    if (this.#channels.get(channel.number) !== channel) return;
    this.#channels.delete(channel.number);
    this.#options.outlet.end(channel.number);
    this.#options.metrics.viewers.dec(1);
  }
}

/** Turns what a viewer gets of one camera into messages of the socket. */
class Channel {
  readonly number: number;
  watch: Watch | undefined;
  ended = false;
  readonly #asked: Quality;
  readonly #link: Link;
  readonly #metrics: ServerMetrics;
  #format: InitSegment['format'] = 'fmp4';

  constructor(number: number, asked: Quality, link: Link, metrics: ServerMetrics) {
    this.number = number;
    this.#asked = asked;
    this.#link = link;
    this.#metrics = metrics;
  }

  /** @returns whether there may be more to send. */
  sendNext(): boolean {
    const delivery = this.watch?.next();
    if (!delivery) return false;
    const { fragment, droppedBefore } = delivery;
    if (droppedBefore > 0) {
      this.#metrics.dropped.inc(droppedBefore);
      this.#link.text({ type: 'dropped', channel: this.number, frames: droppedBefore });
    }
    if (fragment.kind === 'init') this.#announce(fragment);
    this.#send(delivery);
    return !delivery.last;
  }

  #announce(init: InitSegment): void {
    this.#format = init.format;
    const { format, codec, width, height, generation } = init;
    const asked = this.#asked === 'auto' ? 'main' : this.#asked;
    this.#link.text({
      type: 'watching',
      channel: this.number,
      camera: this.watch?.target.camera ?? '',
      ...{ format, codec, width, height, generation },
      quality: this.watch?.quality ?? asked,
      ...(this.watch?.transcoded ? { transcoded: true } : {}),
    });
  }

  #send(delivery: Delivery): void {
    const { fragment, sequence, droppedBefore } = delivery;
    if (fragment.bytes.length === 0) return;
    const header = encodeHeader({
      fragment,
      channel: this.number,
      sequence,
      afterDrop: droppedBefore > 0,
      format: this.#format,
    });
    if (this.#link.binary(fragment.bytes, header)) {
      this.#metrics.mediaBytes.inc(fragment.bytes.length);
    } else this.watch?.putBack(delivery);
  }
}
