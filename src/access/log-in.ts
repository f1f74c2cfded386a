import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { Journal } from '../journal/record.ts';
import type { Caller, Side } from './caller.ts';
import { belongsTo, type ShownCertificate, shownIn } from './certified.ts';
import { KnownPlaces } from './known-places.ts';
import { LoginLimit, type Outcome } from './login-limit.ts';
import { LoginRecord } from './login-record.ts';
import type { CallerRole } from './role.ts';
import { sideOf } from './role.ts';
import type { Login, Sessions } from './sessions.ts';
import { type User, type UserStore, wrongCode } from './users.ts';

/** Of a name that nobody has nothing is kept: passwords are typed in the wrong field too. */
const UNKNOWN = { username: '(unknown)' };

export interface LogInOptions {
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Whose role this is does not get in without a second factor. */
  readonly secondFactorFor?: readonly CallerRole[];
  /** Where somebody got in before; of this object alone unless given. */
  readonly knownPlaces?: KnownPlaces;
}

type Refused =
  | 'wrong-password'
  | 'wrong-side'
  | 'wrong-certificate'
  | 'wrong-code'
  | 'no-second-factor';

export interface Attempt {
  readonly username: string;
  readonly password: string;
  /** Of the app, or a recovery code. */
  readonly code?: string | undefined;
  readonly side: Side;
  readonly address: string;
  /** What the connection showed. */
  readonly certificate?: ShownCertificate | undefined;
  /** Who is logged in there already: that login ends when this one begins. */
  readonly before?: Caller | undefined;
  /** Nobody waits for the answer any more. */
  readonly gone?: AbortSignal;
}

/** Logging in and out, recorded in the journal. */
export class LogIn {
  readonly #options: LogInOptions;
  readonly #limit: LoginLimit;
  readonly #record: LoginRecord;

  constructor(options: LogInOptions) {
    this.#options = options;
    this.#record = new LoginRecord(options);
    const { clock, users, knownPlaces } = options;
    this.#limit = new LoginLimit(clock, {
      known: knownPlaces ?? new KnownPlaces(clock, { users }),
      onGuessed: (name, address, guessed) =>
        this.#record.note('session.guessing', { user: this.#nameOf(name), guessed }, address),
    });
  }

  /**
   * @throws LiveViewError `login-failed` whatever was wrong with name, password, side and certificate; after the right ones
   *   `second-factor-needed` (ask for a code), `second-factor-wrong`, `second-factor-missing`; and
   *   `login-too-often`, `journal-unwritable`, `state-file-unwritable`, `state-file-busy`.
   */
  async open(attempt: Attempt): Promise<Login> {
    const { username, password, address, gone } = attempt;
    const done = await this.#limit.begin(address, username, gone);
    // What fails on our side is no wrong guess.
    let outcome: Outcome = 'half';
    try {
      const user = await this.#options.users.authenticate(username, new Secret(password));
      const reason = user ? this.#against(user, attempt) : 'wrong-password';
      if (!user || reason) {
        outcome = 'wrong';
        throw this.#refused(attempt, reason ?? 'wrong-password');
      }
      outcome = 'right';
      return this.#begin(user, attempt);
    } finally {
      done(outcome);
    }
  }

  /** @throws LiveViewError as `LoginRecord.close`. */
  close(caller: Caller): void {
    this.#record.close(caller);
  }

  /** After the right password. @throws LiveViewError `second-factor-needed`, `login-too-often`, as `UserStore.spendCode`. */
  #against(user: User, { side, certificate, code, address }: Attempt): Refused | undefined {
    const { users, secondFactorFor = [] } = this.#options;
    if (sideOf(user) !== side) return 'wrong-side';
    if (!belongsTo(user, certificate)) return 'wrong-certificate';
    if (!user.secondFactor) {
      return secondFactorFor.includes(user.role) ? 'no-second-factor' : undefined;
    }
    if (code === undefined) {
      throw new LiveViewError('second-factor-needed', 'the code of the app is needed too');
    }
    this.#limit.beginCode(address, user);
    const by = users.spendCode(user.username, code);
    if (by === undefined) this.#limit.wrongCode(address, user);
    if (by === 'recovery-code') {
      this.#record.note('session.recovery-code', { user: user.username }, address);
    }
    return by === undefined ? 'wrong-code' : undefined;
  }

  #begin(user: User, { side, address, certificate, before }: Attempt): Login {
    const isCertified = certificate?.standsFor !== undefined;
    const certified = isCertified ? ({ certified: true } as const) : {};
    const login = this.#options.sessions.create(user, { side, address, ...certified });
    return this.#record.opened(login, shownIn(certificate), before);
  }

  #refused({ username, side, address, certificate }: Attempt, reason: Refused): LiveViewError {
    const user = this.#nameOf(username);
    this.#record.refused({ user, side, reason, ...shownIn(certificate) }, address);
    return refusal(reason);
  }

  #nameOf(username: string): string {
    return (this.#options.users.find(username) ?? UNKNOWN).username;
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
