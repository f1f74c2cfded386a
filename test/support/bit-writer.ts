/** Writes what `BitReader` reads, for parameter sets that no encoder makes. */
export class BitWriter {
  readonly #bits: number[] = [];

  u(count: number, value: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }

  ue(...values: number[]): this {
    for (const value of values) {
      const length = Math.floor(Math.log2(value + 1));
      this.u(length, 0).u(length + 1, value + 1);
    }
    return this;
  }

  se(value: number): this {
    return this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** With the stop bit, filled up to a byte. */
  bytes(): Buffer {
    const bits = [...this.#bits, 1];
    const out = Buffer.alloc(Math.ceil(bits.length / 8));
    for (const [i, bit] of bits.entries())
      out[i >> 3] = (out[i >> 3] ?? 0) | (bit << (7 - (i & 7)));
    return out;
  }
}
