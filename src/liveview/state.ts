import type { Actor } from '../journal/record.ts';
import type { Alarm } from './alarm-model.ts';
import { type AlarmKey, alarmReducers } from './alarm-state.ts';
import type { CameraChange, CameraDesk } from './camera-desk.ts';
import { deskReducers } from './desk-state.ts';
import type { DomainEvent, EventKind, EventOf } from './events.ts';
import { grantReducers } from './grant-state.ts';
import { handoverReducers } from './handover-state.ts';
import { imageRequestReducers } from './image-request-state.ts';
import { incidentReducers } from './incident-state.ts';
import type { Incident, LiveRequest } from './model.ts';
import { offerReducers } from './offer-state.ts';
import { outputReducers } from './output-state.ts';
import type { Plan } from './plan-model.ts';
import { planReducers } from './plan-state.ts';
import { readingReducers } from './reading-state.ts';
import { requestReducers } from './request-state.ts';
import { stepReducers } from './step-state.ts';
import { viewingReducers } from './viewing-state.ts';

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
  /** Cameras that somebody has, that were moved, or that are not at their place. */
  readonly cameras: ReadonlyMap<string, CameraDesk>;
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly alarmKeys: ReadonlyMap<string, AlarmKey>;
  readonly plans: ReadonlyMap<string, Plan>;
}

/** What one event replaces. At most one incident, for every event belongs to at most one. */
export interface Delta {
  readonly incident?: Incident;
  readonly requests?: readonly LiveRequest[];
  readonly asked?: { readonly request: string; readonly actor: Actor };
  readonly viewing?: OpenViewing;
  readonly viewingEnded?: string;
  readonly camera?: CameraChange;
  readonly alarms?: readonly Alarm[];
  readonly alarmKey?: AlarmKey & { readonly alarm: string };
  readonly plan?: Plan;
  readonly planRemoved?: Plan;
}

/** What each kind of event does; a file a noun, like the events themselves. */
export type Reducers<K extends EventKind> = {
  readonly [E in K]: (state: State, event: EventOf<E>) => Delta;
};

const REDUCERS: Reducers<EventKind> = {
  ...alarmReducers,
  ...incidentReducers,
  ...grantReducers,
  ...planReducers,
  ...offerReducers,
  ...imageRequestReducers,
  ...handoverReducers,
  ...readingReducers,
  ...stepReducers,
  ...requestReducers,
  ...deskReducers,
  ...outputReducers,
  ...viewingReducers,
};

/**
 * What an event does to the state. Pure: the same events give the same state, which is how a
 * restart loses nothing.
 *
 * @throws LiveViewError `unknown-incident`, `unknown-request`, `incident-closed`, `request-decided`
 *   and those of `alarmReducers` when the event is forbidden in this state; the ledger asks before it
 *   journals.
 */
export function apply(state: State, event: DomainEvent): Delta {
  const reduce = REDUCERS[event.kind] as (state: State, event: DomainEvent) => Delta;
  return reduce(state, event);
}
