import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../core/secret.ts';

/**
 * Cost of scrypt (RFC 7914): memory is 128 · n · r bytes, here 32 MiB. One of the five that OWASP's
 * Password Storage Cheat Sheet holds to be equal; p = 3 trades memory, of which a burst of logins
 * would need much, for time.
 */
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

/** Whether a password may be one is for password-policy.ts. */
export async function hashPassword(password: Secret, cost = HASH_COST): Promise<PasswordHash> {
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

/**
 * What the password of somebody unknown is compared with: never equal, and as much work as that of somebody, the same
 * one each time. So no name is told to be unknown by the time that it takes, whatever costs hashes were made at.
 */
export function decoyHash(
  name: string,
  hashes: readonly PasswordHash[],
  cost = HASH_COST,
): PasswordHash {
  // Keyed, so that nobody can tell from outside which names take as long as each other.
  const digest = createHmac('sha256', hashes[0]?.salt ?? '')
    .update(name.toLowerCase())
    .digest();
  const { n, r, p } = hashes[digest.readUInt32BE() % hashes.length] ?? cost;
  return {
    ...{ algorithm: 'scrypt', n, r, p },
    salt: randomBytes(SALT_LENGTH).toString('base64'),
    hash: randomBytes(HASH_LENGTH).toString('base64'),
  };
}

/** Whether this was hashed at another cost than hashes are made at now. */
export function isOutdated({ n, r, p }: PasswordHash, cost: HashCost): boolean {
  return n !== cost.n || r !== cost.r || p !== cost.p;
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
