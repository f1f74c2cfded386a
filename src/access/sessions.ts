import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../core/clock.ts';
import { Secret } from '../core/secret.ts';
import {
  type Account,
  fulfils,
  isOfDirectory,
  isSame,
  type LocalTerms,
  storedAccount,
} from './account.ts';
import type { Caller, Side } from './caller.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { type LoginState, loginOf } from './login-state.ts';
import type { Ended } from './openid/logout-token.ts';
import type { DirectoryPerson } from './openid/person.ts';
import type { DirectoryStanding } from './openid/standing.ts';
import type { SessionFile, StoredLogin } from './session-file.ts';
import { TokenCallers } from './token-callers.ts';
import type { TokenUseLog } from './token-uses.ts';
import type { TokenStore } from './tokens.ts';
import type { UserStore } from './users.ts';

export interface SessionLimits {
  /** A login ends when nothing has used it for this long; an open live socket is use. */
  readonly idleMs: number;
  /** A login ends this long after it was made, whatever happens. */
  readonly absoluteMs: number;
  /** Logins of one user at a time; the oldest gives way. */
  readonly perUser: number;
}
export const SESSION_LIMITS: SessionLimits = {
  idleMs: 30 * 60_000,
  absoluteMs: 12 * 3_600_000,
  perUser: 20,
};

/** How old the use of a login may be in the file: a crash forgets that much of it. */
const KEEP_USE_MS = 5 * 60_000;
/** How soon an expired, removed or revoked account loses its open sockets. */
const SWEEP_MS = 250;
const COOKIE_BYTES = 32;
const ID_BYTES = 8;

/** How somebody logs in. */
export interface NewLogin extends Pick<Caller, 'side' | 'certified'> {
  readonly address: string;
}

/** A fresh login; the cookie's value is known to the browser alone. */
export interface Login {
  readonly cookie: Secret;
  readonly caller: Caller;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly limits?: SessionLimits;
  /** Where logins are kept over a restart; without it they are in memory alone. */
  readonly file?: Pick<SessionFile, 'read' | 'write'>;
  /** Logins that were ended by somebody other than the gateway. */
  readonly ended?: Pick<EndedSessions, 'has'>;
  /** Told of every use of a token that holds. */
  readonly tokenUses?: Pick<TokenUseLog, 'note'>;
  /** By what local users are in; logins from before a restart have to fulfil it too. */
  readonly local?: LocalTerms;
  /** By what people of the directory are in; without it nobody of it is. */
  readonly directory?: Pick<DirectoryStanding, 'asOfNow' | 'holds'> | undefined;
}

