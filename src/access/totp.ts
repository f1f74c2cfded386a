import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 §4.1: the time step X; what every authenticator app takes. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 6238 §5.2: steps before and after that are accepted, for clocks that differ and fingers that are slow. */
const WINDOW_STEPS = 1;

/** Base32 (RFC 4648 §6). */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

export function fromBase32(text: string): Buffer {
  const bits = [...text].map((each) => ALPHABET.indexOf(each).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The number of the time step at `unixMs`. */
export function totpStep(unixMs: number): number {
  return Math.floor(unixMs / STEP_MS);
}

/** The code of one time step: HOTP (RFC 4226 §5.3) of its number, with SHA-1. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const value = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(value % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * The time step of which `code` is the code, if it is one of those about now and after `lastStep`:
 * a code that was used is not one any more, nor any before it (RFC 6238 §5.2).
 */
export function matchingStep(
  secret: Buffer,
  code: string,
  { unixMs, lastStep }: { readonly unixMs: number; readonly lastStep: number },
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = totpStep(unixMs);
  let found: number | undefined;
  for (let step = now - WINDOW_STEPS; step <= now + WINDOW_STEPS; step += 1) {
    const right = timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code));
    if (right && step > lastStep) found ??= step;
  }
  return found;
}

/** What authenticator apps read from a QR code; the algorithm, digits and period are what all of them assume. */
export function otpauthUrl(secret: string, username: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(username)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
