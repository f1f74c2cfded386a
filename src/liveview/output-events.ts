import { z } from 'zod';
import { id } from './actions.ts';
import { optional } from './event-fields.ts';

const place = { request: id, camera: id, output: id };

/** What is switched at the relay outputs of cameras. */
export const outputEvents = {
  /** Written before it is switched. `lasts`: it stays on until somebody or something switches it off. */
  'output.intent': z.strictObject({
    ...place,
    on: z.boolean(),
    lasts: optional(z.literal(true)),
    /** By which it can be switched off when it is configured no longer. */
    contact: optional(z.strictObject({ token: optional(id), leftOpen: optional(z.literal(true)) })),
  }),
  /**
   * How it went. `stays`: for all that is known it is on now. Switching off what may be left on by
   * nobody needs no intent, like a Stop; `why` says what it was for. `overtaken`: it was switched on
   * anew meanwhile, of which this says nothing.
   */
  'output.outcome': z.strictObject({
    ...place,
    on: z.boolean(),
    ok: z.boolean(),
    stays: z.boolean(),
    overtaken: optional(z.literal(true)),
    why: optional(z.string()),
    error: optional(z.string()),
    /** From the sending to the camera's answer. */
    tookMs: optional(z.number().min(0)),
  }),
} as const;
