import { z } from 'zod';
import type { Account } from '../../access/account.ts';
import { actorOf, type Caller } from '../../access/caller.ts';
import { mayAt, meet } from '../../access/site-limit.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Incident } from '../../liveview/model.ts';
import {
  colleagueAnswer,
  colleaguesQuery,
  declineHandoverBody,
  offerHandoverBody,
  takeHandoverBody,
} from '../casework-schemas.ts';
import type { Context } from '../context.ts';
import { incidentAnswer } from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { INCIDENT, idParams } from '../schemas.ts';
import { doneView } from '../views.ts';

const COMMON = {
  action: 'incident.manage',
  sides: CENTRE_ONLY,
  params: idParams,
  names: INCIDENT,
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

/** Local users, and of the directory those who are logged in: nobody else of it is known here. */
function staff({ users, sessions }: Context['deps']): readonly Account[] {
  return [...users.list(), ...sessions.ofDirectory()];
}

function colleaguesRoute({ deps }: Context): Route {
  return route({
    method: 'GET',
    path: '/v1/colleagues',
    action: 'incident.manage',
    sides: CENTRE_ONLY,
    summary: 'To whom an incident can be handed over.',
    answer: { status: 200, schema: z.array(colleagueAnswer) },
    query: colleaguesQuery,
    names: ({ query: { incident } }) => ({ incident }),
    handle({ query: { incident }, caller }) {
      const site = incident === undefined ? undefined : deps.liveview.incident(incident)?.site;
      return staff(deps)
        .filter((each) => meet(caller, each) && (site === undefined || mayAt(each, site)))
        .flatMap(({ username: user, role, ...rest }) =>
          isDuty(role) ? { user, role, ...('name' in rest ? { name: rest.name } : {}) } : [],
        );
    },
  });
}

function offeringRoutes({ deps }: Context): Route[] {
  const { handovers } = deps.liveview.casework;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return [
    route({
      ...COMMON,
      method: 'PUT',
      path: '/v1/incidents/{id}/handover',
      summary: 'Offer the incident to a colleague; until it is accepted it stays where it is.',
      body: offerHandoverBody,
      handle({ params: { id }, body: { to, note }, caller }) {
        const colleague =
          deps.users.find(to) ?? staff(deps).find(({ username }) => username === to);
        const site = deps.liveview.incident(id)?.site;
        if (!colleague || !isDuty(colleague.role) || !mayAt(colleague, site)) {
          const reason = `no operator who works at this site is called ${to}`;
          throw new LiveViewError('unknown-colleague', reason);
        }
        return view(caller, handovers.offer(actorOf(caller), id, colleague.username, note));
      },
    }),
    route({
      ...COMMON,
      method: 'DELETE',
      path: '/v1/incidents/{id}/handover',
      summary: 'Take back what was offered and not answered yet.',
      handle: ({ params: { id }, caller }) => view(caller, handovers.withdraw(actorOf(caller), id)),
    }),
  ];
}

function answeringRoutes({ deps }: Context): Route[] {
  const { handovers } = deps.liveview.casework;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return [
    route({
      ...COMMON,
      method: 'POST',
      path: '/v1/incidents/{id}/handover/accept',
      summary: 'Accept an incident that is offered to the caller, who answers for it from now on.',
      handle: ({ params: { id }, caller }) => view(caller, handovers.accept(actorOf(caller), id)),
    }),
    route({
      ...COMMON,
      method: 'POST',
      path: '/v1/incidents/{id}/handover/decline',
      summary: 'Decline an incident that is offered to the caller, with a reason.',
      body: declineHandoverBody,
      handle: ({ params: { id }, body: { reason }, caller }) =>
        view(caller, handovers.decline(actorOf(caller), id, reason)),
    }),
  ];
}

function takingRoute({ deps }: Context): Route {
  return route({
    ...COMMON,
    action: 'incident.take',
    method: 'POST',
    path: '/v1/incidents/{id}/handover/take',
    summary: 'Take an incident over from whoever has it.',
    body: takeHandoverBody,
    handle({ params: { id }, body: { note }, caller }) {
      const incident = deps.liveview.casework.handovers.take(actorOf(caller), id, note);
      return doneView(deps, caller, incident);
    },
  });
}

function isDuty(role: string): role is 'operator' | 'supervisor' {
  return role === 'operator' || role === 'supervisor';
}
