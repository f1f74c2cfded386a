import { z } from 'zod';
import { pictureName, placement } from '../liveview/plan-events.ts';
import { id, time } from './schemas.ts';

/** The shapes of the API about plans and images. */

const page = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .exactOptional()
  .describe('of a PDF, from 1; needed where it has more than one');

/* Input. */

export const plansQuery = z.object({ site: id.exactOptional() });
export const planCameraParams = z.object({ id, camera: id });
export const sharedPlanParams = z.object({ incident: id, plan: id });
export const sharedImageParams = z.object({ incident: id, image: id });
/** Besides the part named `file`. */
export const planFields = z.strictObject({ site: id, name: pictureName, page });
export const imageFields = z.strictObject({ name: pictureName, page });
export const placementBody = placement;
export const stillBody = z.strictObject({ camera: id });

/* Answers. */

const placedCamera = z.object({ camera: id, ...placement.shape }).meta({ id: 'PlacedCamera' });
/** What everybody who may see it is told. */
const planFacts = {
  id,
  name: z.string(),
  width: z.int().describe('pixels'),
  height: z.int(),
  cameras: z.array(placedCamera),
};
export const planAnswer = z
  .object({
    ...planFacts,
    site: id,
    origin: z
      .enum(['uploaded', 'configured'])
      .describe('configured: named in the configuration file'),
    addedAt: time,
    addedBy: z.string(),
  })
  .meta({ id: 'Plan' });
export const incidentPlanAnswer = z.object(planFacts).meta({ id: 'IncidentPlan' });
export const imageAnswer = z
  .object({
    id,
    name: z.string(),
    picture: z.object({
      sha256: z.string(),
      type: z.enum(['png', 'jpeg']),
      width: z.int(),
      height: z.int(),
      bytes: z.int(),
    }),
    camera: id.exactOptional().describe('that it is a still of'),
    addedAt: time,
    addedBy: z.string(),
  })
  .meta({ id: 'Image' });
