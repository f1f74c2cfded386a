import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import type { Alarm } from './alarm-model.ts';
import { type AlarmKey, applyAlarm, endedWith, openedFrom } from './alarm-state.ts';
import type { DomainEvent, EventData } from './events.ts';
import { type IncidentEvent, nextIncidentState } from './incident-machine.ts';
import type { Grant, Incident, LiveRequest, Note, Screen, Tile } from './model.ts';
import { because, type Reason } from './reasons.ts';
import { nextRequestState, type RequestEvent } from './request-machine.ts';

/** Somebody is watching: begun, not yet ended. */
export interface OpenViewing {
  readonly id: string;
  readonly camera: string;
  readonly incident: string | undefined;
  readonly actor: Actor;
}

/** Everything that follows from the journal. Its values are never changed, only replaced. */
export interface State {
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly requests: ReadonlyMap<string, LiveRequest>;
  /** Who made each request; more than the request itself tells others. */
  readonly askers: ReadonlyMap<string, Actor>;
  readonly viewings: ReadonlyMap<string, OpenViewing>;
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly alarmKeys: ReadonlyMap<string, AlarmKey>;
}

/** What one event replaces. At most one incident, for every event belongs to at most one. */
export interface Delta {
  readonly incident?: Incident;
  readonly requests?: readonly LiveRequest[];
  readonly asked?: { readonly request: string; readonly actor: Actor };
  readonly viewing?: OpenViewing;
  readonly viewingEnded?: string;
  readonly alarms?: readonly Alarm[];
  readonly alarmKey?: AlarmKey & { readonly alarm: string };
}

/**
 * What an event does to the state. Pure: the same events give the same state, which is how a
 * restart loses nothing.
 *
 * @throws LiveViewError `unknown-incident`, `unknown-request`, `incident-closed`, `request-decided`,
 *   and what `applyAlarm` refuses, when the event is forbidden in this state; the ledger asks before it journals.
 */
export function apply(state: State, event: DomainEvent): Delta {
  switch (event.kind) {
    case 'incident.opened':
      return openedFrom(state, opened(event), event.data.alarm);
    case 'incident.updated':
      return { incident: updated(incidentFor(state, event.incident, 'update'), event) };
    case 'incident.closed':
      return closed(state, event);
    case 'grant.given':
      return granted(state, event);
    case 'grant.withdrawn':
    case 'grant.expired':
      return ungranted(state, event.incident, event.data.controlRoom);
    case 'screen.set':
      return { incident: { ...incidentFor(state, event.incident, 'screen'), screen: event.data } };
    case 'request.made':
      return made(state, event);
    case 'request.accepted':
      return accepted(state, event);
    case 'request.declined':
      return one(state, event.data.request, ['decline'], event.data, event.actor.user);
    case 'request.expired':
      return one(state, event.data.request, ['expire'], event.data);
    case 'request.done':
      return one(state, event.data.request, ['finish'], event.data);
    case 'request.failed':
      return one(state, event.data.request, ['fail'], event.data);
    case 'desk.intent':
      return event.data.command === 'move' ? one(state, event.data.request, ['move']) : {};
    case 'desk.outcome':
      return {};
    case 'viewing.started': {
      const { viewing: id, camera } = event.data;
      return { viewing: { id, camera, incident: event.incident, actor: event.actor } };
    }
    case 'viewing.ended':
      return { viewingEnded: event.data.viewing };
    default:
      return applyAlarm(state, event);
  }
}

type EventOf<K extends DomainEvent['kind']> = Extract<DomainEvent, { kind: K }>;

function opened({ incident, data, actor, at }: EventOf<'incident.opened'>): Incident {
  if (incident === undefined) throw unknownIncident('');
  const { tiles, alarm: _, ...facts } = data;
  return {
    id: incident,
    ...facts,
    priority: null,
    counts: {},
    state: 'open',
    openedAt: at,
    openedBy: actor.user,
    grants: [],
    screen: { tiles, focus: null },
    notes: [],
  };
}

