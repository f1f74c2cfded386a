import { createHash, createPublicKey, verify } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** Deeper is no journal. */
const MAX_DEPTH = 16;

/** The one text of a value, RFC 8785. @throws RangeError for what has none. */
export function canonical(value: Json, depth = 0): string {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deep');
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
    throw new RangeError('half a character');
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = members.map(([name, each]) => `${canonical(name)}:${canonical(each, depth + 1)}`);
  return `{${texts.join()}}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** RFC 8410: the 12 bytes before the 32 of an Ed25519 public key make it a SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether the key has signed the domain, a line feed and the canonical text of the value. */
export function isSignedBy(
  key: string,
  signature: string,
  domain: string,
  value: JsonObject,
): boolean {
  try {
    const spki = Buffer.concat([SPKI, Buffer.from(key, 'hex')]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const text = Buffer.from(`${domain}\n${canonical(value)}`);
    return verify(null, text, publicKey, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}
