import { z } from 'zod';
import { id, whole } from './actions.ts';
import { optional } from './event-fields.ts';

/** Of a plan or an image. */
export const pictureName = whole.trim().min(1).max(120);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const positive = z.int().min(1);
const picture = z.strictObject({
  sha256,
  type: z.enum(['png', 'jpeg']),
  width: positive,
  height: positive,
  bytes: positive,
});
const source = z.strictObject({
  type: z.enum(['png', 'jpeg', 'webp', 'pdf']),
  bytes: positive,
  sha256,
  page: optional(positive),
  pages: optional(positive),
});
const fraction = z.number().min(0).max(1);
const degrees = z.number().min(1).max(360);

export const placement = z.strictObject({
  x: fraction.describe('of the width of the plan, from its left'),
  y: fraction.describe('of its height, from the top'),
  heading: z
    .number()
    .min(0)
    .lt(360)
    .describe('degrees clockwise from the top of the plan; where pan is 0'),
  fieldOfView: degrees.describe('degrees, as wide as the camera goes'),
  range: z.number().min(0.01).max(2).describe('as a fraction of the width of the plan'),
  degreesPerPan: optional(
    z
      .number()
      .min(-360)
      .max(360)
      .describe('degrees clockwise for a pan of 1; absent: not followed'),
  ),
  fieldOfViewZoomed: optional(degrees.describe('degrees at full zoom; absent: not followed')),
});

/** What happens to plans of sites, to images of incidents, and who was shown which. */
export const planEvents = {
  /** The same id again: another picture of the same plan, as when its file was changed. */
  'plan.added': z.strictObject({
    plan: id,
    site: id,
    name: pictureName,
    origin: z.enum(['uploaded', 'configured']),
    picture,
    source,
  }),
  'plan.removed': z.strictObject({ plan: id, site: id, name: pictureName, sha256 }),
  'plan.placed': z.strictObject({ plan: id, camera: id, placement }),
  'plan.unplaced': z.strictObject({ plan: id, camera: id }),
  /** Written before the bytes leave for a control room; as many as are sent at most. */
  'plan.disclosed': z.strictObject({ plan: id, name: pictureName, sha256, bytes: positive }),
  'image.added': z.strictObject({
    image: id,
    name: pictureName,
    picture,
    source,
    /** That it is a still of. */
    camera: optional(id),
  }),
  'image.removed': z.strictObject({
    image: id,
    name: pictureName,
    sha256,
    /** `term`: it had been kept for as long as the configuration says. */
    why: z.enum(['removed', 'term']),
  }),
  'image.disclosed': z.strictObject({ image: id, name: pictureName, sha256, bytes: positive }),
} as const;
