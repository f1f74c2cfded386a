/**
 * Cuts what panels send into frames (SIA DC-09 §5.5.1).
 *
 *   +----+-----------------+------+------------------------+----+
 *   | LF |       CRC       | 0LLL |          body          | CR |
 *   +----+-----------------+------+------------------------+----+
 *     1   4 hex digits, or    4     LLL bytes, begins        1
 *         2 bytes as such           with a quotation mark
 *
 * CRC and length cover the body; ELDES counts the CR with it. A segment may hold several frames, or a
 * part of one. What is no frame is skipped up to the next LF that begins one.
 */
import { LiveViewError } from '../../core/errors.ts';
import { crc16 } from './crc.ts';

/** How a panel writes its CRC, and wants to read that of the reply. */
export type CrcForm = 'hex' | 'binary';

export interface Frame {
  /** From the first quotation mark up to the CR. */
  readonly body: Buffer;
  readonly crcForm: CrcForm;
  /** The CRC is that of the body. */
  readonly isIntact: boolean;
}

/** Three hexadecimal digits. */
export const MAX_BODY_BYTES = 0xfff;
/** Four frames of the largest size: what sends this much else is no panel. */
const MAX_SKIPPED_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** In a pattern `h` is a hexadecimal digit and `?` any byte; every other character is itself. */
const HEADERS: readonly { readonly crcForm: CrcForm; readonly pattern: string }[] = [
  { crcForm: 'hex', pattern: '\nhhhh0hhh"' },
  { crcForm: 'binary', pattern: '\n??0hhh"' },
];

type Verdict = { readonly frame: Frame; readonly end: number } | 'no frame' | 'more';

/** The frames of one stream of bytes. Holds at most one frame that has begun. */
export class Dc09Framer {
  readonly #onFrame: (frame: Frame) => void;
  #held: Buffer = Buffer.alloc(0);
  /** Since the last frame. */
  #skipped = 0;

  /** @param onFrame is called while `push` runs; the body is a view on what was pushed. */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws LiveViewError `dc09-framing-lost`: nothing that comes here is DC-09. */
  push(chunk: Buffer): void {
    const input = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = 0;
    while (at < input.length) {
      const verdict = judge(input, at);
      if (verdict === 'more') break;
      if (verdict === 'no frame') {
        const next = input.indexOf(LF, at + 1);
        at = this.#skip(at, next < 0 ? input.length : next);
      } else {
        this.#skipped = 0;
        at = verdict.end;
        this.#onFrame(verdict.frame);
      }
    }
    this.#held = Buffer.from(input.subarray(at));
  }

  #skip(from: number, to: number): number {
    this.#skipped += to - from;
    if (this.#skipped <= MAX_SKIPPED_BYTES) return to;
    throw new LiveViewError(
      'dc09-framing-lost',
      'what comes in is not SIA DC-09; see that the panel is set to this protocol and this port',
      { context: { skippedBytes: this.#skipped } },
    );
  }
}

/** The frames of one datagram. What is no frame in it is of no interest. */
export function framesOf(datagram: Buffer): Frame[] {
  const frames: Frame[] = [];
  try {
    new Dc09Framer((frame) => frames.push(frame)).push(datagram);
  } catch (error) {
    if (!(error instanceof LiveViewError)) throw error;
  }
  return frames;
}

/** What begins at `at`. */
function judge(input: Buffer, at: number): Verdict {
  let isOpen = false;
  for (const { crcForm, pattern } of HEADERS) {
    const fit = fits(input, at, pattern);
    if (fit === true) return frameAt(input, at, crcForm, at + pattern.length - 1);
    isOpen ||= fit === undefined;
  }
  return isOpen ? 'more' : 'no frame';
}

/** Undefined when the input ends before it shows. */
function fits(input: Buffer, at: number, pattern: string): boolean | undefined {
  for (let i = 0; i < pattern.length; i += 1) {
    const byte = input[at + i];
    if (byte === undefined) return undefined;
    const wanted = pattern.charAt(i);
    if (wanted === 'h' ? !isHexDigit(byte) : wanted !== '?' && byte !== wanted.charCodeAt(0)) {
      return false;
    }
  }
  return true;
}

/** A body has no CR in it, so that a length that is wrong cannot swallow what follows. */
function frameAt(input: Buffer, at: number, crcForm: CrcForm, bodyAt: number): Verdict {
  const length = Number.parseInt(input.toString('latin1', bodyAt - 3, bodyAt), 16);
  const window = input.subarray(bodyAt, bodyAt + length + 1);
  const size = window.indexOf(CR);
  if (size < 0) return window.length <= length ? 'more' : 'no frame';
  if (size !== length && size !== length - 1) return 'no frame';
  const crc = crcAt(input, at + 1, crcForm);
  const isIntact = [size, size + 1].some((covered) => crc16(window.subarray(0, covered)) === crc);
  return { frame: { body: window.subarray(0, size), crcForm, isIntact }, end: bodyAt + size + 1 };
}

function crcAt(input: Buffer, at: number, crcForm: CrcForm): number {
  if (crcForm === 'binary') return input.readUInt16BE(at);
  return Number.parseInt(input.toString('latin1', at, at + 4), 16);
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
