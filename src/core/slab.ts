/** So often is looked at what was not used again. */
const LOOK_EVERY = 128;

/**
 * Cuts buffers from larger ones. An allocation outside of the heap costs more than its bytes, in
 * counting and in garbage collection; a slab is one allocation for many buffers. A block of it is freed
 * when the last of its buffers is, so what shares a slab should live about as long; or it is used
 * again, once all of them are released.
 */
export class Slab {
  readonly #size: number;
  #block: Block;
  #used = 0;
  /** Blocks of which everything was released. */
  readonly #free: Block[] = [];
  /** How many blocks were begun. */
  #begun = 0;

  /** @param size bytes allocated at once; more, in multiples, for what is larger. */
  constructor(size: number) {
    this.#size = size;
    this.#block = this.#newBlock(0);
  }

  /** Of the newest buffer: where it can be released. */
  get block(): Pick<Block, 'release'> {
    return this.#block;
  }

  /** A buffer with whatever was in memory before. Nobody else has it. */
  allocate(length: number): Buffer {
    if (this.#used + length > this.#block.bytes.length) this.#next(length);
    const { buffer, byteOffset } = this.#block.bytes;
    const own = Buffer.from(buffer, byteOffset + this.#used, length);
    this.#used += length;
    this.#block.out += 1;
    return own;
  }

  #next(length: number): void {
    const size = Math.max(1, Math.ceil(length / this.#size)) * this.#size;
    this.#block = this.#fromFree(length) ?? this.#newBlock(size);
    this.#used = 0;
    this.#begun += 1;
    this.#block.begun = this.#begun;
    if (this.#begun % LOOK_EVERY === 0) this.#giveBack();
  }

  /** The smallest that is large enough. */
  #fromFree(length: number): Block | undefined {
    const at = this.#free.findIndex(({ bytes }) => bytes.length >= length);
    return at < 0 ? undefined : this.#free.splice(at, 1)[0];
  }

  #giveBack(): void {
    const needed = this.#free.filter(({ begun }) => begun > this.#begun - LOOK_EVERY);
    this.#free.splice(0, this.#free.length, ...needed);
  }

  #newBlock(size: number): Block {
    return new Block(size, (block) => {
      // The one that is being filled is not done.
      if (block === this.#block) return;
      const { length } = block.bytes;
      const at = this.#free.findIndex(({ bytes }) => bytes.length >= length);
      this.#free.splice(at < 0 ? this.#free.length : at, 0, block);
    });
  }
}

/** One allocation of a slab. */
class Block {
  readonly bytes: Buffer;
  /** How many of its buffers have not been released. */
  out = 0;
  /** Its place in the order in which blocks were begun. */
  begun = 0;
  readonly #empty: (block: Block) => void;

  constructor(size: number, empty: (block: Block) => void) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#empty = empty;
  }

  /** Whoever had one of its buffers has it no more, nor has anybody else: once for each of them. */
  release(): void {
    this.out -= 1;
    if (this.out === 0) this.#empty(this);
  }
}