/**
 * Who is logged in. A login outlives the process that made it, by a file in which no cookie can be
 * read; one that was ended is out of the file before `end` returns. Ending a login calls the `onEnd`
 * listeners of its caller, which cuts its sockets and streams. Callers that came with a token end
 * when the token does. Users and tokens are looked at regularly while anybody depends on them.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #limits: SessionLimits;
  /** By the SHA-256 of the cookie: what is in memory cannot be replayed. */
  readonly #logins = new Map<string, LoginState>();
  readonly #tokens: TokenCallers;
  /** A login has begun or ended of which the file does not know. */
  #unsaved = false;
  #timer: Timer | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? SESSION_LIMITS;
    const { tokens, tokenUses } = options;
    this.#tokens = new TokenCallers({ tokens, tokenUses, onUse: () => this.#schedule() });
    for (const stored of options.file?.read() ?? []) this.#restore(stored);
    this.#schedule();
  }

  /** @throws LiveViewError `state-file-unwritable`; nobody is logged in then. */
  create(account: Account, { side, address, certified }: NewLogin): Login {
    const { directory } = this.#options;
    const user = (isOfDirectory(account) && directory?.asOfNow(account)) || account;
    this.#makeRoom(user.username);
    const cookie = randomBytes(COOKIE_BYTES).toString('base64url');
    const session = randomBytes(ID_BYTES).toString('hex');
    const nowMs = this.#nowMs;
    const state = loginOf(user, {
      ...{ side, address, session, createdMs: nowMs, usedMs: nowMs },
      ...(certified ? { certified } : {}),
    });
    this.#logins.set(digest(cookie), state);
    this.#schedule();
    try {
      this.#save();
    } catch (cause) {
      this.#endLogin(digest(cookie), state);
      throw cause;
    }
    return { cookie: new Secret(cookie), caller: state.caller };
  }

  /**
   * Whose cookie this is, and counts as use of the login; undefined when the login is over, and for whoever may
   * not use it there: that is no use.
   */
  find(cookieValue: string, mayUse: (caller: Caller) => boolean = () => true): Caller | undefined {
    const key = digest(cookieValue);
    const state = this.#logins.get(key);
    if (!state) return undefined;
    if (!this.#holds(state)) {
      // Whatever the file says: the same reason ends it again.
      this.#endLogin(key, state);
      return undefined;
    }
    if (!mayUse(state.caller)) return undefined;
    state.usedMs = this.#nowMs;
    return state.caller;
  }

  /** The caller that shows this token, or undefined when the token does not hold. */
  findToken(secret: string, side: Side, address: string): Caller | undefined {
    return this.#tokens.find(secret, side, address);
  }

  /**
   * Ends the login that the journal knows as `session`; false when there is none (any more).
   *
   * @throws LiveViewError `state-file-unwritable`: it has ended, and a crash now would bring it back.
   */
  end(session: string): boolean {
    for (const [key, state] of this.#logins) {
      if (state.caller.session !== session) continue;
      this.#endLogin(key, state);
      this.#save();
      return true;
    }
    return false;
  }

  /**
   * Ends logins of people of the directory: those of this name, and of this session there, as far as each is said.
   *
   * @returns whose they were.
   * @throws LiveViewError as `end`.
   */
  endOfDirectory({ username, sid }: Ended): readonly Caller[] {
    const ended = [...this.#logins].filter(
      ([, { user }]) =>
        isOfDirectory(user) &&
        (username === undefined || user.username === username) &&
        (sid === undefined || user.sid === sid || (username !== undefined && !user.sid)),
    );
    for (const [key, state] of ended) this.#endLogin(key, state);
    if (ended.length > 0) this.#save();
    return ended.map(([, { caller }]) => caller);
  }

  /** Whose login the journal knows as `session`. */
  named(session: string): Caller | undefined {
    return [...this.#logins.values()].find(({ caller }) => caller.session === session)?.caller;
  }

  /** People of the directory who are logged in now, each once. */
  ofDirectory(): readonly DirectoryPerson[] {
    const people = [...this.#logins.values()].map(({ user }) => user).filter(isOfDirectory);
    return [...new Map(people.map((person) => [person.username, person])).values()];
  }

  /** Cuts whatever is open; who was logged in is after the next start, where logins are kept. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    try {
      if (this.#isBehind()) this.#save();
    } finally {
      const logins = [...this.#logins.values()];
      this.#logins.clear();
      for (const state of logins) state.ending.run();
      this.#tokens.clear();
    }
  }

  get #unixMs(): number {
    return this.#options.clock.unixUs() / 1000;
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #holds(state: LoginState): boolean {
    const { absoluteMs, idleMs } = this.#limits;
    if (this.#nowMs - state.createdMs >= absoluteMs) return false;
    if (!state.ending.isInUse && this.#nowMs - state.usedMs >= idleMs) return false;
    if (this.#options.ended?.has(state.caller.session)) return false;
    return this.#isStill(state.user);
  }

  /** Whether nothing changed that a login of this account rests on. */
  #isStill(account: Account): boolean {
    const { directory } = this.#options;
    if (isOfDirectory(account)) return directory?.holds(account) ?? false;
    const user = this.#options.users.find(account.username);
    return user !== undefined && isSame(user, account) && fulfils(user, this.#options.local);
  }

  #endLogin(key: string, state: LoginState): void {
    this.#logins.delete(key);
    this.#unsaved = true;
    state.ending.run();
  }

  /** Of a user who is no longer the same, or not known, nothing comes back. */
  #restore(stored: StoredLogin): void {
    const { createdUnixMs, usedUnixMs } = stored;
    const user = this.#restored(stored);
    if (!user) return;
    // A clock that was set back makes nothing younger than now.
    const sinceMs = (unixMs: number) => this.#nowMs - Math.max(0, this.#unixMs - unixMs);
    const times = { createdMs: sinceMs(createdUnixMs), usedMs: sinceMs(usedUnixMs) };
    this.#logins.set(stored.sha256, loginOf(user, { ...stored, ...times }));
  }

  #restored({ person, ...stored }: StoredLogin): Account | undefined {
    if (person) return this.#isStill(person) ? person : undefined;
    const { username = '', userCreatedAt, userChangedAt } = stored;
    const user = unlessItFails(() => this.#options.users.find(username));
    const isSameUser = user?.createdAt === userCreatedAt && user?.changedAt === userChangedAt;
    return isSameUser ? user : undefined;
  }

  /** The file misses an end, or use of a login of more than `unkeptMs`. */
  #isBehind(unkeptMs = 0): boolean {
    const late = ({ usedMs, savedUsedMs }: LoginState) => usedMs - savedUsedMs > unkeptMs;
    return this.#unsaved || [...this.#logins.values()].some(late);
  }

  #save(): void {
    this.#unsaved = true;
    this.#options.file?.write([...this.#logins].map(([key, state]) => this.#stored(key, state)));
    this.#unsaved = false;
    for (const state of this.#logins.values()) state.savedUsedMs = state.usedMs;
  }

  #stored(sha256: string, { user, caller, createdMs, usedMs }: LoginState): StoredLogin {
    const unixMs = (ms: number) => Math.round(this.#unixMs - (this.#nowMs - ms));
    const createdUnixMs = unixMs(createdMs);
    return {
      ...{ sha256, session: caller.session, side: caller.side, address: caller.address ?? '' },
      ...storedAccount(user),
      ...{ createdUnixMs, usedUnixMs: unixMs(usedMs) },
      endsUnixMs: createdUnixMs + this.#limits.absoluteMs,
      ...(caller.certified ? { certified: true } : {}),
    };
  }

  #makeRoom(username: string): void {
    const own = [...this.#logins].filter(([, state]) => state.user.username === username);
    for (const [key, state] of own.slice(0, Math.max(0, own.length - this.#limits.perUser + 1))) {
      this.#endLogin(key, state);
    }
  }

  #schedule(): void {
    if (this.#logins.size === 0 && !this.#tokens.isUsed && !this.#unsaved) return;
    this.#timer ??= this.#options.clock.setTimer(SWEEP_MS, () => {
      this.#timer = undefined;
      try {
        this.#sweep();
      } finally {
        this.#schedule();
      }
    });
  }

  /** A file that cannot be read throws in `find` too: then nobody holds. */
  #sweep(): void {
    for (const [key, state] of this.#logins) {
      if (state.ending.isInUse) state.usedMs = this.#nowMs;
      if (!unlessItFails(() => this.#holds(state))) this.#endLogin(key, state);
    }
    // What cannot be written now is written by a later round; a login that has ended ends again.
    if (this.#isBehind(KEEP_USE_MS)) unlessItFails(() => this.#save());
    this.#tokens.sweep();
  }
}

function unlessItFails<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function digest(cookieValue: string): string {
  return createHash('sha256').update(cookieValue).digest('base64url');
}
