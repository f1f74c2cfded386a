import { z } from 'zod';
import { id } from './actions.ts';
import { optional, text } from './event-fields.ts';

const words = z.string().trim().min(1).max(300);
/** What the configuration said that was to be done: the file is read when that says something else. */
const step = { step: id, text: z.strictObject({ nl: words, en: words }) };
const note = text.min(1).max(1_000);

/** What a centre wants done before an incident is closed. */
export const stepEvents = {
  'step.done': z.strictObject({ ...step, note: optional(note) }),
  /** It was not done, and this is why. */
  'step.explained': z.strictObject({ ...step, note }),
  /** It was not done after all. */
  'step.reopened': z.strictObject(step),
} as const;
