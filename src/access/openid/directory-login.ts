import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import type { Journal } from '../../journal/record.ts';
import type { Caller } from '../caller.ts';
import { LoginRecord } from '../login-record.ts';
import type { Login, Sessions } from '../sessions.ts';
import { type Claims, personOf, subjectOf } from './claims.ts';
import { ExchangeLimit } from './exchange-limit.ts';
import { LogoutTokens } from './logout-token.ts';
import { PendingLogins } from './pending.ts';
import type { DirectoryPerson } from './person.ts';
import { Provider } from './provider.ts';
import type { OpenIdTerms } from './terms.ts';

export interface DirectoryLoginOptions {
  readonly terms: OpenIdTerms;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where a browser goes to log in, and what it keeps until it is back. */
export interface Departure {
  readonly url: string;
  readonly cookie: Secret;
}

/** A browser that is back from the directory. */
export interface Return {
  /** The query of the address by which it came. */
  readonly answer: URLSearchParams;
  readonly cookie: string;
  readonly address: string;
  /** It has gone. */
  readonly gone?: AbortSignal;
}

/** Somebody who tries without end fills no log. */
const LOG_EVERY_MS = 1_000;
/** Of whom the directory has not said yet who it is. */
const UNKNOWN = { user: '(unknown)', side: 'centre' } as const;
/** What has a reason that lies not with the person. */
const LOGGED = /^(openid-(?!expired)|logout-token-)/;
/** Why somebody whom the directory does know is not let in. */
const REASONS: Readonly<Record<string, string>> = {
  'openid-no-role': 'no-role',
  'openid-second-factor': 'no-second-factor',
};

/** Logging in at the centre's own directory: authorization code with PKCE (OAuth 2.1, OpenID Connect Core §3.1). */
export class DirectoryLogin {
  readonly #options: DirectoryLoginOptions;
  readonly #provider: Provider;
  readonly #pending: PendingLogins;
  readonly #limit: ExchangeLimit;
  readonly #record: LoginRecord;
  readonly #logoutTokens: LogoutTokens;
  readonly #termsHash: string;
  #loggedMs = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(options: DirectoryLoginOptions) {
    const { terms, clock } = options;
    this.#options = options;
    this.#provider = new Provider(terms, clock);
    this.#pending = new PendingLogins(clock);
    this.#limit = new ExchangeLimit(clock);
    this.#record = new LoginRecord(options);
    this.#logoutTokens = new LogoutTokens(terms, this.#provider, clock);
    this.#termsHash = termsHash(terms);
  }

  /**
   * @param before who is logged in in this browser: that login ends when this one leads to another.
   * @throws LiveViewError `openid-unreachable`, `openid-failed`.
   */
  async begin(before?: Caller): Promise<Departure> {
    const { pending, cookie } = this.#pending.begin(before?.session);
    try {
      return { url: await this.#provider.authorizationUrl(pending), cookie };
    } catch (error) {
      throw this.#told(error);
    }
  }

  /**
   * Logs in whoever the directory says it is; a way back that leads to nobody is in the journal.
   *
   * @throws LiveViewError `openid-expired`, `openid-denied`, `openid-unreachable`, `openid-failed`,
   *   `openid-no-role`, `openid-second-factor`, `login-too-often`, `journal-unwritable`, `state-file-unwritable`.
   */
  async finish(back: Return): Promise<Login> {
    const { address } = back;
    const { sessions } = this.#options;
    const { claims, before } = await this.#claims(back);
    const login = sessions.create(this.#person(claims, address), { side: 'centre', address });
    return this.#record.opened(login, {}, before === undefined ? before : sessions.named(before));
  }

  /**
   * Ends logins because the directory says so. Nobody's tries are counted: that would keep the directory out.
   *
   * @throws LiveViewError `logout-token-refused`, `openid-unreachable`, `openid-failed`.
   */
  async end(logoutToken: string, address: string): Promise<void> {
    const { sessions } = this.#options;
    const ended = await this.#logoutTokens.read(logoutToken).catch((error: unknown) => {
      throw this.#told(error);
    });
    for (const { user, session } of sessions.endOfDirectory(ended)) {
      this.#record.note('session.ended-by-directory', { user, session }, address);
    }
  }

  async #claims({
    answer,
    cookie,
    address,
    gone,
  }: Return): Promise<{ claims: Claims; before: string | undefined }> {
    try {
      const pending = this.#pending.take(cookie, answer.get('state') ?? '');
      const ask = () => this.#provider.claims(answer, pending);
      return { claims: await this.#limit.run(address, ask, gone), before: pending.before };
    } catch (error) {
      const reason = codeOf(error);
      if (reason !== 'login-too-often') this.#record.refused({ ...UNKNOWN, reason }, address);
      throw this.#told(error);
    }
  }

  #person(claims: Claims, address: string): DirectoryPerson {
    try {
      return personOf(claims, this.#options.terms, this.#termsHash);
    } catch (error) {
      const reason = REASONS[codeOf(error)];
      const user = reason === undefined ? UNKNOWN.user : subjectOf(claims);
      this.#record.refused({ user, side: UNKNOWN.side, reason: reason ?? codeOf(error) }, address);
      throw this.#told(error);
    }
  }

  /** Why, for whoever runs the gateway; claims and tokens stay out of it. */
  #told(error: unknown): unknown {
    if (!(error instanceof LiveViewError) || !LOGGED.test(error.code)) return error;
    const { clock, log } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#loggedMs < LOG_EVERY_MS) {
      this.#unlogged += 1;
      return error;
    }
    const more = this.#unlogged > 0 ? { unlogged: this.#unlogged } : {};
    this.#loggedMs = nowMs;
    this.#unlogged = 0;
    const { code } = error;
    log.warn('a login at the directory came to nothing', { code, why: describe(error), ...more });
    return error;
  }
}

/** What a login rests on: with other terms people come in anew. A new secret or address of ours changes nobody. */
export function termsHash(terms: OpenIdTerms): string {
  const { issuer, clientId, roleClaim, roles, requireAmr, maxAgeSeconds } = terms;
  const rests = [issuer, clientId, roleClaim, roles, requireAmr, maxAgeSeconds ?? null];
  return createHash('sha256').update(JSON.stringify(rests)).digest('base64url');
}
