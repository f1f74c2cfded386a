import type { Actor } from '../journal/record.ts';
import { type CameraChange, type CameraDesk, UNTOUCHED } from './camera-desk.ts';
import type { deskEvents } from './desk-events.ts';
import type { EventOf } from './events.ts';
import { type Hold, isSame } from './hold-rules.ts';
import type { LiveRequest } from './model.ts';
import { because, type Reason, type ReasonCode } from './reasons.ts';
import { isDecided } from './request-machine.ts';
import { one, stepped } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const deskReducers: Reducers<keyof typeof deskEvents> = {
  'control.taken': taken,
  'control.released': released,
  'desk.intent': moved,
  'desk.outcome': () => ({}),
  'return.ended': returned,
};

export function deskOf(state: State, camera: string): CameraDesk {
  return state.cameras.get(camera) ?? UNTOUCHED;
}

/** Whoever took it in so many words has a request that lasts as long as the hold. */
function taken(state: State, event: EventOf<'control.taken'>): Delta {
  const { actor, at, incident = null } = event;
  const { camera, request } = event.data;
  const before = deskOf(state, camera).hold;
  const own = before && isSame(before.actor, actor) ? before : undefined;
  const asked = request ?? own?.request;
  const hold: Hold = {
    ...{ camera, actor, incident },
    since: own?.since ?? at,
    ...(asked === undefined ? {} : { request: asked }),
  };
  const begun = request === undefined ? [] : (one(state, request, ['move']).requests ?? []);
  const lost = own ? because('replaced') : takenOver(actor);
  const over = before?.request === asked ? [] : ended(state, before, lost);
  return { camera: changed(state, camera, { hold }), requests: [...begun, ...over] };
}

function released(state: State, { data: { camera, why } }: EventOf<'control.released'>): Delta {
  const before = deskOf(state, camera).hold;
  if (!before) return {};
  const freed = { ...changed(state, camera, { hold: undefined }), why };
  return { camera: freed, requests: ended(state, before, because(why)) };
}

/** Whoever has a camera moves it: within an incident it is to return afterwards. */
function moved(state: State, { data, actor, incident }: EventOf<'desk.intent'>): Delta {
  const { command, request, camera = '' } = data;
  const begun = command === 'move' ? one(state, request, ['move']) : {};
  const { hold, movedIn, astray } = deskOf(state, camera);
  // The gateway has no camera; nor had anybody before there were holds.
  if (!hold || !isSame(hold.actor, actor)) return begun;
  const isNews = incident !== undefined && incident !== movedIn.at(-1);
  if (!isNews && !astray) return begun;
  const others = movedIn.filter((each) => each !== incident);
  const now = isNews ? [...others, incident] : movedIn;
  return { ...begun, camera: changed(state, camera, { movedIn: now, astray: undefined }) };
}

function returned(state: State, { data, at }: EventOf<'return.ended'>): Delta {
  const { camera, outcome, reason = '' } = data;
  const astray = outcome === 'given-up' ? { reason, since: at } : undefined;
  return { camera: changed(state, camera, { movedIn: [], astray }) };
}

function changed(state: State, camera: string, change: Partial<CameraDesk>): CameraChange {
  const before = deskOf(state, camera);
  return { camera, before, now: { ...before, ...change } };
}

export function takenOver({ user }: Actor): Reason {
  return because('taken-over', `${user} took over the camera`);
}

/** Ends of a hold that whoever had it did not choose. */
const FAILURES: readonly ReasonCode[] = ['taken-over', 'control-forced', 'gateway-restarted'];

function ended(state: State, hold: Hold | undefined, reason: Reason): LiveRequest[] {
  const request = state.requests.get(hold?.request ?? '');
  if (!request || isDecided(request.state)) return [];
  return [stepped(request, [FAILURES.includes(reason.reasonCode) ? 'fail' : 'finish'], reason)];
}
