import { LiveViewError } from '../core/errors.ts';
import { LAYOUT_TILES } from './actions.ts';
import type { EventData, EventOf } from './events.ts';
import { isUnderWay } from './incident-machine.ts';
import { incidentFor } from './known-incident.ts';
import type { Incident, LiveRequest, Screen, Tile } from './model.ts';
import { because, type Reason } from './reasons.ts';
import type { requestEvents } from './request-events.ts';
import { nextRequestState, type RequestEvent } from './request-machine.ts';
import type { Delta, Reducers, State } from './state.ts';

export const requestReducers: Reducers<keyof typeof requestEvents> = {
  'request.made': made,
  'request.accepted': accepted,
  'request.declined': (state, { data, actor }) =>
    one(state, data.request, ['decline'], data, actor.user),
  'request.expired': (state, { data }) => one(state, data.request, ['expire'], data),
  'request.done': (state, { data }) => one(state, data.request, ['finish'], data),
  'request.failed': (state, { data }) => one(state, data.request, ['fail'], data),
};

/** Requests that nobody may execute any more. Movements in progress are for the desk to stop. */
export function orphaned(state: State, incident: Incident, reason: Reason): LiveRequest[] {
  const out: LiveRequest[] = [];
  for (const request of state.requests.values()) {
    if (request.incident !== incident.id || mayStill(incident, request)) continue;
    if (request.state === 'pending') out.push(stepped(request, ['expire'], reason));
    else if (request.state === 'accepted') out.push(stepped(request, ['fail'], reason));
  }
  return out;
}

/** Whether the incident, as it is now, lets the asker have this done; expiry is not looked at. */
export function mayStill(incident: Incident, request: LiveRequest): boolean {
  if (!isUnderWay(incident)) return false;
  if (request.controlRoom === undefined) return true;
  const grant = incident.grants.find((each) => each.controlRoom === request.controlRoom);
  if (grant === undefined) return false;
  if (request.action === 'camera.switch') return grant.rights.includes('switch');
  if (request.action === 'plan.show') return grant.rights.includes('plan');
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
      ...replaced.map((each) => stepped(each, ['replace'], because('replaced'))),
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
  return { requests: [stepped(asked, ['decline'], told, by)] };
}

type Decided = Pick<Delta, 'incident'> & Required<Pick<Delta, 'requests'>>;

const LAPSED = because('released', 'the joystick was released before the request was accepted');

function accepted(state: State, event: EventOf<'request.accepted'>): Delta {
  const request = requestFor(state, event.data.request);
  const incident =
    request.incident === null ? undefined : incidentFor(state, request.incident, 'update');
  return decided(incident, request, event.actor.user, event.data);
}

/** What changes the screen happens with its acceptance, in one event; a movement is still to be begun by the desk. */
function decided(
  incident: Incident | undefined,
  request: LiveRequest,
  by: string | undefined,
  { lapsed, shares }: Partial<EventData<'request.accepted'>>,
): Decided {
  if (lapsed) return { requests: [stepped(request, ['accept', 'finish'], LAPSED, by)] };
  const wanted = wantedTile(request);
  if (wanted === undefined || incident === undefined) {
    return { requests: [stepped(request, ['accept'], {}, by)] };
  }
  const screen = withTile(incident.screen, Number(request.args['tile']), wanted);
  const grants = incident.grants.map((grant) =>
    shares !== undefined && grant.controlRoom === request.controlRoom
      ? { ...grant, cameras: [...grant.cameras, shares] }
      : grant,
  );
  return {
    incident: { ...incident, screen, grants },
    requests: [stepped(request, ['accept', 'finish'], {}, by)],
  };
}

/** What a request puts on the screen; undefined for a movement. */
function wantedTile({ action, args: { camera, plan } }: LiveRequest): Tile | undefined {
  if (action === 'camera.switch') return { camera: String(camera) };
  return action === 'plan.show' ? { plan: String(plan) } : undefined;
}

/** A tile beyond the last one is added, what lies between stays empty; a layout that has no such tile is left. */
function withTile(screen: Screen, index: number, tile: Tile): Screen {
  const length = Math.max(screen.tiles.length, index + 1);
  const tiles = Array.from({ length }, (_, at): Tile => screen.tiles[at] ?? { empty: true });
  tiles[index] = tile;
  const { layout, ...rest } = screen;
  const fits = layout !== undefined && length <= LAYOUT_TILES[layout];
  return { ...rest, tiles, ...(fits ? { layout } : {}) };
}

export function one(
  state: State,
  id: string,
  events: readonly RequestEvent[],
  told: Partial<Reason> = {},
  by?: string,
): Delta {
  return { requests: [stepped(requestFor(state, id), events, told, by)] };
}

/** @throws LiveViewError `request-decided` */
export function stepped(
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

/** @throws LiveViewError `unknown-request` */
export function requestFor(state: State, id: string): LiveRequest {
  const request = state.requests.get(id);
  if (request) return request;
  throw new LiveViewError('unknown-request', 'there is no such request (any more)', {
    context: { request: id },
  });
}

function decidedAlready(request: LiveRequest): LiveViewError {
  return new LiveViewError('request-decided', `this request is ${request.state} already`);
}
