/**
 * RTP packets (RFC 3550 §5.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-+-+-------+-+-------------+-------------------------------+
 *   |V=2|P|X|  CC   |M|     PT      |        sequence number        |
 *   +---+-+-+-------+-+-------------+-------------------------------+
 *   |                           timestamp                           |
 *   +---------------------------------------------------------------+
 *   |           synchronization source (SSRC) identifier            |
 *   +---------------------------------------------------------------+
 *   |       contributing source (CSRC) identifiers, 0 … 15          |
 *   +---------------------------------------------------------------+
 *   |  X: profile (16)  |  length in words (16)  |  data …          |
 *   +---------------------------------------------------------------+
 *   |  payload …                     | P: padding, last byte counts |
 */
import { LiveViewError } from '../../core/errors.ts';

export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  /** 16 bits, wraps. */
  sequence: number;
  /** 32 bits, wraps. */
  timestamp: number;
  ssrc: number;
  csrc: readonly number[];
  extension: RtpExtension | undefined;
  /** A view on what was parsed. */
  payload: Buffer;
}

export interface RtpExtension {
  profile: number;
  /** A whole number of 32-bit words. */
  data: Buffer;
}

/** Code `rtp-malformed`; the packet is dropped, the stream goes on. */
export class RtpError extends LiveViewError {
  constructor(reason: string) {
    super('rtp-malformed', `not an RTP packet: ${reason}`);
  }
}

const FIXED_BYTES = 12;
const NO_CSRC: readonly number[] = [];

/** @throws RtpError naming what does not fit. */
export function parseRtp(bytes: Buffer): RtpPacket {
  if (bytes.length < FIXED_BYTES) throw new RtpError(`${bytes.length} bytes`);
  const flags = bytes.readUInt8(0);
  if (flags >> 6 !== 2) throw new RtpError(`version ${flags >> 6}`);
  const csrcEnd = FIXED_BYTES + (flags & 0x0f) * 4;
  if (csrcEnd > bytes.length) throw new RtpError('CSRC list beyond the end');
  const extension = flags & 0x10 ? parseExtension(bytes, csrcEnd) : undefined;
  const start = extension ? csrcEnd + 4 + extension.data.length : csrcEnd;
  const end = flags & 0x20 ? endBeforePadding(bytes, start) : bytes.length;
  const second = bytes.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: second > 0x7f,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    csrc: csrcEnd === FIXED_BYTES ? NO_CSRC : parseCsrc(bytes, csrcEnd),
    extension,
    payload: bytes.subarray(start, end),
  };
}

function parseCsrc(bytes: Buffer, end: number): number[] {
  const csrc: number[] = [];
  for (let at = FIXED_BYTES; at < end; at += 4) csrc.push(bytes.readUInt32BE(at));
  return csrc;
}

function parseExtension(bytes: Buffer, at: number): RtpExtension {
  if (at + 4 > bytes.length) throw new RtpError('extension header beyond the end');
  const end = at + 4 + bytes.readUInt16BE(at + 2) * 4;
  if (end > bytes.length) throw new RtpError('extension beyond the end');
  return { profile: bytes.readUInt16BE(at), data: bytes.subarray(at + 4, end) };
}

function endBeforePadding(bytes: Buffer, start: number): number {
  const padding = bytes.readUInt8(bytes.length - 1);
  const end = bytes.length - padding;
  if (padding === 0 || end < start) throw new RtpError(`padding of ${padding} bytes`);
  return end;
}

/** What a sender fills in; `csrc` and `extension` are rare. */
export interface RtpFields {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  csrc?: readonly number[];
  extension?: RtpExtension | undefined;
  payload: Uint8Array;
  /** Bytes of padding to add, 1 … 255. */
  padding?: number;
}

/** @throws RangeError for fields that do not fit their bits. */
export function serializeRtp(fields: RtpFields): Buffer {
  const { csrc = NO_CSRC, extension, payload, padding = 0 } = fields;
  if (csrc.length > 15) throw new RangeError('RTP: at most 15 CSRC');
  const extensionBytes = extension ? 4 + extension.data.length : 0;
  const start = FIXED_BYTES + csrc.length * 4 + extensionBytes;
  const bytes = Buffer.alloc(start + payload.length + padding);
  const flags = 0x80 | (padding > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrc.length;
  bytes.writeUInt8(flags, 0);
  bytes.writeUInt8((fields.marker ? 0x80 : 0) | (fields.payloadType & 0x7f), 1);
  bytes.writeUInt16BE(fields.sequence, 2);
  bytes.writeUInt32BE(fields.timestamp, 4);
  bytes.writeUInt32BE(fields.ssrc, 8);
  csrc.forEach((ssrc, i) => {
    bytes.writeUInt32BE(ssrc, FIXED_BYTES + i * 4);
  });
  if (extension) writeExtension(bytes, start - extensionBytes, extension);
  bytes.set(payload, start);
  if (padding > 0) bytes.writeUInt8(padding, bytes.length - 1);
  return bytes;
}

function writeExtension(bytes: Buffer, at: number, extension: RtpExtension): void {
  if (extension.data.length % 4 !== 0) throw new RangeError('RTP: extension in 32-bit words');
  bytes.writeUInt16BE(extension.profile, at);
  bytes.writeUInt16BE(extension.data.length / 4, at + 2);
  bytes.set(extension.data, at + 4);
}
