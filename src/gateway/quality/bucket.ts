import type { Clock } from '../../core/clock.ts';

/** What has not been used of a rate is kept for so long. */
const BURST_MS = 1_000;

/**
 * A token bucket. It lets one thing more pass than it has tokens for, as nobody knows beforehand how large
 * that is, and is in debt afterwards. It begins with next to nothing: who comes anew has saved nothing.
 */
export class Bucket {
  readonly #clock: Clock;
  #kbps: number;
  #bits = 1;
  #atMs: number;

  constructor(clock: Clock, kbps: number) {
    this.#clock = clock;
    this.#kbps = kbps;
    this.#atMs = clock.nowMs();
  }

  /** kbit/s are bits a millisecond. */
  setRate(kbps: number): void {
    this.#fill();
    this.#kbps = kbps;
    this.#bits = Math.min(this.#bits, kbps * BURST_MS);
  }

  took(bytes: number): void {
    this.#fill();
    this.#bits -= bytes * 8;
  }

  /** Until something may pass; 0 when it may. */
  waitMs(): number {
    this.#fill();
    if (this.#bits > 0) return 0;
    return this.#kbps > 0 ? (1 - this.#bits) / this.#kbps : BURST_MS;
  }

  #fill(): void {
    const nowMs = this.#clock.nowMs();
    const most = this.#kbps * BURST_MS;
    const more = (nowMs - this.#atMs) * this.#kbps;
    this.#bits = Math.max(this.#bits, Math.min(this.#bits + more, most));
    this.#atMs = nowMs;
  }
}
