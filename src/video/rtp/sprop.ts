/** Parameter sets out of band: `sprop-parameter-sets` of RFC 6184 §8.1. */
import type { ParameterSets } from '../access-unit.ts';

const SPS = 7;
const PPS = 8;
/** More than any decoder may hold of one kind (H.264 §7.4.1.2.1: 32 SPS). */
const MAX_SETS = 32;

/**
 * What an `a=fmtp` line says, keys in lower case. Missing, empty and unreadable sets are left out:
 * they follow in band, and nothing is made up.
 */
export function h264ParameterSets(format: ReadonlyMap<string, string>): ParameterSets {
  const sps: Buffer[] = [];
  const pps: Buffer[] = [];
  const encoded = format.get('sprop-parameter-sets') ?? '';
  for (const text of encoded.split(',').slice(0, MAX_SETS)) {
    const nal = withoutStartCode(Buffer.from(text, 'base64'));
    const type = (nal[0] ?? 0) & 0x1f;
    if (type === SPS && nal.length > 3) sps.push(nal);
    else if (type === PPS && nal.length > 1) pps.push(nal);
  }
  return { codec: 'h264', vps: [], sps, pps };
}

function withoutStartCode(bytes: Buffer): Buffer {
  const one = bytes.indexOf(1);
  const isCode = one >= 2 && one <= 3 && bytes.subarray(0, one).every((byte) => byte === 0);
  return isCode ? bytes.subarray(one + 1) : bytes;
}
