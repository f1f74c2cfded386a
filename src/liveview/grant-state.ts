import type { EventOf } from './events.ts';
import type { grantEvents } from './grant-events.ts';
import { advanced, incidentFor } from './known-incident.ts';
import type { Grant, Incident } from './model.ts';
import { because } from './reasons.ts';
import { orphaned } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const grantReducers: Reducers<keyof typeof grantEvents> = {
  'grant.given': granted,
  'grant.withdrawn': (state, event) => ungranted(state, event.incident, event.data.controlRoom),
  'grant.expired': (state, event) => ungranted(state, event.incident, event.data.controlRoom),
};

const NOT_SHARED_NOW = because('share-ended', 'this is no longer shared');

function granted(state: State, event: EventOf<'grant.given'>): Delta {
  const before = incidentFor(state, event.incident, 'share');
  const grant: Grant = { ...event.data, grantedAt: event.at, grantedBy: event.actor.user };
  const grants = [...others(before, grant.controlRoom), grant];
  const incident = advanced(before, 'share', { grants });
  return { incident, requests: orphaned(state, incident, NOT_SHARED_NOW) };
}

function ungranted(state: State, id: string | undefined, controlRoom: string): Delta {
  const before = incidentFor(state, id, 'unshare');
  const incident = advanced(before, 'unshare', { grants: others(before, controlRoom) });
  return { incident, requests: orphaned(state, incident, because('share-ended')) };
}

function others(incident: Incident, controlRoom: string): readonly Grant[] {
  return incident.grants.filter((grant) => grant.controlRoom !== controlRoom);
}
