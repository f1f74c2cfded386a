import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { Journal, NewEntry } from '../journal/record.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { Caller, Side } from './caller.ts';
import { actorOf } from './caller.ts';
import { LoginLimit, type Outcome } from './login-limit.ts';
import type { CallerRole } from './role.ts';
import { sideOf } from './role.ts';
import type { Login, Sessions } from './sessions.ts';
import { type User, type UserStore, wrongCode } from './users.ts';

/** Of a name that nobody has nothing is kept: passwords are typed in the wrong field too. */
const UNKNOWN = { username: '(unknown)' };
/** Refusals in the journal a minute; those beyond are counted, so that nobody can fill the disk. */
const REFUSALS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

export interface LogInOptions {
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Whose role this is does not get in without a second factor. */
  readonly secondFactorFor?: readonly CallerRole[];
}

type Refused = 'wrong-password' | 'wrong-side' | 'wrong-code' | 'no-second-factor';

export interface Attempt {
  readonly username: string;
  readonly password: string;
  /** Of the app, or a recovery code. */
  readonly code?: string | undefined;
  readonly side: Side;
  readonly address: string;
}

/** Logging in and out, recorded in the journal. */
export class LogIn {
  readonly #options: LogInOptions;
  readonly #limit: LoginLimit;
  #minuteMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;

  constructor(options: LogInOptions) {
    this.#options = options;
    this.#limit = new LoginLimit(options.clock, {
      onGuessed: (name, address) =>
        this.#record('session.guessing', { user: this.#nameOf(name) }, address),
    });
  }

  /**
   * @throws LiveViewError `login-failed` whatever was wrong with name, password and side; after the right ones
   *   `second-factor-needed` (ask for a code), `second-factor-wrong`, `second-factor-missing`; and
   *   `login-too-often`, `journal-unwritable`, `state-file-unwritable`, `state-file-busy`.
   */
  async open(attempt: Attempt): Promise<Login> {
    const { username, password, side, address } = attempt;
    const done = this.#limit.begin(address, username);
    let outcome: Outcome = 'wrong';
    try {
      const user = await this.#options.users.authenticate(username, new Secret(password));
      if (!user) throw this.#refused(attempt, 'wrong-password');
      if (sideOf(user) !== side) throw this.#refused(attempt, 'wrong-side');
      if (user.secondFactor && attempt.code === undefined) {
        outcome = 'half';
        throw new LiveViewError('second-factor-needed', 'the code of the app is needed too');
      }
      this.#checkCode(user, attempt);
      outcome = 'right';
      return this.#begin(user, side, address);
    } finally {
      done(outcome);
    }
  }

  /**
   * A caller with a token has no login to end.
   *
   * @throws LiveViewError `state-file-unwritable`, `journal-unwritable`; the login has ended all the same.
   */
  close(caller: Caller): void {
    const { sessions, journal } = this.#options;
    let ended = true;
    try {
      ended = sessions.end(caller.session);
    } finally {
      if (ended) journal.append(entry('session.closed', caller));
    }
  }

  #checkCode(user: User, attempt: Attempt): void {
    const { users, secondFactorFor = [] } = this.#options;
    if (user.secondFactor) {
      const by = users.spendCode(user.username, attempt.code ?? '');
      if (!by) throw this.#refused(attempt, 'wrong-code');
      if (by === 'recovery-code') {
        this.#record('session.recovery-code', { user: user.username }, attempt.address);
      }
    } else if (secondFactorFor.includes(user.role)) {
      throw this.#refused(attempt, 'no-second-factor');
    }
  }

  #begin(user: User, side: Side, address: string): Login {
    const { sessions, journal } = this.#options;
    const login = sessions.create(user, side, address);
    try {
      journal.append(entry('session.opened', login.caller));
    } catch (cause) {
      sessions.end(login.caller.session);
      throw cause;
    }
    return login;
  }

  #refused({ username, side, address }: Attempt, reason: Refused): LiveViewError {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#minuteMs >= MINUTE_MS) {
      const unrecorded = Math.max(0, this.#refusals - REFUSALS_A_MINUTE);
      this.#minuteMs = nowMs;
      this.#refusals = 0;
      if (unrecorded > 0) this.#record('session.refused', { count: unrecorded }, address);
    }
    this.#refusals += 1;
    if (this.#refusals <= REFUSALS_A_MINUTE) {
      this.#record('session.refused', { user: this.#nameOf(username), side, reason }, address);
    }
    return refusal(reason);
  }

  #nameOf(username: string): string {
    return (this.#options.users.find(username) ?? UNKNOWN).username;
  }

  #record(kind: string, data: NewEntry['data'], address: string): void {
    const actor = { ...GATEWAY_ACTOR, address };
    this.#options.journal.append({ kind, actor, data });
  }
}

function refusal(reason: Refused): LiveViewError {
  if (reason === 'wrong-code') return wrongCode();
  if (reason === 'no-second-factor') {
    const what =
      'this role needs a second factor, which this account does not have: whoever runs the gateway adds it with `liveview user totp`';
    return new LiveViewError('second-factor-missing', what);
  }
  return new LiveViewError(
    'login-failed',
    'user name or password is wrong, or this account does not belong on this side',
  );
}

function entry(kind: string, caller: Caller): NewEntry {
  return { kind, actor: actorOf(caller), data: { session: caller.session, side: caller.side } };
}