function updated(incident: Incident, event: EventOf<'incident.updated'>): Incident {
  const { note, counts, ...facts } = event.data;
  return {
    ...incident,
    ...facts,
    counts: { ...incident.counts, ...counts },
    notes: note === undefined ? incident.notes : [...incident.notes, noteOf(note, event)],
  };
}

function noteOf(text: string, { actor, at }: EventOf<'incident.updated'>): Note {
  const room = actor.controlRoom === undefined ? {} : { controlRoom: actor.controlRoom };
  return { at, by: actor.user, ...room, text };
}

function closed(state: State, event: EventOf<'incident.closed'>): Delta {
  const before = incidentFor(state, event.incident, 'close');
  const incident: Incident = {
    ...before,
    state: 'closed',
    grants: [],
    closedAt: event.at,
    closedBy: event.actor.user,
    outcome: event.data.outcome,
    closingNote: event.data.note,
  };
  const requests = orphaned(state, incident, because('incident-closed'));
  return { incident, requests, alarms: endedWith(state, event) };
}

function granted(state: State, event: EventOf<'grant.given'>): Delta {
  const before = incidentFor(state, event.incident, 'share');
  const grant: Grant = { ...event.data, grantedAt: event.at, grantedBy: event.actor.user };
  const incident = { ...before, grants: [...others(before, grant.controlRoom), grant] };
  return { incident, requests: orphaned(state, incident, NOT_SHARED_NOW) };
}

function ungranted(state: State, id: string | undefined, controlRoom: string): Delta {
  const before = incidentFor(state, id, 'unshare');
  const incident = { ...before, grants: others(before, controlRoom) };
  return { incident, requests: orphaned(state, incident, because('share-ended')) };
}

function others(incident: Incident, controlRoom: string): readonly Grant[] {
  return incident.grants.filter((grant) => grant.controlRoom !== controlRoom);
}

const NOT_SHARED_NOW = because('share-ended', 'this is no longer shared');

/** Requests that nobody may execute any more. Movements in progress are for the desk to stop. */
function orphaned(state: State, incident: Incident, reason: Reason): LiveRequest[] {
  const out: LiveRequest[] = [];
  for (const request of state.requests.values()) {
    if (request.incident !== incident.id || mayStill(incident, request)) continue;
    if (request.state === 'pending') out.push(step(request, ['expire'], reason));
    else if (request.state === 'accepted') out.push(step(request, ['fail'], reason));
  }
  return out;
}

/** Whether the incident, as it is now, lets the asker have this done; expiry is not looked at. */
export function mayStill(incident: Incident, request: LiveRequest): boolean {
  if (incident.state === 'closed') return false;
  if (request.controlRoom === undefined) return true;
  const grant = incident.grants.find((each) => each.controlRoom === request.controlRoom);
  if (grant === undefined) return false;
  if (request.action === 'camera.switch') return grant.rights.includes('switch');
  return grant.rights.includes('ptz') && grant.cameras.includes(request.camera ?? '');
}

function made(state: State, { incident: id, data, actor, at }: EventOf<'request.made'>): Delta {
  const incident = id === undefined ? undefined : incidentFor(state, id, 'update');
  const asked: LiveRequest = {
    id: data.request,
    incident: id ?? null,
    action: data.action,
    ...(data.camera === undefined ? {} : { camera: data.camera }),
    args: data.args,
    user: actor.user,
    ...(actor.controlRoom === undefined ? {} : { controlRoom: actor.controlRoom }),
    createdAt: at,
    state: 'pending',
  };
  const { incident: changed, requests } = begun(incident, asked, data);
  const replaced = data.replaces === undefined ? [] : [requestFor(state, data.replaces)];
  return {
    asked: { request: data.request, actor },
    ...(changed === undefined ? {} : { incident: changed }),
    // The new one is told of first: whoever is about to decide finds the question there all the time.
    requests: [
      ...requests,
      ...replaced.map((each) => step(each, ['replace'], because('replaced'))),
    ],
  };
}

