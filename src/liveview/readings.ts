import type { Actor } from '../journal/record.ts';
import { notShared } from './asking.ts';
import { knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import { readBy } from './reading-state.ts';
import type { Shares } from './shares.ts';
import { isPolice } from './sharing.ts';

/**
 * Who has read the log of an incident, by their own word: that a page was open proves nothing.
 * What is written there, `Incidents.update` does.
 */
export class Readings {
  readonly #ledger: Ledger;
  readonly #shares: Shares;

  constructor({ ledger, shares }: { ledger: Ledger; shares: Shares }) {
    this.#ledger = ledger;
    this.#shares = shares;
  }

  /**
   * A mark goes forward only; what was read before needs no entry.
   *
   * @param upTo the number of the last note that was read; the first is 1.
   * @throws LiveViewError `not-shared`, `unknown-incident`, `invalid-request`, `incident-closed`
   */
  mark(actor: Actor, id: string, upTo: number): void {
    const found = this.#ledger.state.incidents.get(id);
    if (isPolice(actor) && !this.#shares.inForce(found, actor.controlRoom)) throw notShared();
    if (upTo <= readBy(knownIncident(this.#ledger.state, id), actor)) return;
    this.#ledger.record('log.read', actor, id, { upTo });
  }
}
