import { z } from 'zod';
import { id } from './actions.ts';
import { reasonCode, text, tiles, time } from './event-fields.ts';
import { grantTerms } from './grant-events.ts';
import { incidentType } from './incident-events.ts';

/** What a control room tells when it asks for images of a site. */
export const viewArgs = z.strictObject({
  site: id,
  text: text.min(1).max(1_000),
  type: incidentType.exactOptional(),
});

/** A control room asks for images of a site, in an incident that begins with that. */
export const imageRequestEvents = {
  'images.asked': z.strictObject({ request: id, site: id, type: incidentType, text }),
  /** The share begins: what it covers stands here in full. */
  'images.granted': z.strictObject({
    request: id,
    ...grantTerms,
    expiresAt: time,
    type: incidentType.exactOptional(),
    tiles,
  }),
  /** Without a code when a person wrote the reason. */
  'images.declined': z.strictObject({ request: id, reason: text, reasonCode }),
  'images.expired': z.strictObject({ request: id }),
} as const;
