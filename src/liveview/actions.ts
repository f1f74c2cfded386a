import { z } from 'zod';

/**
 * What can be asked for, and the shape and bounds of its arguments: the socket, the API and the
 * journal all mean this.
 */
export const MAX_TILES = 9;
/** The layouts that a screen can have, and how many tiles each shows. */
export const LAYOUT_TILES = { '1': 1, '2x2': 4, '1+3': 4, '3x3': 9 } as const;
export const screenLayout = z.enum(['1', '2x2', '1+3', '3x3']);
/** Of an incident, a share or an alarm. */
export const MAX_CAMERAS = 64;

/** Half of a surrogate pair has no UTF-8, and so no place in the journal. */
export const whole = z
  .string()
  .refine((text) => !/\p{Surrogate}/u.test(text), 'holds half a character');
export const id = whole.min(1).max(64);
const tile = z
  .int()
  .min(0)
  .max(MAX_TILES - 1);
const velocity = z.number().min(-1).max(1);
const optional = z.exactOptional;

const axes = z.strictObject({
  pan: optional(velocity),
  tilt: optional(velocity),
  zoom: optional(velocity),
});
const position = axes.extend({ zoom: optional(z.number().min(0).max(1)) });
const someAxis = (value: object) => Object.keys(value).length > 0;
/** An action and its arguments, as they are asked for and journalled. */
export const requestArgs = {
  'ptz.move': axes.refine(someAxis, 'name at least one axis'),
  'ptz.zoom': z.strictObject({ zoom: velocity }),
  'ptz.goto': position.refine(someAxis, 'name at least one axis'),
  'ptz.preset': z.strictObject({ preset: id }),
  'ptz.home': z.strictObject({}),
  /** The camera is the asker's until it is released, or not used for a while. */
  'ptz.take': z.strictObject({}),
  'relay.set': z.strictObject({ output: id, on: z.boolean() }),
  'camera.switch': z.strictObject({ tile, camera: id }),
  'plan.show': z.strictObject({ tile, plan: id }),
} as const;
export const deskAction = z.enum([
  'ptz.move',
  'ptz.zoom',
  'ptz.goto',
  'ptz.preset',
  'ptz.home',
  'ptz.take',
  'relay.set',
  'camera.switch',
  'plan.show',
]);
export const requestAction = z.enum([...deskAction.options, 'view', 'note']);

const policy = optional(z.enum(['auto', 'confirm', 'never']));
/** What a grant says of requests. */
export const requestPolicies = z.strictObject({
  ptz: policy,
  zoom: policy,
  preset: policy,
  home: policy,
  relay: policy,
  switch: policy,
  plan: policy,
});
