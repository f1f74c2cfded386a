import type { Clock } from '../core/clock.ts';
import type { Journal, JsonObject, NewEntry } from '../journal/record.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { Caller } from './caller.ts';
import { actorOf } from './caller.ts';
import { Refusals } from './refusals.ts';
import type { Login, Sessions } from './sessions.ts';

export interface LoginRecordOptions {
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** What the journal says of logging in and out, by whatever way. */
export class LoginRecord {
  readonly #sessions: Sessions;
  readonly #journal: Journal;
  readonly #refusals: Refusals;

  constructor({ sessions, journal, clock }: LoginRecordOptions) {
    this.#sessions = sessions;
    this.#journal = journal;
    this.#refusals = new Refusals(journal, clock);
  }

  /**
   * @param more to be recorded.
   * @param before who was logged in there until now, and is no longer.
   * @throws LiveViewError `journal-unwritable`, `state-file-unwritable`; nobody is logged in then.
   */
  opened(login: Login, more: JsonObject = {}, before?: Caller): Login {
    try {
      this.#journal.append(entry('session.opened', login.caller, more));
      if (before) this.close(before);
    } catch (cause) {
      this.#sessions.end(login.caller.session);
      throw cause;
    }
    return login;
  }

  /**
   * A caller with a token has no login to end.
   *
   * @throws LiveViewError `state-file-unwritable`, `journal-unwritable`; the login has ended all the same.
   */
  close(caller: Caller): void {
    let ended = true;
    try {
      ended = this.#sessions.end(caller.session);
    } finally {
      if (ended) this.#journal.append(entry('session.closed', caller));
    }
  }

  refused(data: JsonObject, address: string): void {
    this.#refusals.record(data, address);
  }

  /** In the name of the gateway. */
  note(kind: string, data: JsonObject, address: string): void {
    this.#journal.append({ kind, actor: { ...GATEWAY_ACTOR, address }, data });
  }
}

function entry(kind: string, caller: Caller, more: JsonObject = {}): NewEntry {
  const { session, side, name } = caller;
  const data = { session, side, ...(name === undefined ? {} : { name }), ...more };
  return { kind, actor: actorOf(caller), data };
}
