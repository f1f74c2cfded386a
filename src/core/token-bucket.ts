import type { Clock } from './clock.ts';

/** So many at once, and so many a second after that. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #atOnce: number;
  readonly #perSecond: number;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, { atOnce, perSecond }: { atOnce: number; perSecond: number }) {
    this.#clock = clock;
    this.#atOnce = atOnce;
    this.#perSecond = perSecond;
    this.#left = atOnce;
    this.#atMs = clock.nowMs();
  }

  /** Takes one, and returns 0; without one, the milliseconds until there is. */
  take(): number {
    const nowMs = this.#clock.nowMs();
    const gained = ((nowMs - this.#atMs) * this.#perSecond) / 1_000;
    this.#left = Math.min(this.#atOnce, this.#left + gained);
    this.#atMs = nowMs;
    if (this.#left < 1) return ((1 - this.#left) * 1_000) / this.#perSecond;
    this.#left -= 1;
    return 0;
  }

  /** Takes so many more, whether they are there or not; no more than `most` are owed. */
  owe(count: number, most: number): void {
    this.#left = Math.max(Math.min(this.#left, -most), this.#left - count);
  }

  /** Of one that was taken, and was not used after all. */
  giveBack(): void {
    this.#left = Math.min(this.#atOnce, this.#left + 1);
  }
}
