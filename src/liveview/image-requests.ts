import { type Clock, rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { notShared } from './asking.ts';
import { Countdowns } from './countdowns.ts';
import { parse } from './event-fields.ts';
import type { Grants, GrantTerms } from './grants.ts';
import { viewArgs } from './image-request-events.ts';
import { firstTiles } from './incidents.ts';
import { knownIncident } from './known-incident.ts';
import { knownRequest, undecidedRequest } from './known-request.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, IncidentType, LiveRequest } from './model.ts';
import { because } from './reasons.ts';
import { RequestRate } from './request-rate.ts';
import { isPolice } from './sharing.ts';

export interface ImageRequestsOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  grants: Grants;
  newIncidentId: () => string;
  newRequestId: () => string;
}

/** What the centre gives when it grants images; the type that was told unless it knows better. */
export interface ImageTerms extends GrantTerms {
  readonly type?: IncidentType | undefined;
}

/**
 * A control room asks for images of a site at which nothing is shared yet. It learns nothing that the
 * configuration does not let it know: a site of which it may not ask is answered as one that is not there.
 */
export class ImageRequests {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #grants: Grants;
  readonly #newIncidentId: () => string;
  readonly #newRequestId: () => string;
  readonly #rate: RequestRate;
  readonly #countdowns: Countdowns;

  constructor(options: ImageRequestsOptions) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#grants = options.grants;
    this.#newIncidentId = options.newIncidentId;
    this.#newRequestId = options.newRequestId;
    this.#rate = new RequestRate(options);
    this.#countdowns = new Countdowns(options.clock);
  }

  /** Whether this request is for images. */
  has(request: string): boolean {
    return this.#ledger.state.requests.get(request)?.action === 'view';
  }

  /** @throws LiveViewError `not-shared`, `already-asked`, `invalid-request`, `too-many-requests` */
  ask(actor: Actor, args: unknown): LiveRequest {
    const { controlRoom } = actor;
    if (!isPolice(actor) || controlRoom === undefined) {
      throw new LiveViewError(
        'invalid-request',
        'a control room asks for images; open an incident',
      );
    }
    this.#rate.take(actor);
    const { site, text, type = 'other' } = parse('view', viewArgs, args);
    if (!this.#mayAsk(controlRoom, site)) throw notShared();
    if (this.#pending().some((each) => isOf(each, controlRoom, site))) {
      throw new LiveViewError('already-asked', 'your control room waits for an answer to this');
    }
    const request = this.#newRequestId();
    const data = { request, site, type, text };
    this.#ledger.record('images.asked', actor, this.#newIncidentId(), data);
    return knownRequest(this.#ledger.state, request);
  }

  /** Opens the incident, and shares it with whoever asked. @throws LiveViewError as `Grants.give` */
  grant(actor: Actor, id: string, { type, ...terms }: ImageTerms): LiveRequest {
    const request = undecidedRequest(this.#ledger.state, actor, id);
    const asked = knownIncident(this.#ledger.state, request.incident ?? '');
    const incident = type === undefined ? asked : { ...asked, type };
    const checked = this.#grants.checked(incident, request.controlRoom ?? '', terms);
    const data = {
      ...{ request: id, ...checked, expiresAt: this.#grants.endIn(terms.expiresInMinutes) },
      ...(type === undefined ? {} : { type }),
      tiles: firstTiles(checked.cameras),
    };
    this.#ledger.record('images.granted', actor, incident.id, data);
    return knownRequest(this.#ledger.state, id);
  }

  decline(actor: Actor, id: string, reason: string): LiveRequest {
    const { incident } = undecidedRequest(this.#ledger.state, actor, id);
    this.#ledger.record('images.declined', actor, incident ?? undefined, { request: id, reason });
    return knownRequest(this.#ledger.state, id);
  }

  /** Requests have changed: what waits gets its time, what is over loses it. */
  changed(requests: readonly LiveRequest[]): void {
    for (const { id, action, state, createdAt } of requests) {
      if (action !== 'view') continue;
      if (state !== 'pending') {
        this.#countdowns.forget(id);
        continue;
      }
      const { viewRequestMinutes: minutes } = this.#directory;
      const endsAt = rfc3339(Date.parse(createdAt) * 1000 + minutes * 60_000_000);
      this.#countdowns.watch(id, endsAt, minutes, () => this.#expire(id));
    }
  }

  resume(): void {
    this.changed(this.#pending());
  }

  /** Of a site of which nobody may ask any more, nobody asks. */
  directoryChanged(): void {
    for (const { id, incident, controlRoom = '', args } of this.#pending()) {
      if (this.#mayAsk(controlRoom, String(args['site']))) continue;
      const data = { request: id, ...because('not-allowed-by-policy') };
      this.#ledger.conclude('images.declined', GATEWAY_ACTOR, incident ?? undefined, data);
    }
  }

  stop(): void {
    this.#countdowns.stop();
  }

  #expire(id: string): void {
    const { incident } = knownRequest(this.#ledger.state, id);
    const data = { request: id };
    this.#ledger.conclude('images.expired', GATEWAY_ACTOR, incident ?? undefined, data);
  }

  #mayAsk(controlRoom: string, site: string): boolean {
    const { controlRooms, sites } = this.#directory;
    if (!controlRooms.has(controlRoom)) return false;
    return sites.get(site)?.requestable?.by.includes(controlRoom) ?? false;
  }

  #pending(): LiveRequest[] {
    return [...this.#ledger.state.requests.values()].filter(
      ({ action, state }) => action === 'view' && state === 'pending',
    );
  }
}

function isOf({ controlRoom, args }: LiveRequest, room: string, site: string): boolean {
  return controlRoom === room && args['site'] === site;
}
