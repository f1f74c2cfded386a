import { z } from 'zod';
import { actorOf } from '../../access/caller.ts';
import type { LiveRequest } from '../../liveview/model.ts';
import { isDecided } from '../../liveview/request-machine.ts';
import type { Context } from '../context.ts';
import { checkMay } from '../guard.ts';
import { acceptBody } from '../incident-schemas.ts';
import { paged } from '../paging.ts';
import type { Route } from '../route.ts';
import { BOTH, CENTRE_ONLY, route } from '../route.ts';
import { declineBody, idParams, requestAnswer, requestBody, requestsQuery } from '../schemas.ts';
import { namedIn } from '../sight.ts';
import { requestView } from '../views.ts';

const hasEnded = ({ state }: LiveRequest) => isDecided(state);

export function requestRoutes(context: Context): Route[] {
  return [...askingRoutes(context), ...decidingRoutes(context)];
}

function askingRoutes({ deps: { liveview }, side }: Context): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/requests',
      action: 'request.read',
      sides: CENTRE_ONLY,
      summary: 'What was asked for and waits or goes on, and the last that came to an end.',
      query: requestsQuery,
      answer: { status: 200, schema: z.array(requestAnswer) },
      handle: ({ query, sight }) => paged(sight.requests(query), hasEnded, query),
    }),
    route({
      method: 'POST',
      path: '/v1/requests',
      action: 'request.make',
      sides: BOTH,
      summary:
        'Ask for a movement or another camera, as `request` on the live socket. A movement asked here cannot be held, so it stops by itself after about half a second.',
      body: requestBody,
      names: ({ body }) => namedIn(body),
      answer: { status: 201, schema: requestAnswer },
      handle({ body: { incident = null, ...ask }, caller }) {
        if (ask.action === 'note') checkMay(caller, 'note.write');
        return requestView(liveview.request(actorOf(caller), { incident, ...ask }), side);
      },
    }),
  ];
}

function decidingRoutes({ deps: { liveview } }: Context): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/requests/{id}/accept',
      action: 'request.decide',
      sides: CENTRE_ONLY,
      summary:
        'Accept; answers when the camera has taken the command, or refused it. A request for images (`view`) takes the terms of the share.',
      params: idParams,
      body: acceptBody,
      names: ({ params: { id: request }, body: { cameras } }) => ({ request, cameras }),
      answer: { status: 200, schema: requestAnswer },
      handle: ({ params: { id }, body: { cameras, rights, ...terms }, caller }) =>
        liveview.accept(
          actorOf(caller),
          id,
          cameras && rights ? { cameras, rights, ...terms } : undefined,
        ),
    }),
    route({
      method: 'POST',
      path: '/v1/requests/{id}/decline',
      takesAway: true,
      action: 'request.decide',
      sides: CENTRE_ONLY,
      summary: 'Decline, with a reason that the asker reads.',
      params: idParams,
      body: declineBody,
      names: ({ params: { id: request } }) => ({ request }),
      answer: { status: 200, schema: requestAnswer },
      handle: ({ params: { id }, body: { reason }, caller }) =>
        liveview.decline(actorOf(caller), id, reason),
    }),
  ];
}
