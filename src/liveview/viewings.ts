import { LiveViewError } from '../core/errors.ts';
import type { Permit } from '../core/permit.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import type { Happening, Ledger } from './ledger.ts';

/** What a viewer says that it measured: bounded, and nobody's word but its own. */
export interface ViewerWords {
  /** Reports that were counted. */
  readonly reports: number;
  /** From the arrival of a picture at the gateway until it was shown; of the reports. */
  readonly delayP50Ms: number;
  readonly delayP95Ms: number;
  readonly delayMaxMs: number;
  /** Pictures that it decoded, and that it left out or missed. */
  readonly decoded: number;
  readonly dropped: number;
}

/** What a viewer received in all. */
export interface ViewingTotals {
  readonly bytes: number;
  readonly pictures: number;
  readonly dropped: number;
  /** From the start until the first picture left. */
  readonly firstPictureMs?: number | undefined;
  /** Why it ended, e.g. the code of the permit's end. */
  readonly reason: string;
  /** Absent for a viewer that reported nothing. */
  readonly saidByViewer?: ViewerWords | undefined;
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
  #ended: Happening[] = [];

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
      const { firstPictureMs, saidByViewer, ...counted } = totals;
      const first = firstPictureMs === undefined ? {} : { firstPictureMs };
      const said = saidByViewer ? { saidByViewer: { ...saidByViewer } } : {};
      const data = { viewing: id, camera, ...counted, ...first, ...said };
      this.#record({ kind: 'viewing.ended', actor, incident, data });
    };
    return { id, end };
  }

  /** All that ends in one tick is one write: pictures of others wait while the disk is waited for. */
  #record(ended: Happening): void {
    if (this.#ended.push(ended) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const ended = this.#ended;
    this.#ended = [];
    this.#ledger.concludeAll(ended);
  }

  /** Those that a crash left open end now; nobody counted what they received. */
  endLeftOver(): void {
    const open = [...this.#ledger.state.viewings.values()];
    const ended = open.map(({ id, camera, incident }): Happening => {
      const data = { viewing: id, camera, reason: 'gateway-restarted' };
      return { kind: 'viewing.ended', actor: GATEWAY_ACTOR, incident, data };
    });
    this.#ledger.concludeAll(ended);
  }
}
