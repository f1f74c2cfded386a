import { z } from 'zod';
import { actorOf } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Incident } from '../../liveview/model.ts';
import {
  colleagueAnswer,
  declineHandoverBody,
  offerHandoverBody,
  takeHandoverBody,
} from '../casework-schemas.ts';
import type { Context } from '../context.ts';
import { incidentAnswer } from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { idParams } from '../schemas.ts';
import { incidentView } from '../views.ts';

const COMMON = {
  action: 'incident.manage',
  sides: CENTRE_ONLY,
  params: idParams,
  answer: { status: 200, schema: incidentAnswer },
} as const;

/** Who answers for an incident, and how that passes from one operator to another. */
export function handoverRoutes(context: Context): Route[] {
  return [
    colleaguesRoute(context),
    ...offeringRoutes(context),
    ...answeringRoutes(context),
    takingRoute(context),
  ];
}

function colleaguesRoute({ deps }: Context): Route {
  return route({
    method: 'GET',
    path: '/v1/colleagues',
    action: 'incident.manage',
    sides: CENTRE_ONLY,
    summary: 'To whom an incident can be handed over.',
    answer: { status: 200, schema: z.array(colleagueAnswer) },
    handle: () =>
      deps.users.list().flatMap(({ username: user, role }) => (isDuty(role) ? { user, role } : [])),
  });
}

function offeringRoutes({ deps, side }: Context): Route[] {
  const { handovers } = deps.liveview.casework;
  const view = (incident: Incident) => incidentView(deps, incident, side);
  return [
    route({
      ...COMMON,
      method: 'PUT',
      path: '/v1/incidents/{id}/handover',
      summary: 'Offer the incident to a colleague; until it is accepted it stays where it is.',
      body: offerHandoverBody,
      handle({ params: { id }, body: { to, note }, caller }) {
        const colleague = deps.users.find(to);
        if (!colleague || !isDuty(colleague.role)) {
          throw new LiveViewError('unknown-colleague', `no operator is called ${to}`);
        }
        return view(handovers.offer(actorOf(caller), id, colleague.username, note));
      },
    }),
    route({
      ...COMMON,
      method: 'DELETE',
      path: '/v1/incidents/{id}/handover',
      summary: 'Take back what was offered and not answered yet.',
      handle: ({ params: { id }, caller }) => view(handovers.withdraw(actorOf(caller), id)),
    }),
  ];
}

function answeringRoutes({ deps, side }: Context): Route[] {
  const { handovers } = deps.liveview.casework;
  const view = (incident: Incident) => incidentView(deps, incident, side);
  return [
    route({
      ...COMMON,
      method: 'POST',
      path: '/v1/incidents/{id}/handover/accept',
      summary: 'Accept an incident that is offered to the caller, who answers for it from now on.',
      handle: ({ params: { id }, caller }) => view(handovers.accept(actorOf(caller), id)),
    }),
    route({
      ...COMMON,
      method: 'POST',
      path: '/v1/incidents/{id}/handover/decline',
      summary: 'Decline an incident that is offered to the caller, with a reason.',
      body: declineHandoverBody,
      handle: ({ params: { id }, body: { reason }, caller }) =>
        view(handovers.decline(actorOf(caller), id, reason)),
    }),
  ];
}

function takingRoute({ deps, side }: Context): Route {
  return route({
    ...COMMON,
    action: 'incident.take',
    method: 'POST',
    path: '/v1/incidents/{id}/handover/take',
    summary: 'Take an incident over from whoever has it.',
    body: takeHandoverBody,
    handle({ params: { id }, body: { note }, caller }) {
      const incident = deps.liveview.casework.handovers.take(actorOf(caller), id, note);
      return incidentView(deps, incident, side);
    },
  });
}

function isDuty(role: string): role is 'operator' | 'supervisor' {
  return role === 'operator' || role === 'supervisor';
}
