import { z } from 'zod';
import { id } from './actions.ts';
import { optional } from './event-fields.ts';

/** What a viewer measured, in its own words. */
const viewerWords = z.strictObject({
  reports: z.int().min(1),
  delayP50Ms: z.int().min(0),
  delayP95Ms: z.int().min(0),
  delayMaxMs: z.int().min(0),
  decoded: z.int().min(0),
  dropped: z.int().min(0),
});

/** Who watches, from when to when. */
export const viewingEvents = {
  'viewing.started': z.strictObject({ viewing: id, camera: id }),
  'viewing.ended': z.strictObject({
    viewing: id,
    camera: id,
    reason: z.string().max(200),
    bytes: optional(z.int().min(0)),
    pictures: optional(z.int().min(0)),
    dropped: optional(z.int().min(0)),
    /** From its start until the first picture left; absent when none did. */
    firstPictureMs: optional(z.int().min(0)),
    saidByViewer: optional(viewerWords),
  }),
} as const;
