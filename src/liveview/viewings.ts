import { LiveViewError } from '../core/errors.ts';
import type { Permit } from '../core/permit.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import type { Ledger } from './ledger.ts';

/** What a viewer received in all. */
export interface ViewingTotals {
  readonly bytes: number;
  readonly pictures: number;
  readonly dropped: number;
  /** Why it ended, e.g. the code of the permit's end. */
  readonly reason: string;
}

export interface Viewing {
  readonly id: string;
  /** Only the first call counts. Ends the permit too: a viewing that is over sends nothing more. */
  end(totals: ViewingTotals): void;
}

/** Who watched which camera from when to when: recorded before the first byte. */
export class Viewings {
  readonly #ledger: Ledger;
  readonly #newId: () => string;

  constructor(ledger: Ledger, newId: () => string) {
    this.#ledger = ledger;
    this.#newId = newId;
  }

  /**
   * @throws LiveViewError `journal-unwritable`: what cannot be recorded is not disclosed; the
   *   permit's own code when it has ended.
   */
  begin(actor: Actor, what: { camera: string; incident: string | null; permit: Permit }): Viewing {
    const { camera, permit } = what;
    const incident = what.incident ?? undefined;
    permit.check();
    if (permit.camera !== camera) {
      throw new LiveViewError('not-shared', 'this permit is for another camera');
    }
    const id = this.#newId();
    this.#ledger.record('viewing.started', actor, incident, { viewing: id, camera });
    let open = true;
    const end = (totals: ViewingTotals) => {
      if (!open) return;
      open = false;
      permit.end({ code: 'session-ended', reason: 'the viewer left' });
      const { bytes, pictures, dropped, reason } = totals;
      const data = { viewing: id, camera, bytes, pictures, dropped, reason };
      this.#ledger.conclude('viewing.ended', actor, incident, data);
    };
    return { id, end };
  }

  /** Those that a crash left open end now; nobody counted what they received. */
  endLeftOver(): void {
    for (const { id, camera, incident } of [...this.#ledger.state.viewings.values()]) {
      const data = { viewing: id, camera, reason: 'gateway-restarted' };
      this.#ledger.conclude('viewing.ended', GATEWAY_ACTOR, incident, data);
    }
  }
}
