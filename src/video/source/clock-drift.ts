/**
 * How far a camera's clock and ours have moved apart lately. What the network does to single pictures
 * is no drift: of each window only its quickest picture counts, and the newest full window is compared
 * with the oldest of the last ten minutes. Crystals differ by 50 millionths, which is 30 ms in that time;
 * a clock that was set once is an old story after it.
 */

const WINDOW_MS = 10_000;
const WINDOWS = 60;

export class ClockDrift {
  /** Of full windows, oldest first: the least of our time minus the camera's, ms. */
  readonly #minima: number[] = [];
  #windowFromMs: number | undefined;
  #leastMs = Number.POSITIVE_INFINITY;

  /** Positive when the pictures come later, by their own times, than they did. */
  get ms(): number {
    return (this.#minima.at(-1) ?? 0) - (this.#minima[0] ?? 0);
  }

  picture(nowMs: number, pts90k: number): void {
    this.#windowFromMs ??= nowMs;
    if (nowMs - this.#windowFromMs >= WINDOW_MS) this.#closeWindow(nowMs);
    const offsetMs = nowMs - pts90k / 90;
    if (offsetMs < this.#leastMs) this.#leastMs = offsetMs;
  }

  /** Another connection: nothing in it refers to the last. */
  reset(): void {
    this.#minima.length = 0;
    this.#windowFromMs = undefined;
    this.#leastMs = Number.POSITIVE_INFINITY;
  }

  #closeWindow(nowMs: number): void {
    this.#minima.push(this.#leastMs);
    if (this.#minima.length > WINDOWS) this.#minima.shift();
    this.#windowFromMs = nowMs;
    this.#leastMs = Number.POSITIVE_INFINITY;
  }
}
