import { z } from 'zod';
import { id, requestPolicies } from './actions.ts';
import { cameras, optional, time } from './event-fields.ts';

export const right = z.enum(['view', 'ptz', 'switch', 'plan']);

/** What a share covers. */
export const grantTerms = {
  cameras: cameras.min(1),
  rights: z.array(right).min(1).max(4),
  requests: optional(requestPolicies),
};

/** What a control room gets, and how it loses it. */
export const grantEvents = {
  'grant.given': z.strictObject({
    controlRoom: id,
    ...grantTerms,
    expiresAt: time,
  }),
  /** A share that is not over yet lasts longer. */
  'grant.extended': z.strictObject({ controlRoom: id, expiresAt: time }),
  /**
   * From every control room unless one is named, every camera unless some are named. `reason` when no
   * person did it: the configuration no longer has it, or its owner does not let it be shared (now).
   */
  'grant.withdrawn': z.strictObject({
    controlRoom: optional(id),
    cameras: optional(cameras.min(1)),
    reason: optional(z.enum(['not-configured', 'owner-rule'])),
  }),
  'grant.expired': z.strictObject({ controlRoom: id }),
} as const;
