import { TruncatedError } from './bytes.ts';
import { LiveViewError } from './errors.ts';

/** Leading zeros of an exp-Golomb code; 32 bits of value is the most that H.264 and H.265 have. */
const MAX_LEADING_ZEROS = 31;

/** Reads bit fields and exp-Golomb codes (ITU-T H.264 §7.2, §9.1; H.265 §7.2, §9.2), never beyond the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #bit = 0;

  /**
   * @param bytes without emulation prevention.
   * @param what named in errors, e.g. `SPS`.
   */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /**
   * u(n), up to 32 bits, most significant first.
   *
   * @throws TruncatedError
   */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.#next();
    return value;
  }

  flag(): boolean {
    return this.#next() === 1;
  }

  skip(count: number): void {
    for (let i = 0; i < count; i++) this.#next();
  }

  /**
   * ue(v): n zeros, a one, n bits.
   *
   * @throws TruncatedError, LiveViewError `invalid-exp-golomb`
   */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > MAX_LEADING_ZEROS) {
        throw new LiveViewError('invalid-exp-golomb', `${this.#what}: a code of over 32 bits`);
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** ue(v) with the bound that the syntax gives; `field` is named when it is exceeded. */
  ueUpTo(max: number, field: string): number {
    const value = this.ue();
    if (value <= max) return value;
    throw new LiveViewError('out-of-range', `${this.#what}: ${field} is ${value}, at most ${max}`);
  }

  /** se(v): 0, 1, −1, 2, −2 … */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2;
  }

  /** se(v) or ue(v), any number of them, of no interest here. */
  skipCodes(count: number): void {
    for (let i = 0; i < count; i++) this.ue();
  }

  #next(): number {
    const byte = this.#bytes[this.#bit >> 3];
    if (byte === undefined) throw new TruncatedError(this.#what, 1, 0);
    const value = (byte >> (7 - (this.#bit & 7))) & 1;
    this.#bit += 1;
    return value;
  }
}
