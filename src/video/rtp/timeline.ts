/**
 * The 32-bit time of RTP (RFC 3550 §5.1) as a time that never wraps, jumps or starts anew.
 *
 * Devices send single timestamps hours away from their neighbours (Intelbras), and begin anew at
 * an arbitrary value after a reconnect (Tapo). A step over five seconds is therefore not believed:
 * the picture is stamped one interval after its predecessor. Three in a row that agree with each
 * other are a new timeline, which then continues where the old one stood.
 */

/** Largest step between two pictures that is believed; ITU-T H.264 frame rates are far above. */
const MAX_STEP_90K = 5 * 90_000;
/** Pictures of a new timeline that have to agree before it is accepted. */
const AGREEING = 3;
/** 25 pictures a second, until the stream shows its own interval. */
const DEFAULT_INTERVAL_90K = 3_600;

export class Timeline {
  #started = false;
  /** The timestamp that belongs to `#pts90k`. */
  #reference = 0;
  #pts90k = 0;
  #highest90k = 0;
  #interval90k = DEFAULT_INTERVAL_90K;
  #suspect = 0;
  #suspects = 0;
  #restarting = false;
  #outliers = 0;

  /** Timestamps that were not believed. */
  get outliers(): number {
    return this.#outliers;
  }

  /** The time of the next picture in decoding order; goes back only where B-frames do. */
  next(timestamp: number): number {
    if (!this.#started) return this.#begin(timestamp);
    if (this.#restarting) return this.#continueFrom(timestamp);
    const step = (timestamp - this.#reference) | 0;
    if (Math.abs(step) > MAX_STEP_90K) return this.#doubt(timestamp);
    this.#suspects = 0;
    if (step > 0) this.#interval90k = step;
    return this.#stamp(timestamp, this.#pts90k + step);
  }

  /** The next timestamp has nothing to do with the last: a new connection or a new sender. */
  restart(): void {
    this.#restarting = true;
  }

  #begin(timestamp: number): number {
    this.#started = true;
    this.#restarting = false;
    return this.#stamp(timestamp, 0);
  }

  #doubt(timestamp: number): number {
    this.#outliers += 1;
    const agrees = Math.abs((timestamp - this.#suspect) | 0) <= MAX_STEP_90K;
    this.#suspects = this.#suspects > 0 && agrees ? this.#suspects + 1 : 1;
    this.#suspect = timestamp;
    if (this.#suspects >= AGREEING) return this.#continueFrom(timestamp);
    return this.#stamp(this.#reference + this.#interval90k, this.#pts90k + this.#interval90k);
  }

  #continueFrom(timestamp: number): number {
    this.#restarting = false;
    this.#suspects = 0;
    return this.#stamp(timestamp, this.#highest90k + this.#interval90k);
  }

  #stamp(reference: number, pts90k: number): number {
    this.#reference = reference | 0;
    this.#pts90k = Math.max(0, pts90k);
    this.#highest90k = Math.max(this.#highest90k, this.#pts90k);
    return this.#pts90k;
  }
}
