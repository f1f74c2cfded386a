import type { IncidentView } from '../../src/client/index.ts';
import { type Reading, unreadBy } from '../shared/read-marks.tsx';
import type { Centre } from './centre.ts';
import { whose } from './names.ts';

/** Who has read the log, colleagues by their name and control rooms by theirs with the person. */
export function readingOf(centre: Centre, incident: IncidentView): Reading {
  const { session } = centre;
  const { id, notes, reads = [] } = incident;
  const onRead = () => centre.act((api) => api.markRead(id, notes.length));
  return {
    reads,
    reader: ({ user, controlRoom }) =>
      controlRoom === undefined ? user : `${whose(session, user, controlRoom)} (${user})`,
    unread: unreadBy(incident, { user: session.user }),
    ...(centre.may('note.write') ? { onRead } : {}),
  };
}
