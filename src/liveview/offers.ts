import { type Clock, rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { notShared } from './asking.ts';
import { Countdowns } from './countdowns.ts';
import type { Grants, GrantTerms } from './grants.ts';
import { isUnderWay } from './incident-machine.ts';
import { knownIncident } from './known-incident.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, Incident } from './model.ts';
import type { Offer, OfferHeadline } from './offer-model.ts';
import type { Shares } from './shares.ts';
import { sharedAlarms } from './sharing.ts';

export interface OffersOptions {
  clock: Clock;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
  grants: Grants;
}

/** What the centre offers to control rooms, of which they see the headline until they accept. */
export class Offers {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;
  readonly #grants: Grants;
  readonly #countdowns: Countdowns;

  constructor(options: OffersOptions) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
    this.#grants = options.grants;
    this.#countdowns = new Countdowns(options.clock);
  }

  /** Replaces what was offered to the control room before. @throws LiveViewError also `already-shared` */
  make(actor: Actor, id: string, controlRoom: string, terms: GrantTerms): Incident {
    const incident = this.#incident(id);
    const checked = this.#grants.checked(incident, controlRoom, terms);
    if (this.#shares.inForce(incident, controlRoom)) {
      throw new LiveViewError('already-shared', 'this is shared with it already; change the share');
    }
    const { expiresInMinutes: minutes = this.#directory.grantMinutes } = terms;
    this.#grants.endIn(minutes);
    const waitUs = this.#directory.offerMinutes * 60_000_000;
    const expiresAt = rfc3339(this.#clock.unixUs() + waitUs);
    const data = { controlRoom, ...checked, minutes, expiresAt };
    this.#ledger.record('offer.made', actor, id, data);
    return this.#incident(id);
  }

  /** Harmless when it has ended; holds although it cannot be recorded. */
  withdraw(actor: Actor, id: string, controlRoom: string): Incident {
    const incident = this.#incident(id);
    if (!pendingFor(incident, controlRoom)) return incident;
    this.#ledger.takeAway('offer.withdrawn', actor, id, { controlRoom });
    return this.#incident(id);
  }

  /**
   * The share begins, for what may be shared at this moment of what was offered.
   *
   * @throws LiveViewError `not-shared` for whatever is not offered to the actor's control room (any more)
   */
  accept(actor: Actor, id: string): void {
    const { incident, offer } = this.#offeredTo(actor, id);
    const { controlRoom, rights, requests, minutes } = offer;
    const cameras = offer.cameras.filter((camera) => {
      const known = this.#directory.cameras.get(camera);
      return known && this.#grants.mayBeShared(known, incident);
    });
    if (cameras.length === 0) {
      this.#ledger.conclude('offer.withdrawn', GATEWAY_ACTOR, id, { controlRoom });
      throw notShared();
    }
    const policies = requests === undefined ? {} : { requests };
    const expiresAt = this.#grants.endIn(minutes);
    const data = { controlRoom, cameras, rights, ...policies, expiresAt };
    this.#ledger.record('offer.accepted', actor, id, data);
  }

  /** @throws LiveViewError `not-shared` as `accept` */
  decline(actor: Actor, id: string, reason: string): void {
    const { offer } = this.#offeredTo(actor, id);
    this.#ledger.record('offer.declined', actor, id, { controlRoom: offer.controlRoom, reason });
  }

  /** What waits for an answer of the caller's control room. */
  visibleTo({ controlRoom }: Actor): OfferHeadline[] {
    return [...this.#ledger.state.incidents.values()].flatMap(
      (incident) => this.headline(incident, controlRoom) ?? [],
    );
  }

  /** Undefined when nothing of this waits for an answer of the control room. */
  headline(incident: Incident, controlRoom: string | undefined): OfferHeadline | undefined {
    const offer = this.#open(incident, controlRoom);
    if (!offer) return undefined;
    const { id, type, site, priority, summary, alarms = [] } = incident;
    const { state, rights, offeredAt, offeredBy, expiresAt } = offer;
    const name = this.#directory.sites.get(site)?.name ?? site;
    return {
      ...{ incident: id, state, type, site: { id: site, name }, priority, summary },
      alarms: sharedAlarms(alarms),
      ...{ rights, offeredAt, offeredBy, expiresAt },
    };
  }

  /** An incident has changed: what waits gets its time, what is over loses it. */
  changed({ id, offers = [] }: Incident): void {
    for (const { controlRoom, expiresAt, state } of offers) {
      const key = JSON.stringify([id, controlRoom, expiresAt]);
      const { offerMinutes } = this.#directory;
      const end = () => this.#expire(id, controlRoom, expiresAt);
      if (state === 'pending') this.#countdowns.watch(key, expiresAt, offerMinutes, end);
      else this.#countdowns.forget(key);
    }
  }

  resume(): void {
    for (const incident of [...this.#ledger.state.incidents.values()]) this.changed(incident);
  }

  /** What was offered to a control room that is no longer configured is offered to nobody. */
  directoryChanged(): void {
    for (const { id, offers = [] } of [...this.#ledger.state.incidents.values()]) {
      for (const { controlRoom, state } of offers) {
        if (state !== 'pending' || this.#directory.controlRooms.has(controlRoom)) continue;
        this.#ledger.conclude('offer.withdrawn', GATEWAY_ACTOR, id, { controlRoom });
      }
    }
  }

  stop(): void {
    this.#countdowns.stop();
  }

  #expire(id: string, controlRoom: string, expiresAt: string): void {
    const incident = this.#ledger.state.incidents.get(id);
    if (!incident || pendingFor(incident, controlRoom)?.expiresAt !== expiresAt) return;
    this.#ledger.conclude('offer.expired', GATEWAY_ACTOR, id, { controlRoom });
  }

  #offeredTo({ controlRoom }: Actor, id: string): { incident: Incident; offer: Offer } {
    const incident = this.#ledger.state.incidents.get(id);
    const offer = incident && this.#open(incident, controlRoom);
    if (!offer) throw notShared();
    return { incident, offer };
  }

  #open(incident: Incident, controlRoom: string | undefined): Offer | undefined {
    if (controlRoom === undefined || !isUnderWay(incident)) return undefined;
    if (!this.#directory.controlRooms.has(controlRoom)) return undefined;
    const offer = pendingFor(incident, controlRoom);
    const leftMs = offer ? Date.parse(offer.expiresAt) - this.#clock.unixUs() / 1000 : 0;
    return leftMs > 0 ? offer : undefined;
  }

  #incident(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }
}

function pendingFor({ offers = [] }: Incident, controlRoom: string): Offer | undefined {
  return offers.find((each) => each.controlRoom === controlRoom && each.state === 'pending');
}
