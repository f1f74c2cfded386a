import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Head, JsonObject } from './record.ts';

/**
 * Ed25519 (RFC 8032) over texts that begin with what they are, so that a signature of one kind is
 * never one of another. Keys are their 32 bytes and signatures their 64, as lower-case hex, which
 * unlike Base64 has one form only.
 */
const CHECKPOINT = 'liveview.journal.checkpoint.v1\n';
const KEY = 'liveview.journal.key.v1\n';
const REMOVED = 'liveview.journal.removed.v1\n';
const EXPORT = 'liveview.journal.export.v2\n';

/** Whoever holds a private key. */
export interface Signer {
  /** The public key. */
  readonly key: string;
  sign(text: string): string;
}

/** An entry that signs: what comes before it, and when. */
export interface SigningPlace {
  readonly before: Head;
  readonly timeUnixUs: number;
}

/** What a checkpoint signs: that at this time the journal ended with this entry. */
export function checkpointText({ before, timeUnixUs }: SigningPlace, key: string): string {
  return text(CHECKPOINT, { hash: before.hash, key, seq: before.seq, timeUnixUs });
}

/** What the announcement of a key signs, by the key before it or, for the first, by itself. */
export function keyText(
  { before, timeUnixUs }: SigningPlace,
  key: string,
  previous: string | null,
): string {
  return text(KEY, { hash: before.hash, key, previous, seq: before.seq, timeUnixUs });
}

/** What an entry signs that says of which others the content was removed: all that it says, and where. */
export function removedText(
  { before, timeUnixUs }: SigningPlace,
  key: string,
  said: JsonObject,
): string {
  return text(REMOVED, { ...said, hash: before.hash, key, seq: before.seq, timeUnixUs });
}

/** What an export signs: the SHA-256 of everything before its last line, and when it was made. */
export function exportText(sha256: string, key: string, timeUnixUs: number): string {
  return text(EXPORT, { key, sha256, timeUnixUs });
}

export function signerOf(privateKey: KeyObject): Signer {
  const key = hexOf(createPublicKey(privateKey));
  return { key, sign: (what) => sign(null, Buffer.from(what), privateKey).toString('hex') };
}

/** False for a key or a signature that is none, too. */
export function isSigned(what: string, key: string, signature: string): boolean {
  try {
    return verify(null, Buffer.from(what), publicKeyOf(key), Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

/** @throws for what is not 32 bytes of hex. */
export function publicKeyOf(key: string): KeyObject {
  const x = Buffer.from(key, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** @throws for a key of another kind. */
export function hexOf(publicKey: KeyObject): string {
  const { crv, x } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined) throw new TypeError('this is no Ed25519 key');
  return Buffer.from(x, 'base64url').toString('hex');
}

function text(domain: string, value: JsonObject): string {
  return domain + canonicalJson(value);
}
