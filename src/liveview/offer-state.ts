import { LiveViewError } from '../core/errors.ts';
import type { EventOf } from './events.ts';
import { advanced, incidentFor } from './known-incident.ts';
import type { Grant, Incident } from './model.ts';
import type { offerEvents } from './offer-events.ts';
import { nextOfferState, type OfferEvent } from './offer-machine.ts';
import type { Offer } from './offer-model.ts';
import type { Delta, Reducers, State } from './state.ts';

export const offerReducers: Reducers<keyof typeof offerEvents> = {
  'offer.made': made,
  'offer.accepted': accepted,
  'offer.declined': (state, event) =>
    ended(state, event, 'decline', {
      by: event.actor.user,
      decidedAt: event.at,
      reason: event.data.reason,
    }),
  'offer.expired': (state, event) => ended(state, event, 'expire', {}),
  'offer.withdrawn': (state, event) => ended(state, event, 'withdraw', {}),
};

function made(state: State, { incident: id, data, at, actor }: EventOf<'offer.made'>): Delta {
  const before = incidentFor(state, id, 'offer');
  const offer: Offer = { ...data, offeredAt: at, offeredBy: actor.user, state: 'pending' };
  return { incident: advanced(before, 'offer', { offers: [...others(before, offer), offer] }) };
}

/** The share is the offerer's: the control room only says yes. */
function accepted(state: State, event: EventOf<'offer.accepted'>): Delta {
  const before = incidentFor(state, event.incident, 'share');
  const { at, actor, data } = event;
  const offer = stepped(before, data.controlRoom, 'accept', { by: actor.user, decidedAt: at });
  const grant: Grant = { ...data, grantedAt: at, grantedBy: offer.offeredBy };
  const change = {
    offers: [...others(before, offer), offer],
    grants: [...before.grants.filter((each) => each.controlRoom !== data.controlRoom), grant],
  };
  return { incident: advanced(before, 'share', change) };
}

function ended(
  state: State,
  { incident: id, data }: { incident: string | undefined; data: { controlRoom: string } },
  by: OfferEvent,
  told: Partial<Offer>,
): Delta {
  const before = incidentFor(state, id, 'unoffer');
  const offer = stepped(before, data.controlRoom, by, told);
  return { incident: advanced(before, 'unoffer', { offers: [...others(before, offer), offer] }) };
}

/** @throws LiveViewError `offer-ended` */
function stepped(
  incident: Incident,
  controlRoom: string,
  event: OfferEvent,
  told: Partial<Offer>,
): Offer {
  const offer = incident.offers?.find((each) => each.controlRoom === controlRoom);
  const next = offer && nextOfferState(offer.state, event);
  if (offer && next) return { ...offer, ...told, state: next };
  throw new LiveViewError('offer-ended', 'this offer has ended already, or was never made');
}

function others({ offers = [] }: Incident, { controlRoom }: Offer): readonly Offer[] {
  return offers.filter((each) => each.controlRoom !== controlRoom);
}

/** What is taken away: of every control room unless one is named, every camera unless some are named. */
export interface Taken {
  readonly controlRoom?: string;
  readonly cameras?: readonly string[];
}

/** The offers that are left when this is taken away; an offer of no camera is none. */
export function offersWithout({ offers }: Incident, taken: Taken): Pick<Incident, 'offers'> {
  return offers ? { offers: offers.map((offer) => offerWithout(offer, taken)) } : {};
}

function offerWithout(offer: Offer, { controlRoom, cameras: taken }: Taken): Offer {
  if (offer.state !== 'pending') return offer;
  if (controlRoom !== undefined && offer.controlRoom !== controlRoom) return offer;
  const cameras = taken ? offer.cameras.filter((camera) => !taken.includes(camera)) : [];
  return cameras.length === 0 ? { ...offer, state: 'withdrawn' } : { ...offer, cameras };
}
