import { LiveViewError } from '../core/errors.ts';
import type { EventOf } from './events.ts';
import type { grantEvents } from './grant-events.ts';
import { advanced, incidentFor } from './known-incident.ts';
import type { Grant, Incident } from './model.ts';
import { offersWithout, type Taken } from './offer-state.ts';
import { because } from './reasons.ts';
import { orphaned } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const grantReducers: Reducers<keyof typeof grantEvents> = {
  'grant.given': granted,
  'grant.extended': extended,
  'grant.withdrawn': (state, { incident, data }) => withdrawn(state, incident, data),
  'grant.expired': (state, { incident, data }) => withdrawn(state, incident, data),
};

const NOT_SHARED_NOW = because('share-ended', 'this is no longer shared');

function granted(state: State, event: EventOf<'grant.given'>): Delta {
  const before = incidentFor(state, event.incident, 'share');
  const grant: Grant = { ...event.data, grantedAt: event.at, grantedBy: event.actor.user };
  const grants = [...others(before, grant.controlRoom), grant];
  const { controlRoom } = grant;
  const offers = offersWithout(before, { controlRoom });
  const incident = advanced(before, 'share', { grants, ...offers });
  return { incident, requests: orphaned(state, incident, NOT_SHARED_NOW) };
}

/** @throws LiveViewError `grant-expired` */
function extended(state: State, { incident: id, data }: EventOf<'grant.extended'>): Delta {
  const before = incidentFor(state, id, 'share');
  const { controlRoom, expiresAt } = data;
  const grant = before.grants.find((each) => each.controlRoom === controlRoom);
  if (!grant) throw new LiveViewError('grant-expired', 'this share has ended; share anew');
  const grants = [...others(before, controlRoom), { ...grant, expiresAt }];
  return { incident: advanced(before, 'share', { grants }) };
}

function withdrawn(state: State, id: string | undefined, taken: Taken): Delta {
  const before = incidentFor(state, id, 'unshare');
  const grants = before.grants.flatMap((grant) => left(grant, taken) ?? []);
  const offers = offersWithout(before, taken);
  const incident = advanced(before, 'unshare', { grants, ...offers });
  return { incident, requests: orphaned(state, incident, because('share-ended')) };
}

/** A share of no camera is none. */
function left(grant: Grant, { controlRoom, cameras: taken }: Taken): Grant | undefined {
  if (controlRoom !== undefined && grant.controlRoom !== controlRoom) return grant;
  if (taken === undefined) return undefined;
  const cameras = grant.cameras.filter((camera) => !taken.includes(camera));
  if (cameras.length === grant.cameras.length) return grant;
  return cameras.length === 0 ? undefined : { ...grant, cameras };
}

function others(incident: Incident, controlRoom: string): readonly Grant[] {
  return incident.grants.filter((grant) => grant.controlRoom !== controlRoom);
}
