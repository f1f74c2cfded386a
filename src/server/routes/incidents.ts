import { z } from 'zod';
import { actorOf, type Caller } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import { isOver } from '../../liveview/incident-machine.ts';
import type { Incident } from '../../liveview/model.ts';
import type { Context } from '../context.ts';
import {
  closeBody,
  incidentAnswer,
  openIncidentBody,
  screenBody,
  updateIncidentBody,
} from '../incident-schemas.ts';
import { paged } from '../paging.ts';
import type { Route } from '../route.ts';
import { BOTH, CENTRE_ONLY, route } from '../route.ts';
import { INCIDENT, idParams, incidentsQuery } from '../schemas.ts';
import { doneView, incidentView } from '../views.ts';

const ONE = { status: 200, schema: incidentAnswer } as const;
/** What every route that changes an incident has in common. */
const MANAGE = { action: 'incident.manage', sides: CENTRE_ONLY } as const;

export function incidentRoutes(context: Context): Route[] {
  return [...readingRoutes(context), ...managingRoutes(context), screenRoute(context)];
}

function readingRoutes({ deps, side }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/incidents',
      action: 'incident.read',
      sides: BOTH,
      summary:
        'The incidents that the caller may see, each as far as it may see it: those under way, and the last that are over.',
      query: incidentsQuery,
      answer: { status: 200, schema: z.array(incidentAnswer) },
      handle: ({ query, sight }) =>
        paged(sight.incidents(), isOver, query).map((each) => incidentView(deps, each, side)),
    }),
    route({
      method: 'GET',
      path: '/v1/incidents/{id}',
      action: 'incident.read',
      sides: BOTH,
      summary: 'One incident, as far as the caller may see it.',
      params: idParams,
      names: INCIDENT,
      answer: ONE,
      handle({ params: { id }, sight }) {
        const incident = sight.incident(id);
        if (incident) return incidentView(deps, incident, side);
        throw new LiveViewError('unknown-incident', `there is no incident ${id}`);
      },
    }),
  ];
}

function managingRoutes({ deps }: Context): Route[] {
  const { liveview } = deps;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return [
    route({
      ...MANAGE,
      method: 'POST',
      path: '/v1/incidents',
      summary: 'Open an incident. Nothing is shared by that.',
      body: openIncidentBody,
      names: ({ body: { site, alarm, cameras } }) => ({ site, alarm, cameras }),
      answer: { status: 201, schema: incidentAnswer },
      handle: ({ body, caller }) => view(caller, liveview.openIncident(actorOf(caller), body)),
    }),
    route({
      ...MANAGE,
      method: 'PATCH',
      path: '/v1/incidents/{id}',
      summary: 'Change an incident or add a note; what is left out stays.',
      params: idParams,
      names: INCIDENT,
      body: updateIncidentBody,
      answer: ONE,
      handle: ({ params: { id }, body, caller }) =>
        view(caller, liveview.updateIncident(actorOf(caller), id, body)),
    }),
    route({
      ...MANAGE,
      method: 'POST',
      path: '/v1/incidents/{id}/close',
      takesAway: true,
      summary: 'Close an incident: every share ends, and not a byte of media leaves after it.',
      params: idParams,
      names: INCIDENT,
      body: closeBody,
      answer: ONE,
      handle: ({ params: { id }, body, caller }) =>
        view(caller, liveview.close(actorOf(caller), id, body)),
    }),
  ];
}

function screenRoute({ deps }: Context): Route {
  const { liveview } = deps;
  const view = (caller: Caller, incident: Incident) => doneView(deps, caller, incident);
  return route({
    ...MANAGE,
    method: 'PUT',
    path: '/v1/incidents/{id}/screen',
    summary: 'Compose the screen that every control room which follows sees.',
    params: idParams,
    body: screenBody,
    names: ({ params: { id: incident }, body: { tiles } }) => ({
      incident,
      cameras: tiles.map((tile) => ('camera' in tile ? tile.camera : undefined)),
    }),
    answer: ONE,
    handle: ({ params: { id }, body, caller }) =>
      view(caller, liveview.setScreen(actorOf(caller), id, body)),
  });
}
