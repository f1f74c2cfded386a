/**
 * Reads the heads of the frames that a server sends on a WebSocket (RFC 6455 §5.2; drawn in
 * `live/frame.ts`), as they are handed to the socket. What is in the frames passes by untouched.
 */
export interface FrameReaderOptions {
  /** Bytes at the beginning of a binary message that are no media. */
  readonly headerLength: number;
  /**
   * A binary message begins: this much media follows.
   *
   * @param chunk has the header at `headerAt`; −1 when the message is too short to have one.
   */
  readonly onMedia: (bytes: number, chunk: Uint8Array, headerAt: number) => void;
}

const OPCODE = 0x0f;
const CONTINUATION = 0;
const BINARY = 2;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const NOTHING = Buffer.alloc(0);

export class FrameReader {
  readonly #options: FrameReaderOptions;
  /** Of the frame that is passing by. */
  #left = 0;
  /** A head of which the rest has not come. */
  #held = NOTHING;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** Of every picture for every viewer: nothing is made here unless a head is cut in two. */
  take(chunk: Uint8Array | string): void {
    if (typeof chunk === 'string') this.#takeText(chunk);
    else if (chunk.length <= this.#left) this.#left -= chunk.length;
    else if (this.#held.length === 0) this.#read(chunk);
    else {
      const held = this.#held;
      this.#held = NOTHING;
      this.#read(Buffer.concat([held, chunk]));
    }
  }

  #takeText(text: string): void {
    const length = Buffer.byteLength(text);
    if (length <= this.#left) this.#left -= length;
    else this.take(Buffer.from(text));
  }

  #read(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const passing = Math.min(this.#left, bytes.length - at);
      this.#left -= passing;
      at += passing;
      if (at === bytes.length) return;
      const head = this.#head(bytes, at);
      if (head === 0) {
        this.#held = Buffer.from(bytes.subarray(at));
        return;
      }
      at += head;
    }
  }

  /** @returns how long the head is, with that of the message; 0 when it is not all there. */
  #head(bytes: Uint8Array, at: number): number {
    const there = bytes.length - at;
    const short = byte(bytes, at + 1) & LENGTH;
    const own = short < LENGTH_16 ? 2 : short < LENGTH_64 ? 4 : 10;
    if (there < own) return 0;
    const length = own === 2 ? short : bigEndian(bytes, at + 2, own - 2);
    const opcode = byte(bytes, at) & OPCODE;
    const { headerLength, onMedia } = this.#options;
    if (opcode === CONTINUATION || (opcode === BINARY && length < headerLength)) {
      onMedia(length, bytes, -1);
    } else if (opcode === BINARY) {
      const end = own + headerLength;
      if (there < end) return 0;
      onMedia(length - headerLength, bytes, at + own);
      this.#left = length - headerLength;
      return end;
    }
    this.#left = length;
    return own;
  }
}

function bigEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) value = value * 256 + byte(bytes, index);
  return value;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
