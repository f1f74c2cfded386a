import { z } from 'zod';
import { policy } from './desk.ts';
import { describe, id } from './fields.ts';

/** What hangs on the relay outputs of a camera: lights, sirens, gates. */

const words = z.string().trim().min(1, 'write a name').max(60);

/** A pulse is a button that is pressed; a day is longer than any incident needs a light. */
const MAX_PULSE_SECONDS = 60;
const MAX_SECONDS = 86_400;

const output = z
  .strictObject({
    id: describe(id, 'Short name in commands; never changes.'),
    name: describe(
      z.union([words, z.strictObject({ nl: words, en: words })]),
      'Shown in the consoles: a name, or { nl: …, en: … }.',
    ),
    kind: describe(
      z.enum(['light', 'siren', 'gate', 'other']).default('other'),
      'light, siren, gate or other: what is on when nobody looks any more is switched off, except an open gate.',
    ),
    token: describe(
      z.string().min(1).max(64).optional(),
      'As the camera calls it (`liveview probe` lists them); may be left out when it has one.',
    ),
    pulseSeconds: describe(
      z.number().min(0.1).max(MAX_PULSE_SECONDS).optional(),
      'A pulse of this long, as of a button; a gate has one of 1 s unless held is true.',
    ),
    held: describe(
      z.literal(true).optional(),
      'Of a gate: its contact is held while it is open. It is closed by people only.',
    ),
    maxSeconds: describe(
      z.number().min(1).max(MAX_SECONDS).optional(),
      'What stays on is switched off after this long; 3600 of a light, 180 of anything else.',
    ),
    idle: describe(
      z.enum(['open', 'closed']).optional(),
      'How the contact is while it is off; as the camera is set up unless given.',
    ),
    requests: describe(
      z
        .union([policy, z.strictObject({ on: policy.optional(), off: policy.optional() })])
        .optional(),
      'What a control room may ask: auto, confirm or never, or { on: …, off: … }.',
    ),
  })
  .refine(
    ({ kind, held }) => held === undefined || kind === 'gate',
    'held is for a gate; anything else stays on unless it has pulseSeconds',
  )
  .refine(
    ({ pulseSeconds, held }) => pulseSeconds === undefined || held === undefined,
    'write pulseSeconds or held, not both',
  )
  .refine(
    ({ kind, maxSeconds }) => kind !== 'gate' || maxSeconds === undefined,
    'leave maxSeconds out: no clock closes a gate on somebody',
  )
  .refine(
    ({ pulseSeconds, maxSeconds }) => pulseSeconds === undefined || maxSeconds === undefined,
    'write pulseSeconds or maxSeconds, not both',
  );
export type OutputConfig = z.output<typeof output>;

export const outputs = z
  .array(output)
  .max(16, 'a camera has at most 16 outputs')
  .default([])
  .refine(
    (all) => new Set(all.map(({ id: each }) => each)).size === all.length,
    'give each output its own id',
  )
  .refine((all) => {
    const tokens = all.flatMap(({ token }) => token ?? []);
    return new Set(tokens).size === tokens.length;
  }, 'give each output its own token: the end of a pulse of one would close what another holds open')
  .refine(
    (all) => all.length < 2 || all.every(({ token }) => token !== undefined),
    'name the token of each output where there are several',
  );
