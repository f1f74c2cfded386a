import { z } from 'zod';
import { id, screenLayout } from './actions.ts';
import { alarmGround } from './alarm-events.ts';
import { cameras, optional, text, tiles } from './event-fields.ts';

const count = z.int().min(0).max(9_999);

export const incidentType = z.enum([
  'robbery',
  'burglary',
  'violence',
  'disturbance',
  'fire',
  'medical',
  'other',
]);
export const outcome = z.enum(['resolved', 'handed-over', 'false-alarm']);

/** What happens to an incident itself, and to its screen. */
export const incidentEvents = {
  'incident.opened': z.strictObject({
    type: incidentType,
    site: id,
    summary: text,
    cameras,
    tiles,
    /** The alarm that it was opened from. */
    alarm: optional(id),
    ground: alarmGround,
  }),
  'incident.updated': z.strictObject({
    type: optional(incidentType),
    summary: optional(text),
    priority: optional(z.int().min(1).max(5).nullable()),
    counts: optional(
      z.strictObject({
        robbers: optional(count),
        weapons: optional(count),
        injured: optional(count),
      }),
    ),
    note: optional(text.min(1)),
  }),
  'incident.closed': z.strictObject({ outcome, note: text }),
  'screen.set': z.strictObject({
    tiles,
    focus: z.int().min(0).nullable(),
    layout: optional(screenLayout),
  }),
} as const;
