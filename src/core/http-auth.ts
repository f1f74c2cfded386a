/**
 * HTTP authentication (RFC 7616 Digest, RFC 7617 Basic, RFC 2069 without qop), which RTSP uses, too.
 *
 *   WWW-Authenticate: Digest realm="cam, 1", nonce="…", qop="auth-int, auth", Basic realm="cam"
 *
 * One field may hold several challenges, and commas occur inside quotes; schemes and algorithms
 * that are unknown are skipped, as RFC 7616 §3.7 demands. Realm and nonce are byte transparent, one
 * character a byte, as heads are read; names and passwords are UTF-8.
 */
import { createHash } from 'node:crypto';
import type { Credentials } from './secret.ts';

export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';

export interface DigestChallenge {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** The algorithm was spelled out, and is repeated in the answer. */
  readonly algorithmNamed: boolean;
  /** `auth` when the peer offers it, undefined for a peer of RFC 2069. */
  readonly qop: 'auth' | undefined;
  /** The nonce was too old, the password was right. */
  readonly stale: boolean;
}

export interface BasicChallenge {
  readonly scheme: 'basic';
  readonly realm: string;
}

export type Challenge = DigestChallenge | BasicChallenge;

/** A challenge or credentials as text: the scheme in lower case, the parameter names too. */
export interface AuthFields {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

/** What to answer with, or undefined when nothing that we know is offered. Digest before Basic. */
export function chooseChallenge(fieldValues: readonly string[]): Challenge | undefined {
  const known = fieldValues.flatMap(parseAuthFields).map(toChallenge).filter(isDefined);
  return known.sort((a, b) => strength(b) - strength(a))[0];
}

function strength(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 0;
  return challenge.algorithm.startsWith('SHA-256') ? 2 : 1;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function toChallenge({ scheme, params }: AuthFields): Challenge | undefined {
  const realm = params.get('realm') ?? '';
  if (scheme === 'basic') return { scheme, realm };
  const nonce = params.get('nonce');
  if (scheme !== 'digest' || nonce === undefined) return undefined;
  const named = params.get('algorithm');
  const algorithm = ALGORITHMS.get((named ?? 'MD5').toLowerCase());
  const qops =
    params
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean) ?? [];
  if (!algorithm || (qops.length > 0 && !qops.includes('auth'))) return undefined;
  return {
    scheme,
    realm,
    nonce,
    opaque: params.get('opaque'),
    algorithm,
    algorithmNamed: named !== undefined,
    qop: qops.length > 0 ? 'auth' : undefined,
    stale: params.get('stale')?.toLowerCase() === 'true',
  };
}

const ALGORITHMS = new Map<string, DigestAlgorithm>([
  ['md5', 'MD5'],
  ['md5-sess', 'MD5-sess'],
  ['sha-256', 'SHA-256'],
  ['sha256', 'SHA-256'],
  ['sha-256-sess', 'SHA-256-sess'],
]);

/**
 * Splits a `WWW-Authenticate` or `Authorization` value. A token followed by `=` is a parameter of
 * the scheme before it; any other token begins a scheme. What fits nowhere is skipped.
 */
export function parseAuthFields(value: string): AuthFields[] {
  const found: { scheme: string; params: Map<string, string> }[] = [];
  const parts = /([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
  for (const [whole, token = '', quoted, plain] of value.slice(0, MAX_FIELD).matchAll(parts)) {
    const current = found.at(-1);
    if (!whole.includes('=')) found.push({ scheme: token.toLowerCase(), params: new Map() });
    else current?.params.set(token.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return found;
}

const MAX_FIELD = 8_192;

export interface DigestInput {
  algorithm: DigestAlgorithm;
  username: string;
  realm: string;
  password: string;
  method: string;
  /** As in the Authorization field, character by character. */
  uri: string;
  nonce: string;
  /** Absent: RFC 2069. */
  qop?: { nc: string; cnonce: string } | undefined;
}

/** The `response` of RFC 7616 §3.4.1; a server computes it to verify a request. */
export function digestResponse(input: DigestInput): string {
  const hash = (text: string) => hashHex(input.algorithm, text);
  const { nonce, qop } = input;
  const secret = `${transparent(input.username)}:${input.realm}:${transparent(input.password)}`;
  const session = input.algorithm.endsWith('-sess');
  const ha1 = session ? hash(`${hash(secret)}:${nonce}:${qop?.cnonce ?? ''}`) : hash(secret);
  const ha2 = hash(`${input.method}:${input.uri}`);
  if (!qop) return hash(`${ha1}:${nonce}:${ha2}`);
  return hash(`${ha1}:${nonce}:${qop.nc}:${qop.cnonce}:auth:${ha2}`);
}

function hashHex(algorithm: DigestAlgorithm, text: string): string {
  const name = algorithm.startsWith('SHA-256') ? 'sha256' : 'md5';
  return createHash(name).update(text, 'latin1').digest('hex');
}

/** UTF-8, one character a byte, as heads are written. */
function transparent(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export interface AuthorizationInput {
  challenge: Challenge;
  credentials: Credentials;
  method: string;
  uri: string;
  /** Counts requests signed with this nonce, from 1. */
  nonceCount: number;
  /** Random hexadecimal digits. */
  cnonce: string;
}

/** The value of an `Authorization` header. It is a secret: never log it. */
export function authorization(input: AuthorizationInput): string {
  const { challenge, credentials } = input;
  if (challenge.scheme === 'digest') return digestAuthorization(challenge, input);
  const plain = `${credentials.username}:${credentials.password.reveal()}`;
  return `Basic ${Buffer.from(plain, 'utf8').toString('base64')}`;
}

function digestAuthorization(challenge: DigestChallenge, input: AuthorizationInput): string {
  const { realm, nonce, opaque, algorithm } = challenge;
  const { credentials, method, uri, cnonce } = input;
  const nc = input.nonceCount.toString(16).padStart(8, '0');
  const response = digestResponse({
    algorithm,
    username: credentials.username,
    realm,
    password: credentials.password.reveal(),
    method,
    uri,
    nonce,
    qop: challenge.qop ? { nc, cnonce } : undefined,
  });
  const fields = [
    `username=${quote(transparent(credentials.username))}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
  ];
  if (challenge.algorithmNamed) fields.push(`algorithm=${algorithm}`);
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
  if (challenge.qop) fields.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`);
  else if (algorithm.endsWith('-sess')) fields.push(`cnonce="${cnonce}"`);
  return `Digest ${fields.join(', ')}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
