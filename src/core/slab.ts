const MOST_KEPT_BYTES = 512 * 1024;

/**
 * Cuts buffers from larger ones. An allocation outside of the heap costs more than its bytes, in
 * counting and in garbage collection; a slab is one allocation for many buffers. It is freed when the
 * last of them is, so what shares a slab should live about as long.
 */
export class Slab {
  #size: number;
  /** Bytes since the last `rewind`. */
  #given = 0;
  #block = Buffer.alloc(0);
  #used = 0;
  /** Where the buffer that is being written begins. */
  #start = 0;

  /** @param size bytes allocated at once; what is larger gets a block of its own. */
  constructor(size: number) {
    this.#size = size;
  }

  /** A buffer with whatever was in memory before. Nobody else has it. */
  allocate(length: number): Buffer {
    this.begin();
    this.#reserve(length);
    this.#used += length;
    return this.end();
  }

  copy(bytes: Uint8Array): Buffer {
    const own = this.allocate(bytes.length);
    own.set(bytes);
    return own;
  }

  /** Begins a buffer whose length is not known yet; one that was not ended is forgotten. */
  begin(): void {
    this.#used = this.#start;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** What was appended since `begin`. */
  end(): Buffer {
    const { buffer, byteOffset } = this.#block;
    const own = Buffer.from(buffer, byteOffset + this.#start, this.#used - this.#start);
    this.#start = this.#used;
    this.#given += own.length;
    return own;
  }

  /**
   * What was given is not needed any more: it is overwritten from now on. As much as was needed at
   * once is allocated at once from now on, as far as that is not exceptional.
   */
  rewind(): void {
    if (this.#given > this.#size && this.#given <= MOST_KEPT_BYTES) this.#size = this.#given;
    const { length } = this.#block;
    if (length < this.#size || length > 2 * MOST_KEPT_BYTES) this.#block = Buffer.alloc(0);
    this.#start = 0;
    this.#used = 0;
    this.#given = 0;
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#block.length) return;
    const begun = this.#block.subarray(this.#start, this.#used);
    const wanted = begun.length + length;
    const block = Buffer.allocUnsafeSlow(
      Math.max(this.#size, begun.length > 0 ? 2 * wanted : wanted),
    );
    block.set(begun);
    this.#block = block;
    this.#start = 0;
    this.#used = begun.length;
  }
}