/** What becomes of a request when it is made. */
function begun(
  incident: Incident | undefined,
  asked: LiveRequest,
  { decided: start, by, ...told }: EventData<'request.made'>,
): Decided {
  if (start === 'pending') return { requests: [asked] };
  if (start === 'accepted') return decided(incident, asked, by, {});
  return { requests: [step(asked, ['decline'], told, by)] };
}

type Decided = Pick<Delta, 'incident'> & Required<Pick<Delta, 'requests'>>;

const LAPSED = because('released', 'the joystick was released before the request was accepted');

function accepted(state: State, event: EventOf<'request.accepted'>): Delta {
  const request = requestFor(state, event.data.request);
  const incident =
    request.incident === null ? undefined : incidentFor(state, request.incident, 'update');
  return decided(incident, request, event.actor.user, event.data);
}

/** A switch happens with its acceptance, in one event; a movement is still to be begun by the desk. */
function decided(
  incident: Incident | undefined,
  request: LiveRequest,
  by: string | undefined,
  { lapsed, shares }: Partial<EventData<'request.accepted'>>,
): Decided {
  if (lapsed) return { requests: [step(request, ['accept', 'finish'], LAPSED, by)] };
  if (request.action !== 'camera.switch' || incident === undefined) {
    return { requests: [step(request, ['accept'], {}, by)] };
  }
  const { tile, camera } = request.args;
  const screen = withTile(incident.screen, Number(tile), { camera: String(camera) });
  const grants = incident.grants.map((grant) =>
    shares !== undefined && grant.controlRoom === request.controlRoom
      ? { ...grant, cameras: [...grant.cameras, shares] }
      : grant,
  );
  return {
    incident: { ...incident, screen, grants },
    requests: [step(request, ['accept', 'finish'], {}, by)],
  };
}

/** A tile beyond the last one is added; what lies between stays empty. */
function withTile(screen: Screen, index: number, tile: Tile): Screen {
  const length = Math.max(screen.tiles.length, index + 1);
  const tiles = Array.from({ length }, (_, at): Tile => screen.tiles[at] ?? { empty: true });
  tiles[index] = tile;
  return { ...screen, tiles };
}

function one(
  state: State,
  id: string,
  events: readonly RequestEvent[],
  told: Partial<Reason> = {},
  by?: string,
): Delta {
  return { requests: [step(requestFor(state, id), events, told, by)] };
}

function step(
  request: LiveRequest,
  events: readonly RequestEvent[],
  { reason, reasonCode }: Partial<Reason>,
  by?: string,
): LiveRequest {
  let state = request.state;
  for (const event of events) {
    const next = nextRequestState(state, event);
    if (next === undefined) throw decidedAlready(request);
    state = next;
  }
  return {
    ...request,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(by === undefined ? {} : { by }),
  };
}

function incidentFor(state: State, id: string | undefined, event: IncidentEvent): Incident {
  const incident = state.incidents.get(id ?? '');
  if (!incident) throw unknownIncident(id ?? '');
  const next = nextIncidentState(incident.state, event);
  if (next) return incident;
  throw new LiveViewError('incident-closed', 'this incident is closed; open a new one');
}

function requestFor(state: State, id: string): LiveRequest {
  const request = state.requests.get(id);
  if (request) return request;
  throw new LiveViewError('unknown-request', 'there is no such request (any more)', {
    context: { request: id },
  });
}

function decidedAlready(request: LiveRequest): LiveViewError {
  return new LiveViewError('request-decided', `this request is ${request.state} already`);
}

function unknownIncident(id: string): LiveViewError {
  return new LiveViewError('unknown-incident', 'there is no such incident', {
    context: { incident: id },
  });
}
