import { z } from 'zod';
import { id, requestPolicies } from './actions.ts';
import { cameras, optional, time } from './event-fields.ts';

export const right = z.enum(['view', 'ptz', 'switch', 'plan']);

/** What a control room gets, and how it loses it. */
export const grantEvents = {
  'grant.given': z.strictObject({
    controlRoom: id,
    cameras: cameras.min(1),
    rights: z.array(right).min(1).max(4),
    requests: optional(requestPolicies),
    expiresAt: time,
  }),
  'grant.withdrawn': z.strictObject({ controlRoom: id }),
  'grant.expired': z.strictObject({ controlRoom: id }),
} as const;
