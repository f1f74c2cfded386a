import { z } from 'zod';
import { MAX_CAMERAS, MAX_TILES, requestPolicies, screenLayout } from '../liveview/actions.ts';
import { right } from '../liveview/grant-events.ts';
import { incidentType, outcome } from '../liveview/incident-events.ts';
import { INCIDENT_STATES } from '../liveview/incident-machine.ts';
import { OFFER_STATES } from '../liveview/offer-machine.ts';
import { incidentAlarmAnswer } from './alarm-schemas.ts';
import { handoverAnswer, readMark, stepAnswer } from './casework-schemas.ts';
import { imageAnswer, incidentPlanAnswer } from './plan-schemas.ts';
import { cameraAnswer, id, siteDetails, text, time } from './schemas.ts';

/** The shapes of incidents in the HTTP API, and of what is done to them. */

const count = z.int().min(0).max(9_999);
const priority = z.int().min(1).max(5).nullable();
const counts = z.strictObject({
  robbers: count.exactOptional(),
  weapons: count.exactOptional(),
  injured: count.exactOptional(),
});
const cameraList = z.array(id).max(MAX_CAMERAS);
const tile = z.union([
  z.strictObject({ camera: id }),
  z.strictObject({ plan: id }),
  z.strictObject({ image: id }),
  z.strictObject({ empty: z.literal(true) }),
]);
const screen = z
  .strictObject({
    tiles: z.array(tile).max(MAX_TILES),
    focus: z
      .int()
      .min(0)
      .max(MAX_TILES - 1)
      .nullable()
      .describe('index of the tile shown large, or null'),
    layout: screenLayout.exactOptional().describe('absent: what suits the tiles'),
  })
  .meta({ id: 'Screen' });

/* Input. */

export const grantParams = z.object({ id, controlRoom: id });
export const openIncidentBody = z.strictObject({
  type: incidentType.exactOptional().describe('by the alarm unless told'),
  site: id.exactOptional().describe('that of the alarm unless told'),
  summary: text.exactOptional(),
  cameras: cameraList.exactOptional().describe('those of the alarm unless told'),
  alarm: id.exactOptional().describe('the alarm that it is opened from'),
});
export const updateIncidentBody = z.strictObject({
  type: incidentType.exactOptional(),
  summary: text.exactOptional(),
  priority: priority.exactOptional(),
  counts: counts.exactOptional(),
  note: text.min(1).exactOptional().describe('added to the notes'),
});
const grantRequests = requestPolicies.describe(
  "what becomes of this control room's requests, in place of what the cameras say; their never stays",
);
const terms = {
  cameras: cameraList.min(1),
  rights: z.array(right).min(1).max(4),
  expiresInMinutes: z.int().min(1).max(1440).exactOptional(),
  requests: grantRequests.exactOptional(),
};
export const grantBody = z.strictObject(terms);
/** Of a request for images the terms of the share; of others nothing. */
export const acceptBody = z.strictObject({
  cameras: terms.cameras.exactOptional(),
  rights: terms.rights.exactOptional(),
  expiresInMinutes: terms.expiresInMinutes,
  requests: terms.requests,
  type: incidentType.exactOptional().describe('of the incident, when it is another than was told'),
});
export const extendBody = z.strictObject({
  minutes: z
    .int()
    .min(1)
    .max(1440)
    .exactOptional()
    .describe('from now; as long as a new share unless given'),
});
export const withdrawQuery = z.object({
  camera: id.exactOptional().describe('this camera alone; all that is shared unless given'),
});
export const screenBody = z.strictObject({
  tiles: screen.shape.tiles,
  focus: screen.shape.focus.default(null),
  layout: screen.shape.layout,
});
export const closeBody = z.strictObject({ outcome, note: text.default('') });

/* Answers. */

const grantAnswer = z
  .object({
    controlRoom: id,
    cameras: z.array(id),
    rights: z.array(right),
    requests: grantRequests.exactOptional(),
    grantedAt: time,
    grantedBy: z.string(),
    expiresAt: time,
  })
  .meta({ id: 'Grant' });
const offerState = z.enum(OFFER_STATES);
const offer = z.object({
  controlRoom: id,
  cameras: z.array(id),
  rights: z.array(right),
  requests: grantRequests.exactOptional(),
  minutes: z.int().describe('how long the share lasts from its acceptance'),
  offeredAt: time,
  offeredBy: z.string(),
  expiresAt: time,
  state: offerState,
  by: z.string().exactOptional(),
  decidedAt: time.exactOptional(),
  reason: z.string().exactOptional(),
});
export const offerAnswer = z
  .object({
    incident: id,
    state: offerState,
    type: incidentType,
    site: z.object({ id, name: z.string() }),
    priority,
    summary: z.string(),
    alarms: z.array(incidentAlarmAnswer),
    rights: z.array(right),
    offeredAt: time,
    offeredBy: z.string(),
    expiresAt: time,
  })
  .meta({ id: 'Offer' });
const note = z.object({
  at: time,
  by: z.string().exactOptional().describe('absent when another control room wrote it'),
  controlRoom: id.exactOptional(),
  text: z.string(),
});
export const incidentAnswer = z
  .object({
    id,
    type: incidentType,
    site: id,
    summary: z.string(),
    priority,
    counts: z.object(counts.shape),
    cameras: z.array(id),
    state: z
      .enum(INCIDENT_STATES)
      .describe('`shared` while at least one share is in force; a control room sees no other'),
    openedAt: time,
    openedBy: z.string(),
    responsible: z.string().exactOptional().describe('the operator who answers for it'),
    handover: handoverAnswer.exactOptional().describe('the newest, whatever became of it (centre)'),
    closedAt: time.exactOptional(),
    closedBy: z.string().exactOptional(),
    outcome: outcome.exactOptional(),
    closingNote: z.string().exactOptional(),
    grants: z.array(grantAnswer),
    screen,
    notes: z.array(note).describe('the running log, oldest first'),
    reads: z
      .array(readMark)
      .exactOptional()
      .describe('how far it was read, by whom; for a control room its own and the centre'),
    closingSteps: z
      .array(stepAnswer)
      .exactOptional()
      .describe('what the centre wants done before closing (centre)'),
    alarms: z.array(incidentAlarmAnswer).exactOptional(),
    offers: z
      .array(offer)
      .exactOptional()
      .describe('the newest to each control room, whatever became of it (centre)'),
    requestedBy: z
      .object({ user: z.string(), controlRoom: id, at: time, request: id })
      .exactOptional()
      .describe('who asked for images; absent when the centre began'),
    siteDetails: siteDetails.exactOptional(),
    cameraDetails: z.array(cameraAnswer),
    neighbours: z.array(z.object({ id, name: z.string() })).exactOptional(),
    plans: z
      .array(incidentPlanAnswer)
      .describe('of the site; for a control room those that it sees or may ask for'),
    images: z
      .array(imageAnswer)
      .exactOptional()
      .describe('stills and others; for a control room those on its screen'),
  })
  .meta({ id: 'Incident' });
