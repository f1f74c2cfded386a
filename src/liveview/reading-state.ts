import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import type { EventOf } from './events.ts';
import { incidentFor } from './known-incident.ts';
import type { Incident, ReadMark } from './model.ts';
import type { readingEvents } from './reading-events.ts';
import type { Delta, Reducers, State } from './state.ts';

export const readingReducers: Reducers<keyof typeof readingEvents> = { 'log.read': read };

/** @throws LiveViewError `invalid-request`: nobody has read what is not there */
function read(state: State, { incident: id, actor, at, data }: EventOf<'log.read'>): Delta {
  const before = incidentFor(state, id, 'update');
  const { upTo } = data;
  if (upTo > before.notes.length) {
    throw new LiveViewError('invalid-request', `the log has ${before.notes.length} notes`);
  }
  const { user, controlRoom } = actor;
  const mark: ReadMark = { user, ...(controlRoom === undefined ? {} : { controlRoom }), upTo, at };
  const others = (before.reads ?? []).filter((each) => !isOf(each, actor));
  return { incident: { ...before, reads: [...others, mark] } };
}

/** How many notes the actor has read by its own word. */
export function readBy({ reads = [] }: Incident, actor: Actor): number {
  return reads.find((each) => isOf(each, actor))?.upTo ?? 0;
}

function isOf(mark: ReadMark, { user, controlRoom }: Actor): boolean {
  return mark.user === user && mark.controlRoom === controlRoom;
}
