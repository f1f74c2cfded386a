import { Recent } from '../access/recent.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { TokenBucket } from '../core/token-bucket.ts';

export interface Rate {
  readonly atOnce: number;
  readonly perSecond: number;
  /** None unless told: by what turned out to be worth more than one. */
  readonly mostOwed?: number;
}

interface Line {
  readonly network: string;
  readonly bucket: TokenBucket;
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
  timer: Timer | undefined;
}

/** Of as many networks the lines are known; the one that came longest ago is forgotten first. */
const MAX_LINES = 10_000;

/**
 * Lets each network begin so many things at once and so many a second; what is beyond waits in a line of its own.
 * Nothing is refused: an answer that says so costs as much as another, and whoever gets it asks again.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #rate: Rate;
  readonly #lines: Recent<Line>;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
    // By then it may begin as many at once as a new one.
    const forgetMs = ((rate.atOnce + (rate.mostOwed ?? 0)) / rate.perSecond) * 1_000;
    this.#lines = new Recent(clock, { forgetMs, max: MAX_LINES });
  }

  /** Calls `begin` when it is its turn, which may be now. Returns how to leave the line. */
  turn(network: string, begin: () => void): () => void {
    const line = this.#lineOf(network);
    line.waiting.add(begin);
    if (!line.timer) this.#go(line);
    return () => line.waiting.delete(begin);
  }

  /** Takes a turn without waiting, and returns 0; without one, the milliseconds until there is. */
  take(network: string): number {
    return this.#lineOf(network).bucket.take();
  }

  /** What has begun there was worth so many more. */
  owe(network: string, count: number): void {
    this.#lines.get(network)?.bucket.owe(count, this.#rate.mostOwed ?? 0);
  }

  /** How many wait there. */
  waiting(network: string): number {
    return this.#lines.get(network)?.waiting.size ?? 0;
  }

  #lineOf(network: string): Line {
    const line = this.#lines.get(network) ?? {
      network,
      bucket: new TokenBucket(this.#clock, this.#rate),
      waiting: new Set(),
      timer: undefined,
    };
    this.#lines.set(network, line);
    return line;
  }

  #go(line: Line): void {
    line.timer = undefined;
    // Not forgotten while somebody waits: the next who comes would have a line to themselves.
    this.#lines.set(line.network, line);
    for (const begin of line.waiting) {
      const waitMs = line.bucket.take();
      if (waitMs > 0) {
        line.timer = this.#clock.setTimer(waitMs, () => this.#go(line));
        return;
      }
      line.waiting.delete(begin);
      begin();
    }
  }
}
