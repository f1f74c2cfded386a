import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { Recent } from '../recent.ts';
import type { BoundedFetch } from './bounded-fetch.ts';
import { usernameOf } from './person.ts';
import type { Provider } from './provider.ts';
import type { OpenIdTerms } from './terms.ts';

/** OpenID Connect Back-Channel Logout §2.4. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_AGE_S = 120;
const CLOCK_TOLERANCE_S = 10;
const REMEMBERED_MS = (MAX_AGE_S + 2 * CLOCK_TOLERANCE_S) * 1_000;
const MAX_REMEMBERED = 10_000;
/** With a key of the directory; what both sides share, or nothing, is no signature. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Whose logins are over: all of somebody's, or those of one session at the directory. */
export interface Ended {
  readonly username?: string;
  readonly sid?: string;
}

/** Reads what the directory sends when somebody logged out there, or was shut out. */
export class LogoutTokens {
  readonly #terms: OpenIdTerms;
  readonly #provider: Provider;
  readonly #clock: Clock;
  /** By `jti`. */
  readonly #seen: Recent<true>;
  #keys: { readonly address: string; readonly set: Keys } | undefined;

  constructor(terms: OpenIdTerms, provider: Provider, clock: Clock) {
    this.#terms = terms;
    this.#provider = provider;
    this.#clock = clock;
    this.#seen = new Recent(clock, { forgetMs: REMEMBERED_MS, max: MAX_REMEMBERED });
  }

  /**
   * OpenID Connect Back-Channel Logout §2.6.
   *
   * @throws LiveViewError `logout-token-refused`, `openid-unreachable`, `openid-failed`.
   */
  async read(token: string): Promise<Ended> {
    const metadata = await this.#provider.describe();
    const { payload } = await jwtVerify(token, this.#keysAt(metadata.jwks_uri ?? ''), {
      issuer: metadata.issuer,
      audience: this.#terms.clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      maxTokenAge: MAX_AGE_S,
      requiredClaims: ['iat', 'jti', 'events'],
      currentDate: new Date(this.#clock.unixUs() / 1_000),
    }).catch((cause: unknown) => {
      throw cause instanceof LiveViewError ? cause : refused(cause);
    });
    return this.#endedBy(payload);
  }

  #endedBy({ jti = '', sub, events, ...claims }: JWTPayload): Ended {
    const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, EVENT);
    // An ID token is no logout token.
    if (!isLogout || 'nonce' in claims) throw refused();
    const { sid } = claims;
    const username = sub === undefined ? undefined : usernameOf(sub);
    if (sub !== undefined && username === undefined) throw refused();
    const hasSid = typeof sid === 'string' && sid !== '';
    if (username === undefined && !hasSid) throw refused();
    if (this.#seen.get(jti)) throw refused();
    this.#seen.set(jti, true);
    return { ...(username === undefined ? {} : { username }), ...(hasSid ? { sid } : {}) };
  }

  /** Kept for ten minutes, and asked for again at a key that is not among them, not more often than in 30 s. */
  #keysAt(address: string): Keys {
    if (this.#keys?.address !== address) {
      const set = createRemoteJWKSet(new URL(address), {
        [customFetch]: asKeys(this.#provider.fetch),
      });
      this.#keys = { address, set };
    }
    return this.#keys.set;
  }
}

function asKeys(fetch: BoundedFetch) {
  return (url: string, { method, headers }: { method: string; headers: Headers }) =>
    fetch(url, { method, headers: Object.fromEntries(headers.entries()) });
}

function refused(cause?: unknown): LiveViewError {
  return new LiveViewError('logout-token-refused', 'this is no logout token for this gateway', {
    cause,
  });
}
