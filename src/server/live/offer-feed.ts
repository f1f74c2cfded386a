import type { Caller } from '../../access/caller.ts';
import type { Incident } from '../../liveview/model.ts';
import type { OfferHeadline } from '../../liveview/offer-model.ts';
import type { ListenerDeps } from '../deps.ts';
import type { ServerMessage } from '../protocol.ts';
import type { Sight } from '../sight.ts';

export interface OfferFeedOptions {
  readonly deps: ListenerDeps;
  readonly caller: Caller;
  readonly sight: Sight;
  readonly send: (message: ServerMessage) => void;
}

/** What is offered to the control room of one socket: what waits for an answer, and that it is over. */
export class OfferFeed {
  readonly #options: OfferFeedOptions;
  /** By incident: what was sent last. */
  readonly #sent = new Map<string, OfferHeadline>();

  constructor(options: OfferFeedOptions) {
    this.#options = options;
  }

  start(): void {
    for (const offer of this.#options.sight.offers()) this.#tell(offer);
  }

  /** Perhaps nothing of it is offered to this control room. */
  changed(incident: Incident): void {
    const { deps, caller, sight } = this.#options;
    if (!sight.seesSite(incident.site)) return;
    const offer = deps.liveview.casework.offers.headline(incident, caller.controlRoom);
    const before = this.#sent.get(incident.id);
    if (offer) {
      if (JSON.stringify(offer) !== JSON.stringify(before)) this.#tell(offer);
    } else if (before) this.#end(before, incident);
  }

  #tell(offer: OfferHeadline): void {
    this.#sent.set(offer.incident, offer);
    this.#options.send({ type: 'offer', offer });
  }

  /** As it was, and what became of it: nothing that was added since. */
  #end(before: OfferHeadline, { offers = [] }: Incident): void {
    this.#sent.delete(before.incident);
    const { controlRoom } = this.#options.caller;
    const now = offers.find((each) => each.controlRoom === controlRoom)?.state;
    const state = now === undefined || now === 'pending' ? 'expired' : now;
    this.#options.send({ type: 'offer', offer: { ...before, state } });
  }
}
