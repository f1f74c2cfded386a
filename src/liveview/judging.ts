import type { Actor } from '../journal/record.ts';
import { type Alarm, type FalseCause, groundOf, type VerificationMethod } from './alarm-model.ts';
import type { Alarms } from './alarms.ts';
import { alongside } from './alongside.ts';
import type { EventKind } from './events.ts';
import type { Ledger } from './ledger.ts';

export type AlarmJudgement =
  | { readonly status: 'verified'; readonly method: VerificationMethod; readonly note?: string }
  | { readonly status: 'false'; readonly cause: FalseCause; readonly note?: string };

/** Enough to tell by. */
const MAX_ALONGSIDE = 64;

/**
 * What people make of alarms. Each act is an entry of the journal with the person and the time; what is
 * forbidden is said by the state (`alarm-state.ts`).
 */
export class Judging {
  readonly #ledger: Ledger;
  readonly #alarms: Alarms;

  constructor({ ledger, alarms }: { ledger: Ledger; alarms: Alarms }) {
    this.#ledger = ledger;
    this.#alarms = alarms;
  }

  /** “I am looking”; whoever looked before no longer does. */
  look(actor: Actor, id: string): Alarm {
    const { verification } = this.#alarms.get(id);
    if (verification.status === 'looking' && verification.by === actor.user) {
      return this.#alarms.get(id);
    }
    return this.#record('alarm.looking', actor, id);
  }

  /** Nobody looks any more. */
  letGo(actor: Actor, id: string): Alarm {
    return this.#record('alarm.let-go', actor, id);
  }

  /** What it turned out to be; with “false” it is over. */
  judge(actor: Actor, id: string, { status, ...judgement }: AlarmJudgement): Alarm {
    if (status === 'false') return this.#record('alarm.false', actor, id, judgement);
    const beside = alongside(this.#ledger.state, this.#alarms.get(id)).map((each) => each.id);
    const together = beside.length === 0 ? {} : { alongside: beside.slice(0, MAX_ALONGSIDE) };
    return this.#record('alarm.verified', actor, id, { ...judgement, ...together });
  }

  /** Handled: nobody need look any more. */
  end(actor: Actor, id: string, note: string): Alarm {
    return this.#record('alarm.ended', actor, id, { note });
  }

  /** Adds it to an incident that is open already. */
  link(actor: Actor, id: string, incident: string): Alarm {
    const ground = groundOf(this.#alarms.get(id));
    this.#ledger.record('alarm.linked', actor, incident, { alarm: id, ground });
    return this.#alarms.get(id);
  }

  #record(kind: EventKind, actor: Actor, id: string, data: object = {}): Alarm {
    const { incident } = this.#alarms.get(id);
    this.#alarms.settle(id);
    this.#ledger.record(kind, actor, incident, { alarm: id, ...data });
    return this.#alarms.get(id);
  }
}
