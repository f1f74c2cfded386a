import { z } from 'zod';
import { describe, id } from './fields.ts';

/** What the configuration says of incidents: with whom, of which sites and cameras, and how they end. */

const incidentType = z.enum([
  'robbery',
  'burglary',
  'violence',
  'disturbance',
  'fire',
  'medical',
  'other',
]);

export const service = describe(
  z.enum(['police', 'fire', 'ambulance', 'municipality', 'other']).default('police'),
  'Whose it is: police, fire, ambulance, municipality or other.',
);

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

const hours = z
  .string()
  .regex(HOURS, 'write hours as 08:00-18:00')
  .refine((text) => text.slice(0, 5) !== text.slice(6), 'leave hours out for the whole day');

const timezone = z
  .string()
  .refine(isTimezone, 'write a time zone of the IANA, for example Europe/Amsterdam');

/** The word of a camera's owner. */
export const sharing = z
  .strictObject({
    never: describe(z.literal(true).optional(), 'With nobody, whatever happens.'),
    hours: describe(
      z.array(hours).min(1).max(8).optional(),
      'At these hours only, e.g. "18:00-07:00"; what ends before it begins goes on after midnight.',
    ),
    days: describe(
      z.array(z.enum(DAYS)).min(1).max(7).optional(),
      'On the days on which the hours begin, or all day: mon, tue, wed, thu, fri, sat, sun.',
    ),
    timezone: describe(timezone.default('Europe/Amsterdam'), 'By the time on the wall there.'),
    types: describe(z.array(incidentType).min(1).optional(), 'For incidents of these types only.'),
  })
  .refine(
    ({ never, hours: at, days, types }) => !never || !(at || days || types),
    'never leaves nothing to say about hours, days and types',
  );
export type Sharing = z.output<typeof sharing>;

/** Of a site of which control rooms may ask for images. */
export const requestable = z.strictObject({
  by: describe(z.array(id).min(1).max(64), 'The control rooms that may ask.'),
  name: describe(
    z.string().trim().min(1).max(120).optional(),
    'What they know it by; the name of the site unless given.',
  ),
});

const bothLanguages = z.string().trim().min(1).max(300);

const step = z.strictObject({
  id: describe(id, 'Short name; never changes.'),
  text: describe(
    z.union([bothLanguages, z.strictObject({ nl: bothLanguages, en: bothLanguages })]),
    'What is to be done; one text, or { nl: …, en: … }.',
  ),
  types: describe(
    z.array(incidentType).min(1).optional(),
    'Of which incidents; of all unless given.',
  ),
  required: describe(
    z.boolean().default(true),
    'An incident is not closed before it is done, or explained why not.',
  ),
});

export const closing = z.strictObject({
  steps: describe(
    z
      .array(step)
      .max(32)
      .default([])
      .refine(
        (steps) => new Set(steps.map((each) => each.id)).size === steps.length,
        'give each step its own id',
      ),
    'What has to be done before an incident is closed.',
  ),
});

/** How long things wait or last; part of `policy`. */
export const incidentPolicies = {
  grantMinutes: describe(
    z.int().min(1).max(1440).default(60),
    'How long a share lasts unless the operator says otherwise; minutes.',
  ),
  offerMinutes: describe(
    z.int().min(1).max(120).default(5),
    'How long an offer waits for the control room before it expires; minutes.',
  ),
  viewRequestMinutes: describe(
    z.int().min(1).max(120).default(5),
    "How long a control room's question for images of a site waits for the operator; minutes.",
  ),
};

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
