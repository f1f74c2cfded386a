/**
 * The moment at which a picture was sent, inside the picture: for measuring what is added on the way.
 *
 *   | 06 SEI | 05 user data unregistered | size 32 | UUID (16) | Unix µs as 16 hexadecimal digits | 80 |
 *
 * ITU-T H.264 §7.3.2.3.1 and annex D.1.7. Digits never need emulation prevention, and neither does
 * the UUID, so that the place of the time in a packet is fixed.
 */
const UUID = Buffer.from('5b1f9c3ad7e84c62a4910f6e2d83b7c5', 'hex');
const HEADER = Buffer.of(0x06, 0x05, 32);
const DIGITS = 16;
const DIGITS_AT = HEADER.length + UUID.length;

/** A NAL unit with room for the time. */
export const STAMP_SEI: Uint8Array = Buffer.concat([
  HEADER,
  UUID,
  Buffer.alloc(DIGITS, '0'),
  Buffer.of(0x80),
]);

/** Where the time has to be written in bytes that contain a stamp, or −1. */
export function stampPlace(bytes: Buffer): number {
  const at = bytes.indexOf(UUID);
  return at < 0 ? -1 : at + UUID.length;
}

export function writeStamp(bytes: Buffer, place: number, unixUs: number): void {
  bytes.write(unixUs.toString(16).padStart(DIGITS, '0'), place, 'latin1');
}

/** The time in a NAL unit, Unix µs; undefined when it is not a stamp. */
export function readStamp(nal: Uint8Array): number | undefined {
  const sei = Buffer.from(nal.buffer, nal.byteOffset, nal.byteLength);
  if (sei.length < STAMP_SEI.length || !sei.subarray(0, DIGITS_AT).equals(STAMP_HEAD)) {
    return undefined;
  }
  return Number.parseInt(sei.toString('latin1', DIGITS_AT, DIGITS_AT + DIGITS), 16);
}

const STAMP_HEAD = Buffer.concat([HEADER, UUID]);
