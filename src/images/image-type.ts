/** What an upload may be, as its own first bytes say. A name or a Content-Type is never asked. */
export type ImageType = 'png' | 'jpeg' | 'webp' | 'pdf';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];
const PDF = [0x25, 0x50, 0x44, 0x46, 0x2d];

/**
 *   PNG    89 "PNG" 0D 0A 1A 0A                         (PNG, third edition §5.2)
 *   JPEG   FF D8 FF                                     (ITU-T T.81 §B.1.1.3: SOI, then a marker)
 *   WebP   "RIFF" | length, four bytes | "WEBP"         (RFC 9649 §2.4)
 *   PDF    "%PDF-"                                      (ISO 32000-2 §7.5.2)
 *
 * Each at the very first byte: readers of PDF that look further are what polyglots are made for.
 * Undefined for everything that is not taken, SVG and HTML among it, whatever they are called.
 */
export function imageTypeOf(bytes: Uint8Array): ImageType | undefined {
  if (has(bytes, 0, PNG)) return 'png';
  if (has(bytes, 0, JPEG)) return 'jpeg';
  if (has(bytes, 0, RIFF) && has(bytes, 8, WEBP)) return 'webp';
  return has(bytes, 0, PDF) ? 'pdf' : undefined;
}

function has(bytes: Uint8Array, offset: number, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[offset + index] === byte);
}
