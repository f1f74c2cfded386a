import { asBuffer } from '../../core/bytes.ts';

/**
 * The byte stream format (ITU-T H.264 Annex B): each NAL unit after a start code.
 *
 *   | 00 … (any number) | 00 00 01 | NAL unit | 00 … | 00 00 01 | NAL unit …
 *
 * A NAL unit never ends with a zero byte, so zeros before a start code belong to nobody.
 */
export const START_CODE = Buffer.of(0, 0, 1);
const LONG_START_CODE = Buffer.of(0, 0, 0, 1);

/** The NAL units of a complete buffer, as views of it; empty ones are left out. */
export function* nalUnitsOf(bytes: Uint8Array): Generator<Buffer> {
  const buffer = asBuffer(bytes);
  let at = buffer.indexOf(START_CODE);
  while (at >= 0) {
    const start = at + START_CODE.length;
    at = buffer.indexOf(START_CODE, start);
    const nal = withoutTrailingZeros(buffer.subarray(start, at < 0 ? buffer.length : at));
    if (nal.length > 0) yield nal;
  }
}

/** Four-byte start codes throughout, which every decoder accepts. */
export function toAnnexB(nalUnits: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const nal of nalUnits) parts.push(LONG_START_CODE, nal);
  return Buffer.concat(parts);
}

export function withoutTrailingZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
