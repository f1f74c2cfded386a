import { z } from 'zod';
import { actorOf } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import { grantBody, grantParams, incidentAnswer, offerAnswer } from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, POLICE_ONLY, route } from '../route.ts';
import { declineBody, INCIDENT, idParams } from '../schemas.ts';
import { doneView, incidentView } from '../views.ts';

/** Whoever decides on offers is of a control room, and limited to no site: there is nothing to look up. */
const OFFERED = () => ({});

/** What is offered to control rooms: made and taken back by the centre, answered by them. */
export function offerRoutes(context: Context): Route[] {
  return [...offeringRoutes(context), ...answeringRoutes(context)];
}

function offeringRoutes({ deps }: Context): Route[] {
  const { offers } = deps.liveview.casework;
  const common = {
    path: '/v1/incidents/{id}/offers/{controlRoom}',
    action: 'incident.manage',
    sides: CENTRE_ONLY,
    params: grantParams,
    answer: { status: 200, schema: incidentAnswer },
  } as const;
  return [
    route({
      ...common,
      method: 'PUT',
      summary:
        'Offer the incident to a control room, which sees its headline and accepts or declines; nothing is shared before.',
      body: grantBody,
      names: ({ params: { id: incident }, body: { cameras } }) => ({ incident, cameras }),
      handle({ params: { id, controlRoom }, body, caller }) {
        return doneView(deps, caller, offers.make(actorOf(caller), id, controlRoom, body));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      summary: 'Take an offer back that was not answered yet.',
      names: INCIDENT,
      handle({ params: { id, controlRoom }, caller }) {
        return doneView(deps, caller, offers.withdraw(actorOf(caller), id, controlRoom));
      },
    }),
  ];
}

function answeringRoutes({ deps, side }: Context): Route[] {
  const { offers } = deps.liveview.casework;
  return [
    route({
      method: 'GET',
      path: '/v1/offers',
      action: 'incident.read',
      sides: POLICE_ONLY,
      summary: 'What is offered to the control room and waits for its answer.',
      answer: { status: 200, schema: z.array(offerAnswer) },
      handle: ({ sight }) => sight.offers(),
    }),
    route({
      method: 'POST',
      path: '/v1/offers/{id}/accept',
      action: 'offer.decide',
      names: OFFERED,
      sides: POLICE_ONLY,
      summary: 'Accept what is offered, by the id of its incident: it is shared from now on.',
      params: idParams,
      answer: { status: 200, schema: incidentAnswer },
      handle({ params: { id }, caller, sight }) {
        offers.accept(actorOf(caller), id);
        const incident = sight.incident(id);
        if (incident) return incidentView(deps, incident, side);
        throw new LiveViewError('grant-withdrawn', 'this is no longer shared');
      },
    }),
    route({
      method: 'POST',
      path: '/v1/offers/{id}/decline',
      action: 'offer.decide',
      names: OFFERED,
      sides: POLICE_ONLY,
      summary: 'Decline what is offered, with a reason that the centre reads.',
      params: idParams,
      body: declineBody,
      answer: { status: 204 },
      handle({ params: { id }, body: { reason }, caller, reply }) {
        offers.decline(actorOf(caller), id, reason);
        return reply.status(204).send();
      },
    }),
  ];
}
