import { z } from 'zod';
import { describe } from './fields.ts';
import { openid } from './openid.ts';

/** What a person may be; a test holds it equal to what `liveview user add` knows. */
export const PERSON_ROLES = [
  'operator',
  'supervisor',
  'admin',
  'auditor',
  'dispatcher',
  'consumer',
] as const;

export const access = z.strictObject({
  secondFactor: describe(
    z.array(z.enum(PERSON_ROLES)).max(PERSON_ROLES.length).default([]),
    'Roles that do not get in without a second factor; whoever has one always needs it.',
  ),
  idleMinutes: describe(
    z.number().min(1).max(1_440).default(30),
    'A login that nothing uses ends after this long; an open console uses it. Minutes.',
  ),
  sessionHours: describe(
    z.number().min(0.25).max(24).default(12),
    'A login ends this long after it was made, whatever happens; hours.',
  ),
  openid: describe(
    openid.optional(),
    "The centre's own directory, where its people log in: OpenID Connect.",
  ),
});
