import type { AccessUnit } from '../access-unit.ts';

const WINDOW_90K = 2 * 90_000;
const MIN_PICTURES = 4;
/** A camera that paused has not become slower. */
const MAX_GAP_90K = 90_000;

/**
 * How many pictures a second really come. Cameras often say something else in their parameter sets,
 * and an encoder that is told a wrong rate misses its ceiling by as much.
 */
export class PictureRate {
  #from90k: number | undefined;
  #newest90k = 0;
  #count = 0;
  #perSecond: number | undefined;
  #measurements = 0;

  /** How often it was measured. */
  get measurements(): number {
    return this.#measurements;
  }

  /** Of the last two seconds that are complete; undefined before. */
  get perSecond(): number | undefined {
    return this.#perSecond;
  }

  picture({ pts90k }: Pick<AccessUnit, 'pts90k'>): void {
    if (pts90k - this.#newest90k > MAX_GAP_90K) this.interrupted();
    if (this.#from90k === undefined) {
      this.#from90k = pts90k;
      this.#newest90k = pts90k;
      return;
    }
    this.#newest90k = Math.max(this.#newest90k, pts90k);
    this.#count += 1;
    const elapsed90k = this.#newest90k - this.#from90k;
    if (elapsed90k < WINDOW_90K) return;
    if (this.#count >= MIN_PICTURES) {
      this.#perSecond = (this.#count * 90_000) / elapsed90k;
      this.#measurements += 1;
    }
    this.#from90k = this.#newest90k;
    this.#count = 0;
  }

  /** Pictures are missing, or time is another. */
  interrupted(): void {
    this.#from90k = undefined;
    this.#count = 0;
  }
}
