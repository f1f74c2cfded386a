import type { Clock, Timer } from '../../core/clock.ts';

export interface WatchdogOptions {
  clock: Clock;
  timeoutMs: number;
  /** A sign of life is a change of this number. */
  count(): number;
  /** Called once, between `timeoutMs` and a quarter more after the last change. */
  expired(): void;
}

/** Bites when a count stands still. It looks four times a term, so that signs of life cost nothing. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #count: number;
  #changedAtMs: number;
  #timer: Timer | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#count = options.count();
    this.#changedAtMs = options.clock.nowMs();
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    const { clock, timeoutMs } = this.#options;
    this.#timer = clock.setTimer(timeoutMs / 4, () => this.#look());
  }

  #look(): void {
    const { clock, timeoutMs, count, expired } = this.#options;
    const now = count();
    if (now !== this.#count) {
      this.#count = now;
      this.#changedAtMs = clock.nowMs();
    } else if (clock.nowMs() - this.#changedAtMs >= timeoutMs) {
      expired();
      return;
    }
    this.#arm();
  }
}
