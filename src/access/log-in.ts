import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { Journal, NewEntry } from '../journal/record.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { Caller, Side } from './caller.ts';
import { actorOf } from './caller.ts';
import { LoginLimit } from './login-limit.ts';
import { sideOf } from './role.ts';
import type { Login, Sessions } from './sessions.ts';
import type { UserStore } from './users.ts';

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
}

export interface Attempt {
  readonly username: string;
  readonly password: string;
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
    this.#limit = new LoginLimit(options.clock);
  }

  /**
   * @throws LiveViewError `login-failed` whatever was wrong, `login-too-often`, `journal-unwritable`,
   *   `state-file-unwritable`.
   */
  async open({ username, password, side, address }: Attempt): Promise<Login> {
    const done = this.#limit.begin(address, username);
    let succeeded = false;
    try {
      const { users, sessions, journal } = this.#options;
      const user = await users.authenticate(username, new Secret(password));
      if (!user || sideOf(user) !== side) throw this.#refused({ username, side, address }, !!user);
      succeeded = true;
      const login = sessions.create(user, side, address);
      try {
        journal.append(entry('session.opened', login.caller));
      } catch (cause) {
        sessions.end(login.caller.session);
        throw cause;
      }
      return login;
    } finally {
      done(succeeded);
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

  #refused({ username, side, address }: Omit<Attempt, 'password'>, known: boolean): LiveViewError {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#minuteMs >= MINUTE_MS) {
      const unrecorded = Math.max(0, this.#refusals - REFUSALS_A_MINUTE);
      this.#minuteMs = nowMs;
      this.#refusals = 0;
      if (unrecorded > 0) this.#record({ count: unrecorded }, address);
    }
    this.#refusals += 1;
    if (this.#refusals <= REFUSALS_A_MINUTE) {
      const { username: user } = this.#options.users.find(username) ?? UNKNOWN;
      this.#record({ user, side, reason: known ? 'wrong-side' : 'wrong-password' }, address);
    }
    return new LiveViewError(
      'login-failed',
      'user name or password is wrong, or this account does not belong on this side',
    );
  }

  #record(data: NewEntry['data'], address: string): void {
    const actor = { ...GATEWAY_ACTOR, address };
    this.#options.journal.append({ kind: 'session.refused', actor, data });
  }
}

function entry(kind: string, caller: Caller): NewEntry {
  return { kind, actor: actorOf(caller), data: { session: caller.session, side: caller.side } };
}
