/** H.263: which picture is made of no other, by its RTP payloads. */
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
  const header = payload.readUInt16BE(0);
  const at = 2 + ((header >> 9) & 1) + ((header >> 3) & 0x3f);
  if ((header & 0x400) === 0 || payload.length < at + 6) return false;
  const reader = new BitReader(payload.subarray(at, at + 6), 'H.263');
  if (reader.bits(6) !== 0x20) return false;
  reader.skip(8 + 2 + 3);
  if (reader.bits(3) !== 7) return reader.bits(1) === 0;
  if (reader.bits(3) === 1) reader.skip(18);
  return reader.bits(3) === 0;
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
  const first = payload.readUInt8(0);
  const isModeA = (first & 0x80) === 0;
  const headerBytes = isModeA ? 4 : first & 0x40 ? 12 : 8;
  const isPredicted = isModeA ? payload.readUInt8(1) & 0x10 : payload.readUInt8(4) & 0x80;
  return payload.readUIntBE(headerBytes, 3) >> 2 === 0x20 && isPredicted === 0;
}
