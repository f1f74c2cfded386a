import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 256;

/** Cost of scrypt (RFC 7914): memory is 128 · n · r bytes, here 32 MiB. */
export interface HashCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}
export const HASH_COST: HashCost = { n: 2 ** 15, r: 8, p: 3 };

const SALT_LENGTH = 16;
const HASH_LENGTH = 32;

/** A hash with what is needed to compute it again, so that the cost can rise without a migration. */
export const passwordHash = z.strictObject({
  algorithm: z.literal('scrypt'),
  n: z
    .int()
    .min(2 ** 10)
    .max(2 ** 20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  salt: z.base64(),
  hash: z.base64(),
});
export type PasswordHash = z.output<typeof passwordHash>;

/** @throws LiveViewError `password-too-short`, `password-too-long`. */
export async function hashPassword(password: Secret, cost = HASH_COST): Promise<PasswordHash> {
  checkPassword(password);
  const salt = randomBytes(SALT_LENGTH);
  const hash = await derive(password, salt, cost);
  return {
    algorithm: 'scrypt',
    ...cost,
    salt: salt.toString('base64'),
    hash: hash.toString('base64'),
  };
}

/** Takes as long for a wrong password as for a right one. */
export async function verifyPassword(password: Secret, stored: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64');
  const found = await derive(password, Buffer.from(stored.salt, 'base64'), stored);
  return found.length === expected.length && timingSafeEqual(found, expected);
}

/** What an unknown user's password is compared with: as much work, never equal. */
export function decoyHash(cost = HASH_COST): PasswordHash {
  return {
    algorithm: 'scrypt',
    ...cost,
    salt: randomBytes(SALT_LENGTH).toString('base64'),
    hash: randomBytes(HASH_LENGTH).toString('base64'),
  };
}

export function checkPassword(password: Secret): void {
  const { length } = password.reveal();
  if (length < MIN_PASSWORD_LENGTH) {
    throw new LiveViewError(
      'password-too-short',
      `a password has at least ${MIN_PASSWORD_LENGTH} characters; a few words in a row are easy to remember`,
    );
  }
  if (length > MAX_PASSWORD_LENGTH) {
    throw new LiveViewError(
      'password-too-long',
      `a password has at most ${MAX_PASSWORD_LENGTH} characters`,
    );
  }
}

function derive(password: Secret, salt: Buffer, { n, r, p }: HashCost): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    // NFKC: the same letters typed on two keyboards are the same password (RFC 8265 §4.2).
    const text = password.reveal().normalize('NFKC');
    scrypt(text, salt, HASH_LENGTH, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
