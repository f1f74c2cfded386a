import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { digestResponse, parseAuthFields } from '../../core/http-auth.ts';
import type { Credentials } from '../../core/secret.ts';

export type DigestVerdict = 'accepted' | 'wrong' | 'stale';

/** The weakest last: players that know one algorithm only take the last challenge of a reply. */
const ALGORITHMS = ['SHA-256', 'MD5'] as const;

/** One connection's side of Digest authentication (RFC 7616), without qop, as most cameras do it. */
export class DigestCheck {
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #realm: string;
  readonly #nonceLifeMs: number;
  #nonce = '';
  #bornMs = 0;

  constructor(clock: Clock, credentials: Credentials, realm: string, nonceLifeMs: number) {
    this.#clock = clock;
    this.#credentials = credentials;
    this.#realm = realm;
    this.#nonceLifeMs = nonceLifeMs;
  }

  /** Values for `WWW-Authenticate`, one header each, with a new nonce. */
  challenges(stale: boolean): string[] {
    this.#nonce = randomBytes(16).toString('hex');
    this.#bornMs = this.#clock.nowMs();
    const end = stale ? ', stale=TRUE' : '';
    return ALGORITHMS.map(
      (name) => `Digest realm="${this.#realm}", nonce="${this.#nonce}", algorithm=${name}${end}`,
    );
  }

  verify(field: string | undefined, method: string): DigestVerdict {
    const params = parseAuthFields(field ?? '').find(({ scheme }) => scheme === 'digest')?.params;
    if (!params || !this.#signed(params, method)) return 'wrong';
    const old = this.#clock.nowMs() - this.#bornMs > this.#nonceLifeMs;
    return params.get('nonce') !== this.#nonce || old ? 'stale' : 'accepted';
  }

  /** The URI is the one that the client signed: players differ in how they write it. */
  #signed(params: ReadonlyMap<string, string>, method: string): boolean {
    const named = (params.get('algorithm') ?? 'MD5').toUpperCase();
    const algorithm = ALGORITHMS.find((known) => known === named);
    const { username, password } = this.#credentials;
    const name = Buffer.from(params.get('username') ?? '', 'latin1').toString('utf8');
    if (!algorithm || name !== username || params.has('qop')) return false;
    const expected = digestResponse({
      algorithm,
      username,
      realm: this.#realm,
      password: password.reveal(),
      method,
      uri: params.get('uri') ?? '',
      nonce: params.get('nonce') ?? '',
    });
    const given = Buffer.from(params.get('response') ?? '', 'latin1');
    const wanted = Buffer.from(expected, 'latin1');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
