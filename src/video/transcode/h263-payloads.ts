/** H.263: its pictures, and which is made of no other, by the RTP payloads of one. */
import { BitReader } from '../../core/bit-reader.ts';

/**
 * RFC 4629 §5.1, then the picture header of ITU-T H.263 §5.1 without the two bytes of zeros that P stands for:
 *
 *   | RR (5) | P | V | PLEN (6) | PEBIT (3) |  V: 8  |  PLEN bytes  |
 *   | 100000 | TR (8) | 10 | split, camera, freeze | source format (3) | type (1) | …
 *
 * Source format 7 is PLUSPTYPE (§5.1.4): | UFEP (3) | UFEP 1: OPPTYPE (18) | type (3) | … in place of the type.
 */
export function isH263Key([payload]: readonly Buffer[]): boolean {
  if (!payload || payload.length < 2) return false;
  const at = h263HeaderBytes(payload);
  if (!standsForZeros(payload) || payload.length < at + 6) return false;
  const reader = new BitReader(payload.subarray(at, at + 6), 'H.263');
  if (reader.bits(6) !== 0x20) return false;
  reader.skip(8 + 2 + 3);
  if (reader.bits(3) !== 7) return reader.bits(1) === 0;
  if (reader.bits(3) === 1) reader.skip(18);
  return reader.bits(3) === 0;
}

function h263HeaderBytes(payload: Buffer): number {
  const header = payload.readUInt16BE(0);
  return 2 + ((header >> 9) & 1) + ((header >> 3) & 0x3f);
}

function standsForZeros(payload: Buffer): boolean {
  return (payload.readUInt8(0) & 4) !== 0;
}

const ZEROS = Buffer.alloc(2);

export function h263Pictures(payloads: readonly Buffer[]): Buffer[] {
  if (payloads.some(({ length }) => length < 2)) return [];
  const parts = payloads.flatMap((payload) => {
    const part = payload.subarray(h263HeaderBytes(payload));
    return standsForZeros(payload) ? [ZEROS, part] : [part];
  });
  return [Buffer.concat(parts)];
}

/**
 * RFC 2190 §5: by F and P a header of 4, 8 or 12 bytes; its I is 0 in a picture that is made of no other.
 *
 *   mode A   | F 0 | P | SBIT (3) | EBIT (3) | SRC (3) | I …
 *   others   | F 1 | P | SBIT (3) | EBIT (3) | SRC (3) | QUANT (5) | GOBN (5) | MBA (9) | R (2) | I …
 *
 * What follows in the first packet of a picture is its start code (ITU-T H.263 §5.1.1).
 */
export function isOldH263Key([payload]: readonly Buffer[]): boolean {
  if (!payload || payload.length < 12 + 3) return false;
  const isPredicted = isModeA(payload) ? payload.readUInt8(1) & 0x10 : payload.readUInt8(4) & 0x80;
  return payload.readUIntBE(oldHeaderBytes(payload), 3) >> 2 === 0x20 && isPredicted === 0;
}

function isModeA(payload: Buffer): boolean {
  return ((payload[0] ?? 0) & 0x80) === 0;
}

function oldHeaderBytes(payload: Buffer): number {
  if (isModeA(payload)) return 4;
  return (payload[0] ?? 0) & 0x40 ? 12 : 8;
}

/** A byte may be cut in two: EBIT bits at the end of a packet are not its, nor SBIT at the start of the next. */
export function oldH263Pictures(payloads: readonly Buffer[]): Buffer[] {
  const picture = Buffer.alloc(payloads.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  let missing = 0;
  for (const payload of payloads) {
    const part = payload.subarray(oldHeaderBytes(payload));
    const foreign = ((payload[0] ?? 0) >> 3) & 7;
    if (part.length === 0 || (missing + foreign) % 8 !== 0) return [];
    if (foreign > 0) length -= 1;
    const both = (picture[length] ?? 0) & (0xff << missing);
    part.copy(picture, length);
    if (foreign > 0) picture[length] = both | ((part[0] ?? 0) & (0xff >> foreign));
    length += part.length;
    missing = (payload[0] ?? 0) & 7;
  }
  return [picture.subarray(0, length)];
}
