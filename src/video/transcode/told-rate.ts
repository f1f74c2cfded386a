import type { AccessUnit } from '../access-unit.ts';
import { PictureRate } from './picture-rate.ts';

const DEFAULT_RATE = 25;
const MAX_RATE = 120;
/** Told too low a rate, an encoder exceeds its ceiling; told too high a one, it wastes some of it. */
const TOO_LOW = 1.25;
const TOO_HIGH = 0.6;
/** Measurements in a row that say that it was told too high a rate: cameras slow down for a while. */
const TOO_HIGH_TIMES = 5;

/** How many pictures a second an encoder was told to expect, and whether that has turned out to be wrong. */
export class ToldRate {
  readonly #rate = new PictureRate();
  #told = DEFAULT_RATE;
  /** Number of the last measurement that was not far below what the encoder was told. */
  #lastNotTooHigh = 0;

  /** What the encoder that runs now was told. */
  get told(): number {
    return this.#told;
  }

  /** As measured; undefined before. */
  get perSecond(): number | undefined {
    return this.#rate.perSecond;
  }

  picture(unit: Pick<AccessUnit, 'pts90k'>): void {
    this.#rate.picture(unit);
  }

  interrupted(): void {
    this.#rate.interrupted();
  }

  /** For an encoder that begins now. @param declared by the stream, which measuring corrects. */
  tell(declared?: number): number {
    const told = this.#rate.perSecond ?? declared ?? DEFAULT_RATE;
    this.#lastNotTooHigh = this.#rate.measurements;
    this.#told = told >= 1 && told <= MAX_RATE ? Number(told.toFixed(3)) : DEFAULT_RATE;
    return this.#told;
  }

  /** Whether the encoder is to be left for one that is told another; asked now and then. */
  isWrong(): boolean {
    const { perSecond, measurements } = this.#rate;
    if (perSecond === undefined) return false;
    const wrong = perSecond / this.#told;
    if (wrong >= TOO_HIGH) this.#lastNotTooHigh = measurements;
    return wrong > TOO_LOW || measurements - this.#lastNotTooHigh >= TOO_HIGH_TIMES;
  }
}
