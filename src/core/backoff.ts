/** How long to wait before the next attempt. */
export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** Share of the delay that is random, 0…1, so that a hundred cameras do not come back at once. */
  jitter: number;
}

export const CAMERA_BACKOFF: BackoffOptions = { firstMs: 250, maxMs: 15_000, jitter: 0.3 };

/** Exponential back-off with jitter. `reset` after an attempt that did its work. */
export class Backoff {
  #attempt = 0;
  readonly #options: BackoffOptions;
  readonly #random: () => number;

  constructor(options: BackoffOptions = CAMERA_BACKOFF, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  /** Milliseconds to wait; each call doubles the next until `maxMs`. */
  nextMs(): number {
    const { firstMs, maxMs, jitter } = this.#options;
    const full = Math.min(maxMs, firstMs * 2 ** this.#attempt);
    this.#attempt += 1;
    return full * (1 - jitter * this.#random());
  }

  reset(): void {
    this.#attempt = 0;
  }
}
