import { actorOf, type Caller } from '../../access/caller.ts';
import type { Incident } from '../../liveview/model.ts';
import type { Context } from '../context.ts';
import {
  extendBody,
  grantBody,
  grantParams,
  incidentAnswer,
  withdrawQuery,
} from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { INCIDENT, idParams } from '../schemas.ts';
import { withUnseen } from '../unseen-share.ts';
import { doneView } from '../views.ts';

const MANAGE = {
  action: 'incident.manage',
  sides: CENTRE_ONLY,
  answer: { status: 200, schema: incidentAnswer },
} as const;

/** What control rooms have of an incident. */
export function grantRoutes(context: Context): Route[] {
  return [...givingRoutes(context), ...takingRoutes(context)];
}

function givingRoutes({ deps }: Context): Route[] {
  const { liveview } = deps;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return [
    route({
      ...MANAGE,
      method: 'PUT',
      path: '/v1/incidents/{id}/grants/{controlRoom}',
      summary: 'Share with a control room, in place of what was shared with it before.',
      params: grantParams,
      body: grantBody,
      names: ({ params: { id: incident }, body: { cameras } }) => ({ incident, cameras }),
      handle({ params: { id, controlRoom }, body, caller, sight }) {
        const terms = withUnseen(body, liveview.casework.grants.inForce(id, controlRoom), sight);
        return view(caller, liveview.grant(actorOf(caller), id, controlRoom, terms));
      },
    }),
    route({
      ...MANAGE,
      method: 'POST',
      path: '/v1/incidents/{id}/grants/{controlRoom}/extend',
      summary: 'Let a share last so many minutes from now; it is never made shorter by that.',
      params: grantParams,
      body: extendBody,
      names: INCIDENT,
      handle: ({ params: { id, controlRoom }, body: { minutes }, caller }) =>
        view(caller, liveview.casework.grants.extend(actorOf(caller), id, controlRoom, minutes)),
    }),
  ];
}

function takingRoutes({ deps }: Context): Route[] {
  const { liveview } = deps;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return [
    route({
      ...MANAGE,
      method: 'DELETE',
      path: '/v1/incidents/{id}/grants/{controlRoom}',
      summary: 'Withdraw what is shared with a control room; its sockets end at once.',
      params: grantParams,
      query: withdrawQuery,
      names: ({ params: { id: incident }, query: { camera } }) => ({ incident, cameras: [camera] }),
      handle: ({ params: { id, controlRoom }, query: { camera }, caller }) =>
        view(
          caller,
          liveview.casework.grants.withdraw(actorOf(caller), id, { controlRoom, camera }),
        ),
    }),
    route({
      ...MANAGE,
      method: 'DELETE',
      path: '/v1/incidents/{id}/grants',
      summary: 'Withdraw what is shared with every control room, in one act.',
      params: idParams,
      query: withdrawQuery,
      names: ({ params: { id: incident }, query: { camera } }) => ({ incident, cameras: [camera] }),
      handle: ({ params: { id }, query: { camera }, caller }) =>
        view(caller, liveview.casework.grants.withdraw(actorOf(caller), id, { camera })),
    }),
  ];
}
