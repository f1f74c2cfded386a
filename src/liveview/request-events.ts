import { z } from 'zod';
import { deskAction, id } from './actions.ts';
import { args, optional, reasonCode, text } from './event-fields.ts';

const place = { request: id, camera: optional(id) };

/** What is asked for, and what becomes of it. */
export const requestEvents = {
  /**
   * `decided` says how it starts: asked of the operator, accepted at once, or refused by policy.
   * `replaces`: the same question of the same asker, which nobody need decide any more.
   */
  'request.made': z.strictObject({
    ...place,
    action: deskAction,
    args,
    decided: z.enum(['pending', 'accepted', 'declined']),
    reason: optional(text),
    reasonCode,
    by: optional(id),
    replaces: optional(id),
  }),
  /** `lapsed`: the joystick was released before the decision, nothing moves. `shares`: the camera that a switch adds to the grant. */
  'request.accepted': z.strictObject({
    request: id,
    lapsed: optional(z.literal(true)),
    shares: optional(id),
  }),
  /** Without a code when a person wrote the reason. */
  'request.declined': z.strictObject({ request: id, reason: text, reasonCode }),
  'request.expired': z.strictObject({ request: id, reason: text, reasonCode }),
  'request.done': z.strictObject({ request: id, reason: optional(text), reasonCode }),
  'request.failed': z.strictObject({ request: id, reason: text, reasonCode }),
} as const;
