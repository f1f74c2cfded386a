import { z } from 'zod';
import { id } from './actions.ts';
import { args, optional } from './event-fields.ts';
import { REASON_CODES } from './reasons.ts';

const place = { request: id, camera: optional(id) };
const person = { user: z.string(), controlRoom: optional(id) };

/** Who has a camera, and what is done to it. */
export const deskEvents = {
  /** `request`: by which it was asked for in so many words; a movement takes a camera without one. */
  'control.taken': z.strictObject({
    camera: id,
    request: optional(id),
    from: optional(z.strictObject(person)),
  }),
  /** The actor is whoever ended it; `user` and `controlRoom` are of whoever had it. */
  'control.released': z.strictObject({
    camera: id,
    ...person,
    why: z.enum(REASON_CODES),
    note: optional(z.string().max(500)),
  }),
  /**
   * After the incidents in which a camera was moved: it was sent to its place, is left where it is, or
   * did not take it, of which the operator is told.
   */
  'return.ended': z.strictObject({
    camera: id,
    outcome: z.enum(['returned', 'stayed', 'given-up']),
    reason: optional(z.string().max(500)),
  }),
  /** Written before a camera is moved. */
  'desk.intent': z.strictObject({ ...place, command: z.string(), args }),
  'desk.outcome': z.strictObject({
    ...place,
    command: z.string(),
    /** Of a Stop: what it was sent for. */
    why: optional(z.string()),
    ok: z.boolean(),
    error: optional(z.string()),
  }),
} as const;
