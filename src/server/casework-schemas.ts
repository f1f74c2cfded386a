import { z } from 'zod';
import { colleague } from '../liveview/handover-events.ts';
import { HANDOVER_STATES } from '../liveview/handover-machine.ts';
import { id, text, time } from './schemas.ts';

/** The shapes of what goes on about an incident: its log, its hand-over, the steps before closing. */

const words = text.min(1).max(1_000);

/* Input. */

export const noteBody = z.strictObject({ text: text.min(1) });
export const readBody = z.strictObject({
  upTo: z.int().min(1).max(100_000).describe('the number of the last note that was read, from 1'),
});
export const colleaguesQuery = z.object({
  incident: id.exactOptional().describe('only those who may see it'),
});
export const offerHandoverBody = z.strictObject({ to: colleague, note: words.exactOptional() });
export const takeHandoverBody = z.strictObject({ note: words.exactOptional() });
export const declineHandoverBody = z.strictObject({ reason: words });
export const stepParams = z.object({ id, step: id });
export const stepBody = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('done'), note: words.exactOptional() }),
  z.strictObject({ state: z.literal('explained'), note: words }),
  z.strictObject({ state: z.literal('open') }),
]);

/* Answers. */

export const readMark = z.object({
  user: z.string(),
  controlRoom: id.exactOptional(),
  upTo: z.int().describe('so many of the notes, from the first'),
  at: time,
});
export const handoverAnswer = z
  .object({
    from: z.string(),
    to: z.string(),
    at: time,
    note: z.string().exactOptional(),
    state: z.enum(HANDOVER_STATES),
    by: z.string().exactOptional(),
    decidedAt: time.exactOptional(),
    reason: z.string().exactOptional(),
  })
  .meta({ id: 'Handover' });
export const stepAnswer = z
  .object({
    id,
    text: z.object({ nl: z.string(), en: z.string() }),
    required: z.boolean().describe('the incident is not closed while this is open'),
    state: z.enum(['open', 'done', 'explained']),
    by: z.string().exactOptional(),
    at: time.exactOptional(),
    note: z.string().exactOptional(),
  })
  .meta({ id: 'ClosingStep' });
export const colleagueAnswer = z
  .object({
    user: z.string(),
    name: z.string().exactOptional().describe('as the directory calls this person'),
    role: z.enum(['operator', 'supervisor']),
  })
  .meta({ id: 'Colleague' });
