import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../core/clock.ts';
import { Secret } from '../core/secret.ts';
import type { Caller, Side } from './caller.ts';
import type { Token, TokenStore } from './tokens.ts';
import type { User, UserStore } from './users.ts';

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

/** How soon an expired, removed or revoked account loses its open sockets. */
const SWEEP_MS = 2_000;
const COOKIE_BYTES = 32;
const ID_BYTES = 8;

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
}

/**
 * Who is logged in, in memory: a restart logs everybody out. Ending a login calls the `onEnd`
 * listeners of its caller, which cuts its sockets and streams. Callers that came with a token end
 * when the token does. Users and tokens are looked at regularly while anybody depends on them.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #limits: SessionLimits;
  /** By the SHA-256 of the cookie: what is in memory cannot be replayed. */
  readonly #logins = new Map<string, LoginState>();
  /** Open uses of tokens, by the id of the token. */
  readonly #tokenUses = new Map<string, Ending>();
  #timer: Timer | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? SESSION_LIMITS;
  }

  create(user: User, side: Side, address: string): Login {
    this.#makeRoom(user.username);
    const cookie = randomBytes(COOKIE_BYTES).toString('base64url');
    const state: LoginState = {
      user,
      createdMs: this.#nowMs,
      usedMs: this.#nowMs,
      ending: new Ending(),
      caller: undefined,
    };
    state.caller = {
      user: user.username,
      role: user.role,
      ...(user.controlRoom === undefined ? {} : { controlRoom: user.controlRoom }),
      address,
      side,
      session: randomBytes(ID_BYTES).toString('hex'),
      onEnd: (listener) => state.ending.add(listener),
    };
    this.#logins.set(digest(cookie), state);
    this.#schedule();
    return { cookie: new Secret(cookie), caller: state.caller };
  }

  /** Whose cookie this is, and counts as use of the login; undefined when the login is over. */
  find(cookieValue: string): Caller | undefined {
    const key = digest(cookieValue);
    const state = this.#logins.get(key);
    if (!state) return undefined;
    if (!this.#holds(state)) {
      this.#endLogin(key, state);
      return undefined;
    }
    state.usedMs = this.#nowMs;
    return state.caller;
  }

  /** The caller that shows this token, or undefined when the token does not hold. */
  findToken(secret: string, side: Side, address: string): Caller | undefined {
    const token = this.#options.tokens.authenticate(secret);
    return token && this.#tokenCaller(token, side, address);
  }

  /** Ends the login that the journal knows as `session`; false when there is none (any more). */
  end(session: string): boolean {
    for (const [key, state] of this.#logins) {
      if (state.caller?.session !== session) continue;
      this.#endLogin(key, state);
      return true;
    }
    return false;
  }

  endAllOf(username: string): void {
    for (const [key, state] of this.#logins) {
      if (state.user.username === username) this.#endLogin(key, state);
    }
  }

  /** Ends every login and forgets every use of a token. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const [key, state] of this.#logins) this.#endLogin(key, state);
    this.#tokenUses.clear();
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #tokenCaller(token: Token, side: Side, address: string): Caller {
    return {
      user: token.name,
      role: token.role,
      ...(token.controlRoom === undefined ? {} : { controlRoom: token.controlRoom }),
      address,
      side,
      session: `token-${token.id}`,
      onEnd: (listener) => {
        const uses = this.#tokenUses.get(token.id) ?? new Ending();
        this.#tokenUses.set(token.id, uses);
        this.#schedule();
        return uses.add(listener);
      },
    };
  }

  #holds(state: LoginState): boolean {
    const { absoluteMs, idleMs } = this.#limits;
    if (this.#nowMs - state.createdMs >= absoluteMs) return false;
    if (state.ending.size === 0 && this.#nowMs - state.usedMs >= idleMs) return false;
    const user = this.#options.users.find(state.user.username);
    return user?.changedAt === state.user.changedAt && user.createdAt === state.user.createdAt;
  }

  #endLogin(key: string, state: LoginState): void {
    this.#logins.delete(key);
    state.ending.run();
  }

  #makeRoom(username: string): void {
    const own = [...this.#logins].filter(([, state]) => state.user.username === username);
    for (const [key, state] of own.slice(0, Math.max(0, own.length - this.#limits.perUser + 1))) {
      this.#endLogin(key, state);
    }
  }

  #schedule(): void {
    if (this.#logins.size === 0 && this.#tokenUses.size === 0) return;
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
      if (state.ending.size > 0) state.usedMs = this.#nowMs;
      if (!failsSafe(() => this.#holds(state))) this.#endLogin(key, state);
    }
    for (const [token, uses] of this.#tokenUses) {
      if (uses.size > 0 && failsSafe(() => this.#options.tokens.isValid(token))) continue;
      this.#tokenUses.delete(token);
      uses.run();
    }
  }
}

interface LoginState {
  readonly user: User;
  readonly createdMs: number;
  usedMs: number;
  readonly ending: Ending;
  caller: Caller | undefined;
}

/** Those who want to know of an end, each told once. */
class Ending {
  readonly #listeners = new Set<() => void>();
  #over = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Whoever comes after the end is told at once. */
  add(listener: () => void): () => void {
    if (this.#over) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  run(): void {
    this.#over = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

function failsSafe(holds: () => boolean): boolean {
  try {
    return holds();
  } catch {
    return false;
  }
}

function digest(cookieValue: string): string {
  return createHash('sha256').update(cookieValue).digest('base64url');
}
