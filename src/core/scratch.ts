/** So often is looked at how much is needed. */
const LOOK_EVERY = 256;
const MOST_IDLE = 16;

/**
 * Memory in which buffers are put together, some at a time, and which is used again for the next: what
 * comes a thousand times a second should not be garbage.
 */
export class Scratch {
  readonly #least: number;
  #memory: Buffer;
  #used = 0;
  /** Where the buffer that is being written begins. */
  #start = 0;
  /** Bytes since the last `rewind`, and the most of them since the last look. */
  #given = 0;
  #most = 0;
  #rewinds = 0;

  /** @param least bytes that are kept in any case; it grows and shrinks with what is needed. */
  constructor(least: number) {
    this.#least = least;
    this.#memory = Buffer.allocUnsafeSlow(least);
  }

  copy(bytes: Uint8Array): Buffer {
    this.begin();
    this.append(bytes);
    return this.end();
  }

  /** Begins a buffer; one that was not ended is forgotten. */
  begin(): void {
    this.#used = this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#memory.length) this.#grow(bytes.length);
    this.#memory.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** What was appended since `begin`; valid until `rewind`. */
  end(): Buffer {
    const own = this.#memory.subarray(this.#start, this.#used);
    this.#given += own.length;
    this.#start = this.#used;
    return own;
  }

  /** What was given is not needed any more: it is overwritten from now on. */
  rewind(): void {
    this.#most = Math.max(this.#most, this.#given);
    this.#given = 0;
    this.#start = 0;
    this.#used = 0;
    this.#rewinds += 1;
    if (this.#rewinds % LOOK_EVERY !== 0) return;
    const enough = Math.max(this.#least, Math.ceil(this.#most * 1.25));
    if (this.#memory.length > 1.5 * enough) this.#memory = Buffer.allocUnsafeSlow(enough);
    this.#most = 0;
  }

  /** What was given stays where it is; all of it together would have fitted into the new one. */
  #grow(length: number): void {
    const begun = this.#memory.subarray(this.#start, this.#used);
    const wanted = this.#given + begun.length + length;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#least, Math.ceil(1.5 * wanted)));
    larger.set(begun);
    this.#memory = larger;
    this.#start = 0;
    this.#used = begun.length;
  }
}

/** Whoever is in the middle of something has one; as most are not, a few are enough for many. */
export class ScratchPool {
  readonly #least: number;
  readonly #idle: Scratch[] = [];

  /** @param least as of `Scratch`. */
  constructor(least: number) {
    this.#least = least;
  }

  take(): Scratch {
    return this.#idle.pop() ?? new Scratch(this.#least);
  }

  /** Nothing that it gave is used any more. */
  giveBack(scratch: Scratch): void {
    scratch.rewind();
    if (this.#idle.length < MOST_IDLE) this.#idle.push(scratch);
  }
}
