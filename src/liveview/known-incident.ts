import { LiveViewError } from '../core/errors.ts';
import { type IncidentEvent, nextIncidentState } from './incident-machine.ts';
import type { Incident } from './model.ts';
import type { State } from './state.ts';

/**
 * The incident, if the event is allowed in the state that it is in.
 *
 * @throws LiveViewError `unknown-incident`, `incident-closed`
 */
export function incidentFor(state: State, id: string | undefined, event: IncidentEvent): Incident {
  const incident = state.incidents.get(id ?? '');
  if (!incident) throw unknownIncident(id ?? '');
  const next = nextIncidentState(incident.state, event);
  if (next) return incident;
  throw new LiveViewError('incident-closed', 'this incident is closed; open a new one');
}

export function unknownIncident(id: string): LiveViewError {
  return new LiveViewError('unknown-incident', 'there is no such incident', {
    context: { incident: id },
  });
}
