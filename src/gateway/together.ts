import type { Clock } from '../core/clock.ts';

interface Entry<T> {
  readonly startedMs: number;
  readonly result: Promise<T>;
}

/**
 * Work whose result is shared: whoever asks for the same while it is under way, or within `forMs` of
 * its start, gets the same result, a failure included. So one thing is done at most once in that time.
 */
export class Together<T> {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  get(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known) return known.result;
    const result = work();
    const entry = { startedMs: this.#clock.nowMs(), result };
    this.#entries.set(key, entry);
    const done = () => this.#keepABit(key, entry);
    result.then(done, done);
    return result;
  }

  /** The result is of no use to others. */
  forget(key: string, result: Promise<T>): void {
    if (this.#entries.get(key)?.result === result) this.#entries.delete(key);
  }

  #keepABit(key: string, entry: Entry<T>): void {
    const leftMs = entry.startedMs + this.#forMs - this.#clock.nowMs();
    this.#clock.setTimer(leftMs, () => this.forget(key, entry.result));
  }
}
