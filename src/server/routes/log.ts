import { actorOf } from '../../access/caller.ts';
import { LiveViewError } from '../../core/errors.ts';
import { noteBody, readBody } from '../casework-schemas.ts';
import type { Context } from '../context.ts';
import { incidentAnswer } from '../incident-schemas.ts';
import type { Route } from '../route.ts';
import { BOTH, route } from '../route.ts';
import { INCIDENT, idParams } from '../schemas.ts';
import type { Sight } from '../sight.ts';
import { incidentView } from '../views.ts';

/** The running log of an incident, which the centre and control rooms write and read. */
export function logRoutes({ deps, side }: Context): Route[] {
  const { liveview } = deps;
  const common = {
    method: 'POST',
    action: 'note.write',
    sides: BOTH,
    params: idParams,
    names: INCIDENT,
    answer: { status: 200, schema: incidentAnswer },
  } as const;
  const seenBy = (sight: Sight, id: string) => {
    const incident = sight.incident(id);
    if (incident) return incidentView(deps, incident, side);
    throw new LiveViewError('unknown-incident', `there is no incident ${id}`);
  };
  return [
    route({
      ...common,
      path: '/v1/incidents/{id}/notes',
      summary: 'Write in the running log, which all who work on the incident read.',
      body: noteBody,
      handle({ params: { id }, body: { text: note }, caller, sight }) {
        liveview.updateIncident(actorOf(caller), id, { note });
        return seenBy(sight, id);
      },
    }),
    route({
      ...common,
      path: '/v1/incidents/{id}/read',
      summary: 'Say that the running log was read, up to a note.',
      body: readBody,
      handle({ params: { id }, body: { upTo }, caller, sight }) {
        liveview.casework.readings.mark(actorOf(caller), id, upTo);
        return seenBy(sight, id);
      },
    }),
  ];
}
