import { LiveViewError } from '../errors.ts';

/** Universal tags (ITU-T X.690 §8.1.2) that are read here. */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With its tag and length. */
  readonly bytes: Buffer;
}

/**
 * The elements of DER, one after another (ITU-T X.690 §10). It never looks beyond its bytes.
 *
 *     +-----+--------+---------+
 *     | tag | length | content |   length: one byte below 128, else 0x80 | n and n bytes
 *     +-----+--------+---------+
 */
export class DerReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** Whether the next element has one of these tags. */
  comes(...tags: readonly number[]): boolean {
    return tags.includes(this.#bytes[this.#offset] ?? -1);
  }

  /** @throws LiveViewError `malformed-der`, also when the element has none of the tags. */
  next(...tags: readonly number[]): DerElement {
    const start = this.#offset;
    const tag = this.#bytes[start];
    if (tag === undefined || !tags.includes(tag)) throw malformed(start);
    const content = this.#length(start + 1);
    if (content.end > this.#bytes.length) throw malformed(start);
    this.#offset = content.end;
    return {
      tag,
      content: this.#bytes.subarray(content.start, content.end),
      bytes: this.#bytes.subarray(start, content.end),
    };
  }

  #length(at: number): { start: number; end: number } {
    const first = this.#bytes[at] ?? 0xff;
    if (first < 0x80) return { start: at + 1, end: at + 1 + first };
    const count = first & 0x7f;
    const start = at + 1 + count;
    if (count < 1 || count > 4 || start > this.#bytes.length) throw malformed(at);
    return { start, end: start + this.#bytes.readUIntBE(at + 1, count) };
  }
}

function malformed(offset: number): LiveViewError {
  return new LiveViewError('malformed-der', `no DER of the expected form at byte ${offset}`);
}
