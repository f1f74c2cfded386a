import { TooOftenError } from '../../access/too-often.ts';
import { type Clock, sleep, type Timer } from '../../core/clock.ts';
import type { Permit } from '../../core/permit.ts';
import type { SnapshotWish } from '../../server/deps.ts';
import type { Line, Seat } from './line.ts';

export type TakeSnapshot = (permit: Permit, wish: SnapshotWish) => Promise<Buffer>;

/** What all snapshots together want of the line: as much as one small picture. */
const DEMAND_KBPS = 1_000;
/** Whoever would have to wait longer is refused. */
const MAX_WAIT_MS = 4_000;

export interface LineSnapshotsOptions {
  readonly clock: Clock;
  readonly line: Pick<Line, 'take'>;
  readonly take: TakeSnapshot;
}

/**
 * The snapshots of a listener go over the same line as its pictures. All of them together are one more
 * viewer there while there are any: each may pass when what passed before it is paid for.
 */
export class LineSnapshots {
  readonly #options: LineSnapshotsOptions;
  #seat: Seat | undefined;
  #asking = 0;
  #paying: Timer | undefined;

  constructor(options: LineSnapshotsOptions) {
    this.#options = options;
  }

  /** @throws TooOftenError `too-many-requests` when the line has no room for it; and what `take` throws. */
  async take(permit: Permit, wish: SnapshotWish): Promise<Buffer> {
    const seat = this.#sit();
    try {
      refuseWhen(seat.waitMs() > MAX_WAIT_MS, seat);
      const jpeg = await this.#options.take(permit, wish);
      await this.#pass(seat, permit, jpeg.length);
      return jpeg;
    } finally {
      this.#asking -= 1;
      this.#leaveOncePaid(seat);
    }
  }

  #sit(): Seat {
    this.#asking += 1;
    this.#paying?.cancel();
    this.#paying = undefined;
    this.#seat ??= this.#options.line.take(DEMAND_KBPS);
    return this.#seat;
  }

  /** Others may wait for the same room: whoever sees it takes it, in the same turn. */
  async #pass(seat: Seat, permit: Permit, bytes: number): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.nowMs() + MAX_WAIT_MS;
    for (let waitMs = seat.waitMs(); waitMs > 0; waitMs = seat.waitMs()) {
      refuseWhen(clock.nowMs() + waitMs > untilMs, seat);
      await sleep(clock, waitMs);
      permit.check();
    }
    seat.took(bytes);
  }

  /** A place that is left with debts would be taken anew without them. */
  #leaveOncePaid(seat: Seat): void {
    if (this.#asking > 0) return;
    const waitMs = seat.waitMs();
    if (waitMs > 0) {
      this.#paying = this.#options.clock.setTimer(waitMs, () => this.#leaveOncePaid(seat));
      return;
    }
    this.#paying = undefined;
    this.#seat = undefined;
    seat.leave();
  }
}

function refuseWhen(tooLong: boolean, seat: Seat): void {
  if (!tooLong) return;
  const why = 'the line has no room for more snapshots now (a smaller `width` takes less of it)';
  throw new TooOftenError('too-many-requests', why, seat.waitMs());
}
