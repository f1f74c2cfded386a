import { z } from 'zod';
import { id, whole } from './actions.ts';
import { ALARM_KINDS, ALARM_SOURCES, FALSE_CAUSES, VERIFICATION_METHODS } from './alarm-model.ts';
import { cameras, optional, text, time } from './event-fields.ts';

/** The journal entries that make up alarms, and the bounds of what a source may tell. */

const words = whole.trim().min(1).max(500);
const note = optional(text);
export const alarmPriority = z.int().min(1).max(5);
export const alarmKind = z.enum(ALARM_KINDS);
const alarmText = z.strictObject({ nl: words, en: words });
export const alarmKey = whole.min(1).max(200);

const MAX_DETAILS = 32;
const alarmDetails = z
  .record(whole.min(1).max(64), whole.max(500))
  .refine((details) => Object.keys(details).length <= MAX_DETAILS, 'holds too many details');

const source = z.strictObject({ type: z.enum(ALARM_SOURCES), id });
/** Reports that were told by a name of their own. */
const names = optional(
  z
    .array(z.strictObject({ source, once: alarmKey, fingerprint: optional(whole.min(1).max(64)) }))
    .max(64),
);

const judged = { by: id, at: time, note };
export const alarmVerification = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('unverified') }),
  z.strictObject({ status: z.literal('looking'), by: id, at: time }),
  z.strictObject({
    status: z.literal('verified'),
    method: z.enum(VERIFICATION_METHODS),
    alongside: optional(z.array(id).max(64)),
    ...judged,
  }),
  z.strictObject({ status: z.literal('false'), cause: z.enum(FALSE_CAUSES), ...judged }),
]);
/** What was known of an alarm when an incident got it; in journals of before that is not there. */
export const alarmGround = optional(
  z.strictObject({
    source,
    kind: alarmKind,
    priority: alarmPriority,
    text: alarmText,
    at: time,
    occurredAt: optional(time),
    repeats: z.strictObject({ count: z.int().min(0), lastAt: optional(time) }),
    looked: optional(z.strictObject({ by: id, at: time })),
    verification: alarmVerification,
  }),
);

export const alarmEvents = {
  'alarm.raised': z.strictObject({
    alarm: id,
    source,
    site: id,
    kind: alarmKind,
    priority: alarmPriority,
    text: alarmText,
    cameras,
    key: alarmKey,
    occurredAt: optional(time),
    /** It was over at the source when it was told: nobody is called for it. */
    restored: optional(z.literal(true)),
    details: alarmDetails,
    /** Of the report that raised it; before names were journalled of repeats, too. */
    once: optional(alarmKey),
    names,
  }),
  /** Told again, so many times since it was last written; `priority` when that became more urgent. */
  'alarm.repeated': z.strictObject({
    alarm: id,
    count: z.int().min(1),
    lastAt: time,
    priority: optional(alarmPriority),
    /** People are called anew. */
    called: optional(z.literal(true)),
    names,
  }),
  'alarm.restored': z.strictObject({ alarm: id, restoredAt: time, names }),
  /** Somebody looks; another than before took it over. */
  'alarm.looking': z.strictObject({ alarm: id }),
  'alarm.let-go': z.strictObject({ alarm: id }),
  'alarm.verified': z.strictObject({
    alarm: id,
    method: z.enum(VERIFICATION_METHODS),
    note,
    alongside: optional(z.array(id).max(64)),
  }),
  /** There was nothing the matter; it is over with that. */
  'alarm.false': z.strictObject({ alarm: id, cause: z.enum(FALSE_CAUSES), note }),
  /** Added to an incident that was open already; one opened from it says so itself. */
  'alarm.linked': z.strictObject({ alarm: id, ground: alarmGround }),
  'alarm.ended': z.strictObject({ alarm: id, note }),
} as const;
