/** VP8 and VP9: their pictures, and which is made of no other, by the RTP payloads of one. */
import { BitReader } from '../../core/bit-reader.ts';

/**
 * RFC 7741 §4.2 and §4.3: a descriptor, as long as its flags say, then the frame's own header, whose
 * lowest bit is 0 in a key frame.
 *
 *   | X R N S R PID (3) |  X: | I L T K 0 (4) |  I: | M picture id (7 or 15) |  L: 8  |  T or K: 8  |
 */
export function isVp8Key([payload]: readonly Buffer[]): boolean {
  if (!payload || ((payload[0] ?? 0) & 0x17) !== 0x10) return false;
  const header = payload[vp8DescriptorBytes(payload)];
  return header !== undefined && (header & 1) === 0;
}

export function vp8Pictures(payloads: readonly Buffer[]): Buffer[] {
  return [Buffer.concat(payloads.map((each) => each.subarray(vp8DescriptorBytes(each))))];
}

function vp8DescriptorBytes(payload: Buffer): number {
  if (((payload[0] ?? 0) & 0x80) === 0) return 1;
  const more = payload[1] ?? 0;
  let at = 2;
  if (more & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  if (more & 0x40) at += 1;
  if (more & 0x30) at += 1;
  return at;
}

const VP9_FRAME_BYTES = 1;
/** B: the first part of a frame. */
const VP9_BEGINS = 0x08;

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
  if (!payload || ((payload[0] ?? 0) & VP9_BEGINS) === 0) return false;
  const at = vp9DescriptorBytes(payload);
  if (payload.length < at + VP9_FRAME_BYTES) return false;
  const reader = new BitReader(payload.subarray(at, at + VP9_FRAME_BYTES), 'VP9');
  if (reader.bits(2) !== 2) return false;
  if (reader.bits(2) === 3) reader.skip(1);
  const showsExisting = reader.flag();
  return !showsExisting && !reader.flag();
}

export function vp9Pictures(payloads: readonly Buffer[]): Buffer[] {
  return [Buffer.concat(payloads.map((each) => each.subarray(vp9DescriptorBytes(each))))];
}

function vp9DescriptorBytes(payload: Buffer): number {
  const flags = payload[0] ?? 0;
  const has = (flag: number) => (flags & flag) !== 0;
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
