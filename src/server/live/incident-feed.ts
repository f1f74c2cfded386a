import type { Caller } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Change } from '../../liveview/changes.ts';
import { isOver } from '../../liveview/incident-machine.ts';
import type { Incident } from '../../liveview/model.ts';
import { farewell } from '../../liveview/sharing.ts';
import type { ListenerDeps } from '../deps.ts';
import { NOT_SHARED } from '../problem.ts';
import type { ServerMessage } from '../protocol.ts';
import type { Sight } from '../sight.ts';
import { incidentView } from '../views.ts';
import { PointingFeed } from './pointing-feed.ts';

/** What is said of incidents. */
export type IncidentChange = Extract<Change, { kind: 'incident' | 'screen' }>;

/** Screens that one socket may follow at a time. */
const MAX_FOLLOWED = 32;

export interface IncidentFeedOptions {
  readonly deps: ListenerDeps;
  readonly caller: Caller;
  readonly sight: Sight;
  readonly send: (message: ServerMessage) => void;
}

/**
 * What one socket knows of the incidents that its caller may see. Whatever happens, it asks anew
 * what is visible and sends what differs from what it sent before, so that a change of something
 * that is not shared does not even show by its moment.
 */
export class IncidentFeed {
  readonly #options: IncidentFeedOptions;
  /** By incident: what was sent last. */
  readonly #sent = new Map<string, string>();
  /** By incident: the screen that was sent last. */
  readonly #followed = new Map<string, string>();
  readonly #pointing: PointingFeed;

  constructor(options: IncidentFeedOptions) {
    this.#options = options;
    const { deps, caller, sight, send } = options;
    this.#pointing = new PointingFeed({
      side: caller.side,
      pictures: deps.liveview.pictures,
      visible: (id) => this.#visible(id),
      sees: (camera) => sight.seesCamera(camera),
      send,
    });
  }

  /** Sends every incident that is visible and not over; closed ones are in the API. */
  start(): void {
    for (const incident of this.#options.sight.incidents()) {
      if (!isOver(incident)) this.#tell(incident);
    }
  }

  /** @throws LiveViewError `not-shared`, `unknown-incident`, `too-many-followed`. */
  follow(id: string): void {
    if (this.#followed.size >= MAX_FOLLOWED && !this.#followed.has(id)) {
      throw new LiveViewError('too-many-followed', 'too many incidents are followed at once');
    }
    const incident = this.#visible(id);
    if (!incident) {
      if (this.#options.caller.side === 'police') throw NOT_SHARED;
      throw new LiveViewError('unknown-incident', `there is no incident ${id}`);
    }
    this.#followed.set(id, '');
    this.#showScreen(incident);
    this.#pointing.follow(incident);
  }

  /** Harmless where nothing is followed. */
  unfollow(id: string): void {
    this.#followed.delete(id);
    this.#pointing.forget(id);
  }

  /** The socket has gone. */
  stop(): void {
    this.#pointing.stop();
  }

  /** Something changed; perhaps nothing that this caller sees. */
  changed(change: IncidentChange): void {
    const id = change.kind === 'screen' ? change.incident : change.incident.id;
    const incident = this.#visible(id);
    if (incident) {
      this.#tell(incident);
      this.#showScreen(incident);
      this.#pointing.changed(incident);
    } else if (change.kind === 'incident') this.#gone(change);
  }

  #visible(id: string): Incident | undefined {
    return this.#options.sight.incident(id);
  }

  #tell(incident: Incident): void {
    const { deps, caller, send } = this.#options;
    const view = incidentView(deps, incident, caller.side);
    const text = JSON.stringify(view);
    if (this.#sent.get(incident.id) === text) return;
    if (isOver(incident)) this.#sent.delete(incident.id);
    else this.#sent.set(incident.id, text);
    send({ type: 'incident', incident: view });
  }

  #showScreen({ id, screen }: Incident): void {
    const before = this.#followed.get(id);
    const text = JSON.stringify(screen);
    if (before === undefined || before === text) return;
    this.#followed.set(id, text);
    this.#options.send({ type: 'screen', incident: id, ...screen });
  }

  /** It was visible and no longer is: closed, or no longer shared. The caller learns that and no more. */
  #gone({ incident, before }: Extract<Change, { kind: 'incident' }>): void {
    const { deps, caller, sight, send } = this.#options;
    this.unfollow(incident.id);
    const grant = before?.grants.find(({ controlRoom }) => controlRoom === caller.controlRoom);
    if (!this.#sent.delete(incident.id) || !before || !grant) return;
    if (!sight.seesSite(before.site)) return;
    const last = farewell(before, incident, grant);
    send({ type: 'incident', incident: incidentView(deps, last, caller.side) });
  }
}
