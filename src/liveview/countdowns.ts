import type { Clock, Timer } from '../core/clock.ts';

/** Things that end by themselves unless somebody answers; a wall clock that is set back prolongs none. */
export class Countdowns {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `end` once when it is over. The second time for the same key does nothing.
   *
   * @param endsAt RFC 3339. @param limitMinutes it takes no longer than that, whatever the clocks say.
   */
  watch(key: string, endsAt: string, limitMinutes: number, end: () => void): void {
    if (this.#timers.has(key)) return;
    const leftMs = Date.parse(endsAt) - this.#clock.unixUs() / 1000;
    const waitMs = Math.max(0, Math.min(leftMs, limitMinutes * 60_000));
    const timer = this.#clock.setTimer(waitMs, () => {
      this.#timers.delete(key);
      end();
    });
    this.#timers.set(key, timer);
  }

  forget(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
