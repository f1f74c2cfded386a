import { z } from 'zod';
import { whole } from '../liveview/actions.ts';
import { alarmKey, alarmKind, alarmPriority } from '../liveview/alarm-events.ts';
import { ALARM_SOURCES, FALSE_CAUSES, VERIFICATION_METHODS } from '../liveview/alarm-model.ts';
import { cameras } from '../liveview/event-fields.ts';
import { id, inWords, text as note, pageQuery, time } from './schemas.ts';

/** The shapes of alarms in the HTTP API; see schemas.ts. */

const words = whole.trim().min(1).max(500);

/* Input. */

const text = z
  .union([z.strictObject({ nl: words, en: words }), words])
  .describe('in both languages, or the same for both');
const detail = z.union([whole.max(500), z.number(), z.boolean()]);
const MAX_DETAILS = 32;

/** What a source or an operator tells. What the configuration says of `type` goes before it. */
export const raiseAlarmBody = z.strictObject({
  site: id.exactOptional().describe('may be left out by a source that has one site'),
  type: id
    .exactOptional()
    .describe("a source's own word; `alarms.webhook[].types` says what it means"),
  kind: alarmKind.exactOptional(),
  priority: alarmPriority.exactOptional().describe('1 (most urgent) to 5; by its kind unless told'),
  text: text.exactOptional().describe('by its kind unless told'),
  cameras: cameras.exactOptional().describe('those that see it; those of the site unless told'),
  key: alarmKey
    .exactOptional()
    .describe(
      'reports with the same key are one alarm while that is open; type or kind unless told',
    ),
  occurredAt: z.iso.datetime({ offset: true }).exactOptional(),
  restored: z.boolean().exactOptional().describe('it is over at the source'),
  details: z
    .record(z.string().min(1).max(64), detail)
    .refine((details) => Object.keys(details).length <= MAX_DETAILS, 'at most 32')
    .exactOptional(),
  idempotencyKey: alarmKey
    .exactOptional()
    .describe('in place of the header Idempotency-Key: told twice by one key, it is one report'),
});
export type RaiseAlarm = z.output<typeof raiseAlarmBody>;

export const alarmsQuery = z.object({
  state: z.enum(['open', 'ended']).exactOptional(),
  site: id.exactOptional(),
  kind: alarmKind.exactOptional(),
  incident: id.exactOptional(),
  ...pageQuery,
});
export const judgeAlarmBody = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('verified'),
    method: z.enum(VERIFICATION_METHODS),
    note: note.exactOptional(),
  }),
  z.strictObject({
    status: z.literal('false'),
    cause: z.enum(FALSE_CAUSES),
    note: note.exactOptional(),
  }),
]);
export const endAlarmBody = z.strictObject({ note: note.default('') });
export const linkAlarmBody = z.strictObject({ incident: id });

/* Answers. */

const by = z.string();
const verification = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unverified') }),
  z.object({ status: z.literal('looking'), by, at: time }),
  z.object({
    status: z.literal('verified'),
    method: z.enum(VERIFICATION_METHODS),
    by,
    at: time,
    note: z.string().exactOptional(),
    alongside: z
      .array(id)
      .exactOptional()
      .describe('other alarms of the site that it rests on too'),
  }),
  z.object({
    status: z.literal('false'),
    cause: z.enum(FALSE_CAUSES),
    by,
    at: time,
    note: z.string().exactOptional(),
  }),
]);
const repeats = z
  .object({ count: z.int(), lastAt: time.exactOptional() })
  .describe('what was told besides the first time');
export const alarmAnswer = z
  .object({
    id,
    source: z.object({ type: z.enum(ALARM_SOURCES), id }),
    site: id,
    kind: alarmKind,
    priority: alarmPriority,
    text: inWords,
    cameras: z.array(id),
    details: z.record(z.string(), z.string()),
    at: time.describe('when it came in'),
    occurredAt: time.exactOptional().describe("when it happened, by the source's own word"),
    state: z.enum(['open', 'ended']),
    verification,
    looked: z
      .object({ by, at: time })
      .exactOptional()
      .describe('who looked at it last, and since when'),
    calledAt: time.describe('when people were called for it last: it came in, or was told anew'),
    repeats,
    restoredAt: time.exactOptional().describe('when it was over at the source'),
    incident: id.exactOptional(),
    endedAt: time.exactOptional(),
    endedBy: z.string().exactOptional(),
    endNote: z.string().exactOptional(),
    alongside: z.array(id).describe('others of the site about the same time'),
  })
  .meta({ id: 'Alarm' });
/** To a source: that it was taken, and not what people make of it. */
export const alarmReceipt = z
  .object({ id, state: z.enum(['open', 'ended']), at: time, repeats })
  .meta({ id: 'AlarmReceipt' });
/** As an incident shows it. */
export const incidentAlarmAnswer = z
  .object({
    id,
    kind: alarmKind,
    text: inWords,
    at: time,
    occurredAt: time.exactOptional(),
    source: z.enum(ALARM_SOURCES),
    verification,
    site: id
      .exactOptional()
      .describe("at the centre: of one elsewhere than at the incident's site"),
  })
  .meta({ id: 'IncidentAlarm' });
