/**
 * Encryption as DC-09 has it (§5.4): AES in CBC mode with an initialization vector of zeros, written
 * in hexadecimal digits. Padding of any bytes but the three below stands in front, and `|` ends it:
 *
 *   padding | #1409|Nri1/HA1]_20:38:07,08-27-2026
 *
 * There is no authentication in it, and equal beginnings have equal ciphers.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const BLOCK_BYTES = 16;
const ZERO_IV = Buffer.alloc(BLOCK_BYTES);
const BAR = '|'.charCodeAt(0);
/** Nothing in padding may look like what comes after it. */
const PADDING_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** What stands behind the padding; undefined when this is not the key that it was written with. */
export function decrypt(key: KeyObject, digits: string): Buffer | undefined {
  if (!/^(?:[0-9A-F]{32})+$/i.test(digits)) return undefined;
  const decipher = createDecipheriv(algorithm(key), key, ZERO_IV).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(digits, 'hex'), decipher.final()]);
  const bar = plain.subarray(0, BLOCK_BYTES + 1).indexOf(BAR);
  return bar < 0 ? undefined : plain.subarray(bar + 1);
}

/** @param random gives so many random bytes. */
export function encrypt(key: KeyObject, text: string, random: (bytes: number) => Buffer): string {
  const wanted = BLOCK_BYTES - 1 - (text.length % BLOCK_BYTES);
  const padding = [...random(wanted)].map((byte) => PADDING_CHARACTERS.charAt(byte % 32)).join('');
  const cipher = createCipheriv(algorithm(key), key, ZERO_IV).setAutoPadding(false);
  const plain = Buffer.from(`${padding}|${text}`, 'latin1');
  return Buffer.concat([cipher.update(plain), cipher.final()])
    .toString('hex')
    .toUpperCase();
}

function algorithm(key: KeyObject): string {
  return `aes-${(key.symmetricKeySize ?? 0) * 8}-cbc`;
}
