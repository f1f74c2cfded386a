/** VP8, VP9 and Theora: which picture is made of no other, by its RTP payloads. */
import { BitReader } from '../../core/bit-reader.ts';

/**
 * RFC 7741 §4.2 and §4.3: a descriptor, as long as its flags say, then the frame's own header, whose
 * lowest bit is 0 in a key frame.
 *
 *   | X R N S R PID (3) |  X: | I L T K 0 (4) |  I: | M picture id (7 or 15) |  L: 8  |  T or K: 8  |
 */
export function isVp8Key([payload]: readonly Buffer[]): boolean {
  if (!payload) return false;
  const first = payload[0] ?? 0;
  if ((first & 0x17) !== 0x10) return false;
  let at = 1;
  if (first & 0x80) {
    const more = payload[1] ?? 0;
    at = 2;
    if (more & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (more & 0x40) at += 1;
    if (more & 0x30) at += 1;
  }
  const header = payload[at];
  return header !== undefined && (header & 1) === 0;
}

const VP9_FRAME_BYTES = 1;

/**
 * RFC 9628 §4.2: a descriptor, then, in the first packet of a frame, its own header. The P of the descriptor is
 * not asked: ffmpeg leaves it at 0 throughout.
 *
 *   | I P L F B E V Z |  I: | M picture id (7 or 15) |  L: | T U S D |, without F another 8  |
 *   F and P: up to 3 × | P_DIFF (7) N |  V: the structure
 *
 * VP9 §6.2: | 2 (2) | profile (2) | reserved in profile 3 | show existing | not key | …
 */
export function isVp9Key([payload]: readonly Buffer[]): boolean {
  const at = payload && vp9FrameAt(payload);
  if (at === undefined || payload === undefined || payload.length < at + VP9_FRAME_BYTES)
    return false;
  const reader = new BitReader(payload.subarray(at, at + VP9_FRAME_BYTES), 'VP9');
  if (reader.bits(2) !== 2) return false;
  if (reader.bits(2) === 3) reader.skip(1);
  const showsExisting = reader.flag();
  return !showsExisting && !reader.flag();
}

/** Undefined for a later part of a frame. */
function vp9FrameAt(payload: Buffer): number | undefined {
  const flags = payload[0] ?? 0;
  const has = (flag: number) => (flags & flag) !== 0;
  if (!has(0x08)) return undefined;
  let at = 1;
  if (has(0x80)) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  if (has(0x20)) at += has(0x10) ? 1 : 2;
  for (let n = 0; has(0x10) && has(0x40) && n < 3; n += 1) {
    const difference = payload[at] ?? 0;
    at += 1;
    if ((difference & 1) === 0) break;
  }
  return has(0x02) ? at + vp9StructureBytes(payload, at) : at;
}

/** | N_S (3) Y G … |  Y: 4 × (N_S + 1) |  G: N_G (8), and for each | TID U R (2) … | R × P_DIFF (8) | */
function vp9StructureBytes(payload: Buffer, from: number): number {
  const first = payload[from] ?? 0;
  let at = from + 1;
  if (first & 0x10) at += 4 * ((first >> 5) + 1);
  if ((first & 0x08) === 0) return at - from;
  const groups = payload[at] ?? 0;
  at += 1;
  for (let n = 0; n < groups; n += 1) at += 1 + (((payload[at] ?? 0) >> 2) & 3);
  return at - from;
}

const THEORA_HEADER_BYTES = 6;

/**
 * draft-barbato-avt-rtp-theora-01 §2.2: | ident (24) | F (2) TDT (2) packets (4) | length (16) | packet …, where F is
 * 0 or 1 at the start of a packet and TDT 0 for pictures. Theora §7.1: | 0: picture | 0: made of no other | …
 */
export function isTheoraKey([payload]: readonly Buffer[]): boolean {
  if (!payload || payload.length <= THEORA_HEADER_BYTES) return false;
  const kind = payload.readUInt8(3);
  return (kind & 0xb0) === 0 && payload.readUInt8(THEORA_HEADER_BYTES) >> 6 === 0;
}
