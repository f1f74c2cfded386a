import type { Clock } from '../../core/clock.ts';
import { Bucket } from './bucket.ts';

/** One viewer's place on a line. */
export interface Seat {
  /** What it may take now, kbit/s. */
  readonly shareKbps: number;
  /** What it would take if nobody else were there. */
  demand(kbps: number): void;
  /** How long it has to wait before it may take anything; 0 when it may. */
  waitMs(): number;
  took(bytes: number): void;
  leave(): void;
}

/**
 * A ceiling that viewers share by max-min fairness: nobody gets less than another unless it wants less.
 * What is left when everybody has what it wants is shared equally, for moments in which it wants more.
 *
 * What a viewer takes counts against its own share and against the whole, so that neither viewers that
 * come and go nor a share that has just grown lets more pass than the ceiling and one second of it.
 */
export class Line {
  readonly #clock: Clock;
  readonly #ceilingKbps: number;
  readonly #whole: Bucket;
  readonly #seats = new Set<LineSeat>();

  constructor(clock: Clock, ceilingKbps: number) {
    this.#clock = clock;
    this.#ceilingKbps = ceilingKbps;
    this.#whole = new Bucket(clock, ceilingKbps);
  }

  take(demandKbps: number): Seat {
    const seat = new LineSeat({
      ...{ clock: this.#clock, whole: this.#whole, demandKbps },
      onChange: () => this.#share(),
      onLeave: (left) => {
        this.#seats.delete(left);
        this.#share();
      },
    });
    this.#seats.add(seat);
    this.#share();
    return seat;
  }

  #share(): void {
    const seats = [...this.#seats];
    const demands = seats.map((seat) => seat.demandKbps);
    const given = shares(demands, this.#ceilingKbps);
    for (const [index, seat] of seats.entries()) seat.give(given[index] ?? 0);
  }
}

interface LineSeatOptions {
  readonly clock: Clock;
  readonly whole: Bucket;
  readonly demandKbps: number;
  readonly onChange: () => void;
  readonly onLeave: (seat: LineSeat) => void;
}

/** A demand that differs by less than this is the same. */
const NOTICED = 0.1;

class LineSeat implements Seat {
  readonly #options: LineSeatOptions;
  readonly #own: Bucket;
  #demandKbps: number;
  #shareKbps = 0;
  #left = false;

  constructor(options: LineSeatOptions) {
    this.#options = options;
    this.#own = new Bucket(options.clock, 0);
    this.#demandKbps = options.demandKbps;
  }

  get demandKbps(): number {
    return this.#demandKbps;
  }

  get shareKbps(): number {
    return this.#shareKbps;
  }

  demand(kbps: number): void {
    if (this.#left || Math.abs(kbps - this.#demandKbps) <= this.#demandKbps * NOTICED) return;
    this.#demandKbps = kbps;
    this.#options.onChange();
  }

  give(kbps: number): void {
    this.#shareKbps = kbps;
    this.#own.setRate(kbps);
  }

  waitMs(): number {
    return Math.max(this.#own.waitMs(), this.#options.whole.waitMs());
  }

  took(bytes: number): void {
    this.#own.took(bytes);
    this.#options.whole.took(bytes);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#options.onLeave(this);
  }
}

/** Of a ceiling, what each of those gets who want so much; together exactly the ceiling. */
export function shares(demands: readonly number[], ceiling: number): number[] {
  const given = demands.map(() => 0);
  const order = demands.map((_, index) => index);
  order.sort((a, b) => (demands[a] ?? 0) - (demands[b] ?? 0));
  let left = ceiling;
  for (const [done, index] of order.entries()) {
    const equal = left / (order.length - done);
    const share = Math.min(demands[index] ?? 0, equal);
    given[index] = share;
    left -= share;
  }
  return given.map((share) => share + Math.max(0, left) / given.length);
}
