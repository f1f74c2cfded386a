import { z } from 'zod';
import { id } from './actions.ts';
import { text, time } from './event-fields.ts';
import { grantTerms } from './grant-events.ts';

/** What is offered to a control room, and its answer. */
export const offerEvents = {
  /** `minutes`: how long the share lasts from its acceptance; `expiresAt`: until when that may be. */
  'offer.made': z.strictObject({
    controlRoom: id,
    ...grantTerms,
    minutes: z.int().min(1).max(1_440),
    expiresAt: time,
  }),
  /** The share begins: what it covers stands here in full. */
  'offer.accepted': z.strictObject({ controlRoom: id, ...grantTerms, expiresAt: time }),
  'offer.declined': z.strictObject({ controlRoom: id, reason: text }),
  'offer.expired': z.strictObject({ controlRoom: id }),
  'offer.withdrawn': z.strictObject({ controlRoom: id }),
} as const;
