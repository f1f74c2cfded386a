import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type ServerMetadata,
} from 'openid-client';
import { Backoff } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { type BoundedFetch, boundedFetch, isAllowed, isLoopbackHost } from './bounded-fetch.ts';
import type { Claims } from './claims.ts';
import type { Pending } from './pending.ts';
import type { OpenIdTerms } from './terms.ts';

/** How long a description of the directory is believed; its keys are asked for at every login. */
const DESCRIBED_MS = 60 * 60_000;
const BACKOFF = { firstMs: 1_000, maxMs: 60_000, jitter: 0 };
/** How much its clock and ours may differ; seconds. */
const CLOCK_TOLERANCE_S = 10;

/** What is used of the description (OpenID Connect Discovery §3). */
const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

interface Described {
  readonly metadata: ServerMetadata;
  readonly atMs: number;
}

/**
 * The directory, as a provider of OpenID Connect. Asked only when somebody logs in: a gateway starts without it, and
 * while it does not answer, it is asked again no sooner than the back-off says.
 */
export class Provider {
  readonly #terms: OpenIdTerms;
  readonly #clock: Clock;
  readonly #fetch: BoundedFetch;
  readonly #loopback: boolean;
  readonly #backoff = new Backoff(BACKOFF);
  #described: Described | undefined;
  #asking: Promise<ServerMetadata> | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(terms: OpenIdTerms, clock: Clock) {
    this.#terms = terms;
    this.#clock = clock;
    const { protocol, hostname } = new URL(terms.issuer);
    this.#loopback = protocol === 'http:' && isLoopbackHost(hostname);
    this.#fetch = boundedFetch({ clock, ca: terms.ca, loopback: this.#loopback });
  }

  get fetch(): BoundedFetch {
    return this.#fetch;
  }

  /** Where a browser goes to log in. @throws LiveViewError `openid-unreachable`, `openid-failed`. */
  async authorizationUrl({ state, nonce, verifier }: Pending): Promise<string> {
    const { redirectUrl, scopes, maxAgeSeconds } = this.#terms;
    const configuration = this.#configuration(await this.describe());
    const url = buildAuthorizationUrl(configuration, {
      ...{ redirect_uri: redirectUrl, scope: ['openid', ...scopes].join(' '), state, nonce },
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    });
    return url.href;
  }

  /**
   * Exchanges the code that a browser came back with, and validates the ID token: signature, issuer,
   * audience, expiry, nonce, age of the login (OpenID Connect Core §3.1.3.7), and before that `state` and `iss`
   * of the answer (RFC 9207).
   *
   * @param answer the query with which it came back.
   * @throws LiveViewError `openid-denied`, `openid-unreachable`, `openid-failed`.
   */
  async claims(answer: URLSearchParams, { state, nonce, verifier }: Pending): Promise<Claims> {
    const { redirectUrl, maxAgeSeconds } = this.#terms;
    const configuration = this.#configuration(await this.describe());
    enableNonRepudiationChecks(configuration);
    try {
      const tokens = await authorizationCodeGrant(
        configuration,
        new URL(`${redirectUrl}?${answer.toString()}`),
        {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
          ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (claims) return { ...claims };
      throw new LiveViewError('openid-failed', 'the directory gave no ID token');
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** What the directory says of itself, not older than an hour. @throws LiveViewError as above. */
  async describe(): Promise<ServerMetadata> {
    const nowMs = this.#clock.nowMs();
    if (this.#described && nowMs - this.#described.atMs < DESCRIBED_MS) {
      return this.#described.metadata;
    }
    if (nowMs < this.#notBeforeMs) {
      const what = 'the directory did not answer a moment ago; try again in a minute';
      throw new LiveViewError('openid-unreachable', what);
    }
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<ServerMetadata> {
    try {
      const metadata = await this.#discover();
      this.#described = { metadata, atMs: this.#clock.nowMs() };
      this.#backoff.reset();
      return metadata;
    } catch (error) {
      this.#notBeforeMs = this.#clock.nowMs() + this.#backoff.nextMs();
      throw refusalOf(error);
    }
  }

  async #discover(): Promise<ServerMetadata> {
    const { issuer, clientId } = this.#terms;
    const found = await discovery(new URL(issuer), clientId, undefined, undefined, {
      [customFetch]: this.#fetch,
      execute: this.#loopback ? [allowInsecureRequests] : [],
    });
    const metadata = { ...found.serverMetadata() };
    checkDescription(metadata, issuer, this.#loopback);
    return metadata;
  }

  /** Anew for each use: it keeps no keys, so that a key that was changed is not missed. */
  #configuration(metadata: ServerMetadata): Configuration {
    const { clientId } = this.#terms;
    const times = {
      [clockSkew]: Math.round(this.#clock.unixUs() / 1e6 - Date.now() / 1_000),
      [clockTolerance]: CLOCK_TOLERANCE_S,
    };
    const configuration = new Configuration(
      metadata,
      clientId,
      times,
      this.#authentication(metadata),
    );
    configuration[customFetch] = this.#fetch;
    if (this.#loopback) allowInsecureRequests(configuration);
    return configuration;
  }

  /** OpenID Connect Core §9: by the Authorization header, unless the directory takes it in the body alone. */
  #authentication({ token_endpoint_auth_methods_supported: taken }: ServerMetadata): ClientAuth {
    const secret = this.#terms.clientSecret.reveal();
    const inBody = taken?.includes('client_secret_post') && !taken.includes('client_secret_basic');
    return inBody ? ClientSecretPost(secret) : ClientSecretBasic(secret);
  }
}

/**
 * The library lets some directories be another than the one that was asked for, by their host: one of all tenants of
 * Entra ID would let people of every tenant in.
 *
 * @throws LiveViewError `openid-failed`.
 */
export function checkDescription(
  metadata: ServerMetadata,
  issuer: string,
  loopback: boolean,
): void {
  const isHttps = (address = '') => URL.canParse(address) && isAllowed(new URL(address), loopback);
  if (!URL.canParse(metadata.issuer) || new URL(metadata.issuer).href !== new URL(issuer).href) {
    throw new LiveViewError('openid-failed', `${issuer} says that it is ${metadata.issuer}`);
  }
  const missing = ENDPOINTS.find((name) => !isHttps(metadata[name]));
  if (missing === undefined) return;
  throw new LiveViewError('openid-failed', `the directory names no ${missing} of HTTPS`);
}

/** What the person and the log are told; what the library says of a token stays behind. */
function refusalOf(error: unknown): LiveViewError {
  const known = ours(error);
  if (known) return known;
  const said = saidBy(error);
  if (said === undefined) {
    const what = 'what the directory says is not as it should be';
    return new LiveViewError('openid-failed', what, { cause: error });
  }
  const code = said === 'access_denied' ? 'openid-denied' : 'openid-failed';
  return new LiveViewError(code, `the directory answers ${said}`);
}

/** `error` of an answer (RFC 6749 §4.1.2.1, §5.2), if it is one of those codes: it is text of the other side. */
function saidBy(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('error' in error)) return undefined;
  const { error: said } = error;
  return typeof said === 'string' && /^[a-z_]{1,40}$/.test(said) ? said : undefined;
}

/** The library wraps what the transport throws. */
function ours(error: unknown): LiveViewError | undefined {
  let each = error;
  for (let depth = 0; depth < 4 && typeof each === 'object' && each !== null; depth += 1) {
    if (each instanceof LiveViewError) return each;
    each = 'cause' in each ? each.cause : undefined;
  }
  return undefined;
}
