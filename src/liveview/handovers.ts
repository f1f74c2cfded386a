import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import { knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import type { Incident } from './model.ts';

/**
 * Who answers for an incident. One person does, from its opening on; until a colleague has accepted it, it
 * stays with whoever offers it. It says who is to be asked, and forbids nobody to act.
 */
export class Handovers {
  readonly #ledger: Ledger;

  constructor({ ledger }: { ledger: Ledger }) {
    this.#ledger = ledger;
  }

  /**
   * In place of what was offered before.
   *
   * @param to a user of the centre, who was looked up.
   * @throws LiveViewError `not-responsible`, `invalid-request`
   */
  offer(actor: Actor, id: string, to: string, note?: string): Incident {
    const incident = this.#mine(actor, id);
    if (incident.responsible === to) {
      throw new LiveViewError('invalid-request', `this incident is with ${to} already`);
    }
    const data = { to, ...(note === undefined ? {} : { note }) };
    this.#ledger.record('handover.offered', actor, id, data);
    return this.#incident(id);
  }

  /** @throws LiveViewError `handover-ended`, `not-offered-to-you` */
  accept(actor: Actor, id: string): Incident {
    this.#checkOffered(actor, id);
    this.#ledger.record('handover.accepted', actor, id, {});
    return this.#incident(id);
  }

  /** @throws LiveViewError as `accept` */
  decline(actor: Actor, id: string, reason: string): Incident {
    this.#checkOffered(actor, id);
    this.#ledger.record('handover.declined', actor, id, { reason });
    return this.#incident(id);
  }

  /** @throws LiveViewError `not-responsible`, `handover-ended` */
  withdraw(actor: Actor, id: string): Incident {
    this.#mine(actor, id);
    this.#ledger.record('handover.withdrawn', actor, id, {});
    return this.#incident(id);
  }

  /** By a supervisor, who asks nobody. Nothing is recorded where it is the actor's already. */
  take(actor: Actor, id: string, note?: string): Incident {
    const incident = this.#incident(id);
    if (incident.responsible === actor.user) return incident;
    this.#ledger.record('handover.taken', actor, id, note === undefined ? {} : { note });
    return this.#incident(id);
  }

  /** Of whoever answers for it; a supervisor arranges for others. */
  #mine(actor: Actor, id: string): Incident {
    const incident = this.#incident(id);
    if (incident.responsible === actor.user || actor.role === 'supervisor') return incident;
    const reason = `this incident is with ${incident.responsible ?? 'nobody'}, who hands it over`;
    throw new LiveViewError('not-responsible', reason);
  }

  #checkOffered({ user }: Actor, id: string): void {
    const { handover } = this.#incident(id);
    if (handover?.state !== 'offered' || handover.to === user) return;
    throw new LiveViewError('not-offered-to-you', `this is offered to ${handover.to}`);
  }

  #incident(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }
}
