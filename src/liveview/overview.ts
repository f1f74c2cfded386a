import type { Actor } from '../journal/record.ts';
import type { Alarm } from './alarm-model.ts';
import { alongside } from './alongside.ts';
import { isUnderWay } from './incident-machine.ts';
import { advanced } from './known-incident.ts';
import type { Incident } from './model.ts';
import type { Shares } from './shares.ts';
import { isPolice, sharedView } from './sharing.ts';
import type { State } from './state.ts';
import { wakefulSites } from './wakefulness.ts';

/** What is going on, as it is now, and what of it is seen by whom. */
export class Overview {
  readonly #state: State;
  readonly #shares: Shares;

  constructor(state: State, shares: Shares) {
    this.#state = state;
    this.#shares = shares;
  }

  incidents(): Incident[] {
    return [...this.#state.incidents.values()].map((each) => this.#current(each));
  }

  incident(id: string): Incident | undefined {
    const incident = this.#state.incidents.get(id);
    return incident && this.#current(incident);
  }

  visibleTo(caller: Actor): Incident[] {
    if (!isPolice(caller)) return this.incidents();
    return [...this.#state.incidents.values()]
      .filter(isUnderWay)
      .flatMap((each) => this.seenBy(caller, this.#current(each)) ?? []);
  }

  visibleIncident(caller: Actor, id: string): Incident | undefined {
    const incident = this.incident(id);
    return incident && this.seenBy(caller, incident);
  }

  /** Undefined when this caller sees nothing of it. */
  seenBy(caller: Actor, incident: Incident): Incident | undefined {
    if (!isPolice(caller)) return incident;
    const grant = this.#shares.inForce(incident, caller.controlRoom);
    return grant && sharedView(incident, grant);
  }

  alongside(alarm: Alarm): Alarm[] {
    return alongside(this.#state, alarm);
  }

  wakefulSites(): ReadonlySet<string> {
    return wakefulSites(this.#state.incidents.values(), this.#state.alarms.values());
  }

  /** Without grants that have run out but not yet been struck off. */
  #current(incident: Incident): Incident {
    const grants = incident.grants.filter((grant) => !this.#shares.isExpired(grant));
    if (grants.length === incident.grants.length) return incident;
    return advanced(incident, 'unshare', { grants });
  }
}
