/**
 * Cuts the bytes of an RTSP connection into messages and interleaved frames (RFC 2326 §10.12).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |   "$" 0x24    |    channel    |        length of payload      |
 *   +---------------+---------------+-------------------------------+
 *
 * Payloads are views on the chunks pushed; only an item that spans chunks is copied, once. A message is
 * copied.
 *
 * Cameras lose step after partial writes: the length then points into the middle of another
 * packet. The framer looks for the next place where a frame is followed by another start, hands on
 * `lostStep` with the next item, and gives up when it has skipped more than `maxSkippedBytes` before it.
 */
import { LiveViewError } from '../../core/errors.ts';
import {
  contentLength,
  isStartLine,
  parseHead,
  RTSP_LIMITS,
  type RtspLimits,
  type RtspMessage,
  tooLarge,
} from './message.ts';

export interface FramerHandlers {
  message(message: RtspMessage): void;
  /** `payload` is a view on the chunk, as short-lived as that. */
  interleaved(channel: number, payload: Buffer): void;
  /** Framing was lost and is found again; what came just before may be corrupt. */
  lostStep?(skippedBytes: number): void;
}

export interface FramerOptions extends RtspLimits {
  /** 0 refuses the first byte that does not fit, as a server does with its clients. */
  maxSkippedBytes: number;
}

/** Four of the largest frames: a camera that has not come back by then is not coming back. */
const DEFAULTS: FramerOptions = { ...RTSP_LIMITS, maxSkippedBytes: 262_144 };

/** Code `rtsp-framing-lost`: the connection has to be made anew. */
export class RtspFramingError extends LiveViewError {}

const DOLLAR = 0x24;
const HEADER_BYTES = 4;
const LINE_FEED = 0x0a;
/** Longer than any URL that a camera takes. */
const MAX_START_LINE = 2_048;
/** Longest token that can begin a head, `GET_PARAMETER `, with room for extensions. */
const MAX_TOKEN = 32;

/** How a place in the input reads: an item can start here, it cannot, or more bytes are needed. */
type Verdict = 'yes' | 'no' | 'unknown';

export class RtspFramer {
  readonly #handlers: FramerHandlers;
  readonly #options: FramerOptions;
  /** The beginning of an item whose size is known; `#filled` bytes of it are there. */
  #partial: Buffer | undefined;
  #filled = 0;
  /**
   * The beginning of an item whose size is not known yet (a head, or a place to be judged), and room
   * for more: however small the pieces, each byte is copied and looked at a few times only.
   */
  #room: Buffer = Buffer.alloc(0);
  #unjudged = 0;
  /** So much of a head has been searched for its end. */
  #searched = 0;
  #lost = false;
  /** Since the last item. */
  #skipped = 0;

  constructor(handlers: FramerHandlers, options: Partial<FramerOptions> = {}) {
    this.#handlers = handlers;
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * @throws RtspFramingError when framing cannot be found again, RtspMessageError when a message
   *   exceeds a limit. Either way the connection is of no further use.
   */
  push(chunk: Buffer): void {
    let rest = this.#unjudged > 0 ? this.#joined(chunk) : chunk;
    while (this.#partial && rest.length > 0) rest = this.#fill(this.#partial, rest);
    if (rest.length > 0) this.#consume(rest);
  }

  /** What could not be judged before, and `chunk` behind it. */
  #joined(chunk: Buffer): Buffer {
    const length = this.#unjudged + chunk.length;
    if (length > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#room.copy(larger, 0, 0, this.#unjudged);
      this.#room = larger;
    }
    chunk.copy(this.#room, this.#unjudged);
    this.#unjudged = 0;
    return this.#room.subarray(0, length);
  }

  /** Completes the partial item from `chunk`; returns what is left of the chunk. */
  #fill(partial: Buffer, chunk: Buffer): Buffer {
    const take = Math.min(partial.length - this.#filled, chunk.length);
    chunk.copy(partial, this.#filled, 0, take);
    this.#filled += take;
    if (this.#filled === partial.length) {
      this.#partial = undefined;
      this.#consume(partial);
    }
    return chunk.subarray(take);
  }

  /** Takes items from the front until the input ends or an item is incomplete. */
  #consume(input: Buffer): void {
    let offset = 0;
    while (offset < input.length) {
      const next = this.#lost ? this.#seek(input, offset) : this.#item(input, offset);
      if (next === undefined) return;
      offset = next;
    }
  }

  /** Hands on the item at `offset`; returns where the next begins, undefined when incomplete. */
  #item(input: Buffer, offset: number): number | undefined {
    const first = input[offset];
    if (first === DOLLAR) return this.#frame(input, offset);
    if (first === 0x0d || first === 0x0a) return offset + 1;
    const verdict = textStart(input, offset);
    if (verdict === 'unknown') return this.#await(input, offset);
    if (verdict === 'yes') return this.#text(input, offset);
    return this.#loseStep(offset);
  }

  #frame(input: Buffer, offset: number): number | undefined {
    const available = input.length - offset;
    if (available < HEADER_BYTES) return this.#keep(input, offset, HEADER_BYTES);
    const end = offset + HEADER_BYTES + input.readUInt16BE(offset + 2);
    if (end > input.length) return this.#keep(input, offset, end - offset);
    const payload = input.subarray(offset + HEADER_BYTES, end);
    this.#found();
    this.#handlers.interleaved(input[offset + 1] ?? 0, payload);
    return end;
  }

