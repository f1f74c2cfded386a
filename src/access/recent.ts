import type { Clock } from '../core/clock.ts';

interface Kept<T> {
  readonly value: T;
  readonly atMs: number;
}

/** What was set of late, a bounded number of it: the one that was set longest ago goes first. */
export class Recent<T> {
  readonly #clock: Clock;
  readonly #forgetMs: number;
  readonly #max: number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock, { forgetMs, max }: { forgetMs: number; max: number }) {
    this.#clock = clock;
    this.#forgetMs = forgetMs;
    this.#max = max;
  }

  get(key: string): T | undefined {
    const found = this.#kept.get(key);
    return found && this.#clock.nowMs() - found.atMs < this.#forgetMs ? found.value : undefined;
  }

  set(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, atMs: this.#clock.nowMs() });
    if (this.#kept.size <= this.#max) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }
}
