import { z } from 'zod';
import { whole } from './actions.ts';
import { optional, text } from './event-fields.ts';

/** The name of a user of the centre; of somebody of the directory up to 255 characters after `openid:`. */
export const colleague = whole.min(1).max(262);
const note = optional(text.min(1).max(1_000));

/** An incident passes from one operator to another: offered and answered, or taken. */
export const handoverEvents = {
  'handover.offered': z.strictObject({ to: colleague, note }),
  'handover.accepted': z.strictObject({}),
  'handover.declined': z.strictObject({ reason: text.min(1).max(1_000) }),
  'handover.withdrawn': z.strictObject({}),
  'handover.taken': z.strictObject({ note }),
} as const;