  #text(input: Buffer, offset: number): number | undefined {
    const startLine = judgeStartLine(input, offset);
    if (startLine === 'unknown') return this.#await(input, offset);
    if (startLine === 'no') return this.#loseStep(offset);
    const head = endOfHead(input, offset, this.#options.headBytes, this.#searched);
    this.#searched = 0;
    if (head === undefined) {
      if (input.length - offset > this.#options.headBytes) {
        throw tooLarge('head', this.#options.headBytes);
      }
      this.#searched = Math.max(0, input.length - offset - 2);
      return this.#await(input, offset);
    }
    const message = parseHead(input.toString('latin1', offset, head), this.#options);
    const end = head + contentLength(message.headers, this.#options);
    if (end > input.length) return this.#keep(input, offset, end - offset);
    this.#found();
    this.#handlers.message({ ...message, body: Buffer.from(input.subarray(head, end)) });
    return end;
  }

  /** An item is there: framing holds again, if it was lost. */
  #found(): void {
    if (this.#skipped > 0) this.#handlers.lostStep?.(this.#skipped);
    this.#skipped = 0;
  }

  /** Keeps the beginning of an item of `wanted` bytes. */
  #keep(input: Buffer, offset: number, wanted: number): undefined {
    this.#partial = Buffer.allocUnsafe(wanted);
    this.#filled = input.copy(this.#partial, 0, offset);
    return undefined;
  }

  /** Keeps what cannot be judged before more arrives; a head or one frame at the most. */
  #await(input: Buffer, offset: number): undefined {
    this.#unjudged = input.length - offset;
    const { buffer, byteOffset } = this.#room;
    const isThere = offset === 0 && input.buffer === buffer && input.byteOffset === byteOffset;
    // Not into the same room: what was handed on from it are views.
    if (!isThere) this.#room = Buffer.from(input.subarray(offset));
    return undefined;
  }

  #loseStep(offset: number): number {
    this.#lost = true;
    this.#skip(1);
    return offset + 1;
  }

  /** Looks for the next believable start; returns its place, undefined when the input is used up. */
  #seek(input: Buffer, offset: number): number | undefined {
    for (let at = offset; at < input.length; at += 1) {
      const verdict = believableStart(input, at);
      if (verdict === 'no') continue;
      this.#skip(at - offset);
      if (verdict === 'unknown') return this.#await(input, at);
      this.#lost = false;
      return at;
    }
    this.#skip(input.length - offset);
    return undefined;
  }

  #skip(bytes: number): void {
    this.#skipped += bytes;
    if (this.#skipped <= this.#options.maxSkippedBytes) return;
    throw new RtspFramingError(
      'rtsp-framing-lost',
      'the camera lost step in its RTSP stream and did not find it again; reconnect',
      { context: { skippedBytes: this.#skipped } },
    );
  }
}

/** A head, or a frame that holds RTP or RTCP version 2 and is followed by another start. */
function believableStart(input: Buffer, at: number): Verdict {
  if (input[at] !== DOLLAR) return textStart(input, at);
  if (at + HEADER_BYTES >= input.length) return 'unknown';
  const length = input.readUInt16BE(at + 2);
  const version = (input[at + HEADER_BYTES] ?? 0) >> 6;
  if (length < 8 || version !== 2) return 'no';
  const end = at + HEADER_BYTES + length;
  if (end >= input.length) return 'unknown';
  return input[end] === DOLLAR ? 'yes' : textStart(input, end);
}

/** `RTSP/`, or a method and a space. */
function textStart(input: Buffer, at: number): Verdict {
  for (let i = at; i < at + MAX_TOKEN; i += 1) {
    const byte = input[i];
    if (byte === undefined) return 'unknown';
    if ((byte >= 0x41 && byte <= 0x5a) || byte === 0x5f) continue;
    if (byte === 0x2f) return input.toString('latin1', at, i) === 'RTSP' ? 'yes' : 'no';
    return byte === 0x20 && i - at >= 3 ? 'yes' : 'no';
  }
  return 'no';
}

/** A start line of a request or a response, as soon as its end is there. */
function judgeStartLine(input: Buffer, offset: number): Verdict {
  const line = input.subarray(offset, offset + MAX_START_LINE);
  const end = line.indexOf(LINE_FEED);
  if (end < 0) return line.length < MAX_START_LINE ? 'unknown' : 'no';
  return isStartLine(line.toString('latin1', 0, end)) ? 'yes' : 'no';
}

/** Where the empty line ends that closes a head; some devices send bare line feeds. */
function endOfHead(
  input: Buffer,
  offset: number,
  limit: number,
  searched: number,
): number | undefined {
  const head = input.subarray(offset, offset + limit);
  for (let lf = head.indexOf(LINE_FEED, searched); lf >= 0; lf = head.indexOf(LINE_FEED, lf + 1)) {
    if (head[lf + 1] === LINE_FEED) return offset + lf + 2;
    if (head[lf + 1] === 0x0d && head[lf + 2] === LINE_FEED) return offset + lf + 3;
  }
  return undefined;
}
