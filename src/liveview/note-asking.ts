import { z } from 'zod';
import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import type { Ask } from './asking.ts';
import { parse, text } from './event-fields.ts';
import type { Incident, LiveRequest } from './model.ts';

const noteArgs = z.strictObject({ text: text.min(1) });

/**
 * A note for the running log that is asked for like anything else. It needs nobody's leave: it is written,
 * and its request done, when this returns. It is in the journal as what it is, a note.
 *
 * @param write into the log of an incident; what it is then, as the actor sees it.
 * @throws LiveViewError `invalid-request`, and what `write` throws
 */
export function askNote(
  actor: Actor,
  asked: Pick<Ask, 'incident' | 'args'>,
  id: string,
  write: (incident: string, note: string) => Pick<Incident, 'notes' | 'openedAt'>,
): LiveRequest {
  const { incident } = asked;
  if (incident === null)
    throw new LiveViewError('invalid-request', 'name the incident of the note');
  const args = parse('note', noteArgs, asked.args);
  const { notes, openedAt } = write(incident, args.text);
  const { user, controlRoom } = actor;
  return {
    ...{ id, incident, action: 'note', args, user },
    ...(controlRoom === undefined ? {} : { controlRoom }),
    ...{ createdAt: notes.at(-1)?.at ?? openedAt, state: 'done' },
  };
}
