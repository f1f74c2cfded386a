import type { Clock, Timer } from '../core/clock.ts';
import type { Directory, LiveRequest } from './model.ts';

/** How long questions wait: each has a timer until it is decided. */
export class RequestExpiry {
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #onExpired: (request: string) => void;
  readonly #timers = new Map<string, Timer>();

  constructor(options: {
    clock: Clock;
    directory: Directory;
    onExpired: (request: string) => void;
  }) {
    this.#clock = options.clock;
    this.#directory = options.directory;
    this.#onExpired = options.onExpired;
  }

  /** The request is as it is now. Its age is by the wall clock: it may have been asked before a restart. */
  watch({ id, state, createdAt }: LiveRequest): void {
    if (state !== 'pending') {
      this.#timers.get(id)?.cancel();
      this.#timers.delete(id);
    } else if (!this.#timers.has(id)) {
      const limitMs = this.#directory.requestSeconds * 1000;
      const ageMs = this.#clock.unixUs() / 1000 - Date.parse(createdAt);
      const leftMs = Math.min(limitMs, limitMs - ageMs);
      this.#timers.set(
        id,
        this.#clock.setTimer(leftMs, () => this.#onExpired(id)),
      );
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
