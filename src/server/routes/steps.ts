import { actorOf } from '../../access/caller.ts';
import { stepBody, stepParams } from '../casework-schemas.ts';
import type { Context } from '../context.ts';
import { incidentAnswer } from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { CENTRE_ONLY, route } from '../route.ts';
import { INCIDENT } from '../schemas.ts';
import { doneView } from '../views.ts';

/** What the centre wants done before an incident is closed. */
export function stepRoutes({ deps }: Context): Route[] {
  return [
    route({
      method: 'PUT',
      path: '/v1/incidents/{id}/steps/{step}',
      action: 'incident.manage',
      sides: CENTRE_ONLY,
      summary: 'Say that a step before closing is done, or explain why it was not.',
      params: stepParams,
      names: INCIDENT,
      body: stepBody,
      answer: { status: 200, schema: incidentAnswer },
      handle({ params: { id, step }, body, caller }) {
        const note = 'note' in body ? body.note : undefined;
        const { steps } = deps.liveview.casework;
        return doneView(deps, caller, steps.mark(actorOf(caller), id, step, body.state, note));
      },
    }),
  ];
}
