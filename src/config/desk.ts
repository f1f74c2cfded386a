import { z } from 'zod';
import { describe } from './fields.ts';

/** What control rooms may ask for, and how cameras are steered: settings of a camera and of all. */

export const policy = z.enum(['auto', 'confirm', 'never']);
export type Policy = z.output<typeof policy>;

export const cameraRequests = z.strictObject({
  ptz: describe(policy.optional(), 'To turn it, and to zoom, go to presets and home.'),
  zoom: describe(policy.optional(), 'To zoom; as ptz unless given.'),
  preset: describe(policy.optional(), 'To go to a preset; as ptz unless given.'),
  home: describe(policy.optional(), 'To go home; as ptz unless given.'),
  relay: describe(
    policy.optional(),
    'To switch what hangs on its outputs; the policy below unless given.',
  ),
  switch: describe(policy.optional(), 'To show it.'),
});

/** Of every camera that does not say otherwise; part of `policy`. */
export const requestPolicies = {
  ptz: describe(
    policy.default('confirm'),
    'A control room asks to turn or zoom: auto, confirm or never.',
  ),
  zoom: describe(policy.optional(), 'It asks to zoom; as ptz unless given.'),
  preset: describe(policy.optional(), 'It asks for a preset; as ptz unless given.'),
  home: describe(policy.optional(), 'It asks for the home position; as ptz unless given.'),
  relay: describe(
    policy.default('never'),
    'A control room asks to switch a light, a siren or a gate.',
  ),
  switch: describe(policy.default('confirm'), 'A control room asks for another camera.'),
  plan: describe(
    policy.default('auto'),
    'A control room that was given the right asks for a plan.',
  ),
};

/** How a camera is steered. */
export const ptz = z.strictObject({
  afterIncident: describe(
    z
      .union(
        [z.enum(['home', 'stay']), z.strictObject({ preset: z.string().trim().min(1).max(128) })],
        'write home, stay, or { preset: NAME }',
      )
      .optional(),
    'Where it goes after the incidents in which it was moved: home, { preset: NAME }, or stay. Home where it has one, unless given.',
  ),
});
