import type { VideoCodec } from '../access-unit.ts';

/** Takes NAL units out of payloads, whole or in parts. What it is given it copies. */
export interface NalSink {
  /** A whole one, or, from some devices, a byte stream of several. */
  nal(bytes: Buffer): void;
  /** The first part of one: its header. */
  begin(header: Uint8Array): void;
  append(content: Buffer): void;
  end(): void;
  /** The payload is not what it should be: the picture is of no use. */
  malformed(): void;
}

/** What differs between codecs on the way from payloads to pictures. */
export interface PayloadFormat {
  readonly codec: VideoCodec;
  /** Takes one payload apart; it has at least one byte. */
  read(payload: Buffer, into: NalSink): void;
  /** Belongs into a picture of this stream; others are passed over. */
  isUsable(nal: Buffer): boolean;
  isSlice(nal: Buffer): boolean;
  /** The slice is the first of its picture. */
  startsPicture(nal: Buffer): boolean;
  /** The slice is of a picture that can be decoded without any other. */
  isKeySlice(nal: Buffer): boolean;
  /** The slice is of a picture that needs what came before the key frame that it follows. */
  isLeadingSlice(nal: Buffer): boolean;
  isParameterSet(nal: Buffer): boolean;
}

/**
 * NAL units one after the other, each behind its size (RFC 6184 §5.7.1, RFC 7798 §4.4.2). Padding
 * with zeros is read as a size of 0 and ends the list.
 *
 * @param skip bytes before each size but the first, of no interest here.
 */
export function readAggregate(payload: Buffer, from: number, skip: number, into: NalSink): void {
  for (let at = from; at + 2 <= payload.length; at += skip) {
    const size = payload.readUInt16BE(at);
    if (size === 0) return;
    at += 2 + size;
    if (at > payload.length) {
      into.malformed();
      return;
    }
    into.nal(payload.subarray(at - size, at));
  }
}

/** Of the byte that says which part of a NAL unit follows (RFC 6184 §5.8, RFC 7798 §4.4.3). */
export const FRAGMENT = { start: 0x80, end: 0x40 } as const;
