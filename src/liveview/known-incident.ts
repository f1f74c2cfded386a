import { LiveViewError } from '../core/errors.ts';
import {
  type IncidentEvent,
  type IncidentState,
  nextIncidentState,
  type Standing,
} from './incident-machine.ts';
import type { Incident } from './model.ts';
import type { State } from './state.ts';

/**
 * The incident, if the event is allowed in the state that it is in.
 *
 * @throws LiveViewError `unknown-incident`, `incident-closed`, `incident-requested`
 */
export function incidentFor(state: State, id: string | undefined, event: IncidentEvent): Incident {
  const incident = knownIncident(state, id);
  checkAllowed(incident, event);
  return incident;
}

/** The same in whatever state it is. @throws LiveViewError `unknown-incident` */
export function knownIncident({ incidents }: Pick<State, 'incidents'>, id = ''): Incident {
  const incident = incidents.get(id);
  if (incident) return incident;
  throw unknownIncident(id);
}

/** The incident with what the event changes of it, and in the state that follows. */
export function advanced(
  before: Incident,
  event: IncidentEvent,
  change: Partial<Incident>,
): Incident {
  const after = { ...before, ...change };
  const state = nextIncidentState(before.state, event, standingOf(after));
  return state === before.state || state === undefined ? after : { ...after, state };
}

/** @throws LiveViewError `incident-closed`, `incident-requested` */
function checkAllowed({ state }: { state: IncidentState }, event: IncidentEvent): void {
  if (nextIncidentState(state, event, 'open')) return;
  if (state === 'requested') {
    const reason = 'a control room asks for this incident; grant or decline that first';
    throw new LiveViewError('incident-requested', reason);
  }
  throw new LiveViewError('incident-closed', 'this incident is closed; open a new one');
}

function standingOf({ grants, offers = [] }: Pick<Incident, 'grants' | 'offers'>): Standing {
  if (grants.length > 0) return 'shared';
  return offers.some(({ state }) => state === 'pending') ? 'offered' : 'open';
}

export function unknownIncident(id: string): LiveViewError {
  return new LiveViewError('unknown-incident', 'there is no such incident', {
    context: { incident: id },
  });
}
