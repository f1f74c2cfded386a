import { DemuxError } from './boxes.ts';

/**
 * RFC 6381 §3.3 and ISO/IEC 14496-15 §5.3.3.1.2: version, then profile, compatibility and level.
 *
 * @throws DemuxError `truncated`.
 */
export function avcCodec(entry: string, avcC: Uint8Array): string {
  if (avcC.length < 4) throw new DemuxError('truncated', `an avcC of ${avcC.length} bytes`);
  return `${entry}.${[...avcC.subarray(1, 4)].map(hex2).join('')}`;
}

/**
 * ISO/IEC 14496-15 annex E.3, from the first 13 bytes of `hvcC` (§8.3.3.1.2):
 *
 *   0: version   1: space (2) tier (1) profile (5)   2–5: compatibility   6–11: constraints   12: level
 *
 * @throws DemuxError `truncated`.
 */
export function hevcCodec(entry: string, hvcC: Uint8Array): string {
  if (hvcC.length < 13) throw new DemuxError('truncated', `an hvcC of ${hvcC.length} bytes`);
  const at = (index: number) => hvcC[index] ?? 0;
  const space = ['', 'A', 'B', 'C'][at(1) >> 6];
  const tier = at(1) & 0x20 ? 'H' : 'L';
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    entry,
    `${space}${at(1) & 0x1f}`,
    compatibility(hvcC).toString(16),
    `${tier}${at(12)}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join('.');
}

/** The compatibility flags are written with their first bit as the lowest. */
function compatibility(hvcC: Uint8Array): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    const byte = hvcC[2 + (bit >> 3)] ?? 0;
    if (byte & (0x80 >> (bit & 7))) reversed += 2 ** bit;
  }
  return reversed;
}

function hex2(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
