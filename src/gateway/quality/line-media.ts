import type { Clock, Timer } from '../../core/clock.ts';
import type { MediaListener, MediaReader, OpenMedia, ViewerStats } from '../../server/deps.ts';
import type { Delivery } from '../../video/fragment.ts';
import { isAdaptive } from './adaptive-media.ts';
import type { Bitrates } from './bitrates.ts';
import type { Line, Seat } from './line.ts';

export interface LineMediaDeps {
  readonly clock: Clock;
  readonly line: Line;
  readonly bitrates: Pick<Bitrates, 'of'>;
  /** @param shareKbps what the viewer may take. */
  readonly openWith: (shareKbps: () => number) => OpenMedia;
}

/**
 * Every viewer of a listener takes what it is given on one line, whatever it asked for. One that would
 * take more gets no more: its pictures are passed over by the hub, to a key frame, as for every
 * viewer that is slow.
 */
export function lineMedia({ clock, line, bitrates, openWith }: LineMediaDeps): OpenMedia {
  return (permit, wish, listener) => {
    const best = isAdaptive(wish) || wish.quality === 'auto' ? 'main' : wish.quality;
    const seat = line.take(bitrates.of(permit.camera, best));
    const open = openWith(() => seat.shareKbps);
    const demandKbps = (quality: string | undefined) =>
      bitrates.of(permit.camera, isAdaptive(wish) ? best : (quality ?? best));
    try {
      return new MeteredReader({
        ...{ clock, listener, seat, demandKbps },
        open: (own) => open(permit, wish, own),
      });
    } catch (error) {
      seat.leave();
      throw error;
    }
  };
}

interface MeteredOptions {
  readonly clock: Clock;
  readonly listener: MediaListener;
  readonly seat: Seat;
  /** What it would take of this quality, alone. */
  readonly demandKbps: (quality: string | undefined) => number;
  readonly open: (listener: MediaListener) => MediaReader;
}

const DEMAND_EVERY_MS = 1_000;

/** Gives nothing while the line has nothing for it, and says when it has again. */
class MeteredReader implements MediaReader {
  readonly #options: MeteredOptions;
  readonly #reader: MediaReader;
  #timer: Timer | undefined;
  #demandedMs: number;
  #over = false;

  constructor(options: MeteredOptions) {
    this.#options = options;
    this.#demandedMs = options.clock.nowMs();
    const { listener } = options;
    this.#reader = options.open({
      readable: () => {
        if (!this.#timer) listener.readable();
      },
      ended: (end) => {
        this.#leave();
        listener.ended(end);
      },
    });
    this.#demand();
  }

  get quality() {
    return this.#reader.quality;
  }

  get transcoded() {
    return this.#reader.transcoded === true;
  }

  next(): Delivery | undefined {
    const { seat } = this.#options;
    const waitMs = this.#over ? 0 : seat.waitMs();
    if (waitMs > 0) {
      this.#wait(waitMs);
      return undefined;
    }
    const delivery = this.#reader.next();
    if (!delivery) return undefined;
    seat.took(delivery.fragment.bytes.length);
    this.#demand();
    return delivery;
  }

  report(stats: ViewerStats): void {
    this.#reader.report?.(stats);
  }

  close(): void {
    this.#leave();
    this.#reader.close();
  }

  #wait(waitMs: number): void {
    this.#timer ??= this.#options.clock.setTimer(waitMs, () => {
      this.#timer = undefined;
      this.#options.listener.readable();
    });
  }

  /** What is known of its bitrate changes. */
  #demand(): void {
    const { clock, seat, demandKbps } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#demandedMs < DEMAND_EVERY_MS) return;
    this.#demandedMs = nowMs;
    seat.demand(demandKbps(this.#reader.quality));
  }

  #leave(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#options.seat.leave();
  }
}
