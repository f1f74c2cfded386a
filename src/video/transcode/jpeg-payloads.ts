/*
 * RFC 2435 §3.1, before each part of a picture:
 *
 *   | type-specific (8) | fragment offset (24) | type (8) | Q (8) | width / 8 (8) | height / 8 (8) |
 */
const JPEG_HEADER_BYTES = 8;

export function isJpegStart(payload: Buffer): boolean {
  return payload.length >= JPEG_HEADER_BYTES && payload.readUIntBE(1, 3) === 0;
}

export function jpegShape(payload: Buffer): number | undefined {
  return payload.length < JPEG_HEADER_BYTES ? undefined : payload.readUInt16BE(6);
}

/** Larger than 2040 there is no number for; senders write 0 and each has its own way to say more. */
export function jpegHindrance(payload: Buffer): string | undefined {
  if (payload.length < JPEG_HEADER_BYTES || (payload[6] !== 0 && payload[7] !== 0))
    return undefined;
  return 'its JPEG is larger than 2040 pixels, for which RTP has no number (RFC 2435)';
}
