import { LiveViewError } from './errors.ts';

/** What was to be read lies beyond the end of the input. */
export class TruncatedError extends LiveViewError {
  constructor(what: string, wanted: number, available: number) {
    super('truncated', `${what}: ${wanted} bytes wanted, ${available} left`, {
      context: { what, wanted, available },
    });
  }
}

/** Reads big-endian fields from the front of a buffer, checking each length before it reads. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #offset = 0;

  /** @param what named in errors, e.g. `RTP header`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = asBuffer(bytes);
    this.#what = what;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    if (length > this.remaining) throw new TruncatedError(this.#what, length, this.remaining);
    const at = this.#offset;
    this.#offset += length;
    return at;
  }
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
