/**
 * The device's side of HTTP Digest (RFC 7616): nonces that expire and count, MD5 and SHA-256 offered
 * as two challenges in one reply, as recent firmware does.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { digestResponse, parseAuthFields } from '../../core/http-auth.ts';
import type { Credentials } from '../../core/secret.ts';
import { equalText } from './equal-text.ts';

export type DigestVerdict = 'accepted' | 'absent' | 'wrong' | 'stale';

const MAX_NONCES = 1_024;
const ALGORITHMS = ['MD5', 'SHA-256'] as const;

interface Nonce {
  readonly untilMs: number;
  /** The highest count seen; a request that does not raise it is a replay. */
  count: number;
}

export class HttpDigestCheck {
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #realm: string;
  readonly #lifetimeMs: number;
  readonly #nonces = new Map<string, Nonce>();

  constructor(clock: Clock, credentials: Credentials, realm: string, lifetimeMs: number) {
    this.#clock = clock;
    this.#credentials = credentials;
    this.#realm = realm;
    this.#lifetimeMs = lifetimeMs;
  }

  /** Values for `WWW-Authenticate`, one header each. */
  challenges(stale: boolean): string[] {
    const nonce = this.#issue();
    return ALGORITHMS.map(
      (algorithm) =>
        `Digest realm="${this.#realm}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"${stale ? ', stale=TRUE' : ''}`,
    );
  }

  verify(field: string | undefined, method: string, url: string): DigestVerdict {
    if (field === undefined) return 'absent';
    const params = parseAuthFields(field).find(({ scheme }) => scheme === 'digest')?.params;
    if (!params || !this.#signed(params, method, url)) return 'wrong';
    const nonce = this.#nonces.get(params.get('nonce') ?? '');
    if (!nonce || this.#clock.nowMs() > nonce.untilMs) return 'stale';
    const count = Number.parseInt(params.get('nc') ?? '', 16);
    if (!(count > nonce.count)) return 'stale';
    nonce.count = count;
    return 'accepted';
  }

  #signed(params: ReadonlyMap<string, string>, method: string, url: string): boolean {
    const named = params.get('algorithm') ?? 'MD5';
    const algorithm = ALGORITHMS.find((known) => known === named.toUpperCase());
    if (!algorithm || params.get('qop') !== 'auth' || params.get('uri') !== url) return false;
    const expected = digestResponse({
      algorithm,
      username: this.#credentials.username,
      realm: this.#realm,
      password: this.#credentials.password.reveal(),
      method,
      uri: url,
      nonce: params.get('nonce') ?? '',
      qop: { nc: params.get('nc') ?? '', cnonce: params.get('cnonce') ?? '' },
    });
    const given = params.get('username') ?? '';
    const sameName = equalText(
      Buffer.from(given, 'latin1').toString('utf8'),
      this.#credentials.username,
    );
    return equalText(params.get('response') ?? '', expected) && sameName;
  }

  #issue(): string {
    const nowMs = this.#clock.nowMs();
    for (const [old, { untilMs }] of this.#nonces) {
      if (untilMs < nowMs || this.#nonces.size >= MAX_NONCES) this.#nonces.delete(old);
    }
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.set(nonce, { untilMs: nowMs + this.#lifetimeMs, count: 0 });
    return nonce;
  }
}
