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
   * @param header undefined when the message is too short to have one.
   */
  readonly onMedia: (bytes: number, header: Uint8Array | undefined) => void;
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

  take(chunk: Uint8Array | string): void {
    if (typeof chunk === 'string') {
      const length = Buffer.byteLength(chunk);
      if (length <= this.#left) this.#left -= length;
      else this.#read(Buffer.from(chunk));
    } else if (chunk.length <= this.#left) this.#left -= chunk.length;
    else this.#read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  #read(chunk: Buffer): void {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = NOTHING;
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
  #head(bytes: Buffer, at: number): number {
    const there = bytes.length - at;
    if (there < 2) return 0;
    const short = bytes.readUInt8(at + 1) & LENGTH;
    const own = short < LENGTH_16 ? 2 : short < LENGTH_64 ? 4 : 10;
    if (there < own) return 0;
    const length = own === 2 ? short : own === 4 ? bytes.readUInt16BE(at + 2) : length64(bytes, at);
    const opcode = bytes.readUInt8(at) & OPCODE;
    const { headerLength, onMedia } = this.#options;
    if (opcode === CONTINUATION || (opcode === BINARY && length < headerLength)) {
      onMedia(length, undefined);
    } else if (opcode === BINARY) {
      const end = own + headerLength;
      if (there < end) return 0;
      onMedia(length - headerLength, bytes.subarray(at + own, at + end));
      this.#left = length - headerLength;
      return end;
    }
    this.#left = length;
    return own;
  }
}

function length64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
}
