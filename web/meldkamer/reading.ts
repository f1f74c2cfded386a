import type { IncidentView } from '../../src/client/index.ts';
import { type Reading, unreadBy } from '../shared/read-marks.tsx';
import type { Room } from './room.ts';

/** Who has read the log: of this control room, and of the centre. */
export function readingOf(room: Room, incident: IncidentView): Reading {
  const { user, controlRoom, gateway } = room.session;
  const { id, notes, reads = [] } = incident;
  const onRead = () => room.act((api) => api.markRead(id, notes.length));
  return {
    reads,
    reader: (mark) =>
      mark.controlRoom === undefined && gateway ? `${gateway} (${mark.user})` : mark.user,
    unread: unreadBy(incident, { user, ...(controlRoom === undefined ? {} : { controlRoom }) }),
    ...(room.may('note.write') ? { onRead } : {}),
  };
}
