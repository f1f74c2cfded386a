import { z } from 'zod';
import { ACTIONS } from '../access/permissions.ts';
import { requestAction, requestArgs } from '../liveview/actions.ts';
import { incidentType } from '../liveview/incident-events.ts';
import { REASON_CODES } from '../liveview/reasons.ts';
import { PICTURE_STATES } from './protocol.ts';

/**
 * The shapes of the HTTP API. Input is validated by these schemas, and `/openapi.json` is made from
 * them. Unknown fields of input are refused: a misspelt field must not look as if it had worked.
 */

export const id = z.string().min(1).max(64);
export const time = z.iso.datetime().describe('RFC 3339, UTC');
export const text = z.string().max(4000);

const requestState = z.enum([
  'pending',
  'accepted',
  'running',
  'done',
  'declined',
  'failed',
  'expired',
]);

/* Input. */

export const idParams = z.object({ id });
/** What a route names whose `id` is that of an incident. */
export const INCIDENT = ({ params }: { readonly params: { readonly id: string } }) => ({
  incident: params.id,
});
export const cameraParams = z.object({ camera: id });
export const sharedCameraParams = z.object({ incident: id, camera: id });
export const liveQuery = z.object({
  codecs: z
    .string()
    .max(2_048)
    .optional()
    .describe(
      'what the player decodes (RFC 6381, comma-separated); absent: as the camera makes it',
    ),
});

export const snapshotQuery = z.object({
  width: z.coerce
    .number()
    .int()
    .min(64)
    .max(3_840)
    .exactOptional()
    .describe('scaled down to this width; a smaller picture stays as it is'),
});
export const nothing = z.object({});

export const loginBody = z.strictObject({
  username: z.string().min(1).max(256),
  password: z.string().min(1).max(1024),
  code: z.string().min(1).max(64).exactOptional(),
});
/** What the directory sends a browser back with (RFC 6749 §4.1.2, RFC 9207); whatever else it says is not read. */
export const openIdQuery = z.object({
  state: z.string().max(256).exactOptional(),
  code: z.string().max(8_192).exactOptional(),
  iss: z.string().max(1_024).exactOptional(),
  error: z.string().max(256).exactOptional(),
});
export const logoutTokenBody = z.object({ logout_token: z.string().min(1).max(16_384) });
export const requestBody = z.strictObject({
  incident: id.exactOptional(),
  action: requestAction,
  camera: id.exactOptional(),
  args: z.record(z.string().max(32), z.unknown()).default({}),
});
/** Of lists that grow as long as the gateway works: see `paged`. */
export const pageQuery = {
  before: id
    .exactOptional()
    .describe('what is over alone, before the thing of this id: the first on the page before'),
  limit: z.coerce
    .number()
    .int()
    .min(0)
    .max(500)
    .default(100)
    .describe('so many of what is over; what is going on is given with the first page, all of it'),
};
export const incidentsQuery = z.object(pageQuery);
export const requestsQuery = z.object({
  state: requestState.exactOptional(),
  incident: id.exactOptional(),
  ...pageQuery,
});
export const declineBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });
/** The operator's own hand at what hangs on a camera. */
export const switchBody = requestArgs['relay.set'];
/** The operator's own control: the action with its arguments beside it. */
export const ptzBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('ptz.move'), ...requestArgs['ptz.move'].shape }),
  z.strictObject({ action: z.literal('ptz.zoom'), ...requestArgs['ptz.zoom'].shape }),
  z.strictObject({ action: z.literal('ptz.goto'), ...requestArgs['ptz.goto'].shape }),
  z.strictObject({ action: z.literal('ptz.preset'), ...requestArgs['ptz.preset'].shape }),
  z.strictObject({ action: z.literal('ptz.home') }),
  z.strictObject({ action: z.literal('ptz.take') }),
]);
export const forceReleaseBody = z.strictObject({
  note: z.string().min(1).max(500).exactOptional().describe('why, for the journal'),
});
export const journalQuery = z.object({
  incident: id.exactOptional(),
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const demonstrationBody = z.strictObject({ script: id });
export const reportQuery = z.object({
  form: z.enum(['full', 'short']).default('full').describe('short: without names and police data'),
  language: z.enum(['nl', 'en']).default('nl'),
});

/* Answers. */

export const inWords = z.object({ nl: z.string(), en: z.string() });
const service = z.enum(['police', 'fire', 'ambulance', 'municipality', 'other']);
export const controlRoomAnswer = z
  .object({ id, name: z.string(), service })
  .meta({ id: 'ControlRoom' });
export const waysAnswer = z.object({
  password: z.boolean().describe('users of the gateway itself'),
  openid: z.object({ name: inWords }).exactOptional().describe("the centre's own directory"),
});
export const departureAnswer = z.object({ url: z.string() });
export const sessionAnswer = z
  .object({
    user: z.string(),
    name: z.string().exactOptional().describe('as the directory calls this person, to be shown'),
    role: z.string(),
    side: z.enum(['centre', 'police']),
    may: z.array(z.enum(ACTIONS)),
    controlRoom: id.exactOptional(),
    sites: z.array(id).exactOptional().describe('those that it is limited to; absent: all'),
    controlRoomName: z.string().exactOptional(),
    gateway: z.string().exactOptional(),
    controlRooms: z.array(controlRoomAnswer).exactOptional(),
    grantMinutes: z.int().exactOptional(),
    requestableSites: z
      .array(z.object({ id, name: z.string() }))
      .exactOptional()
      .describe('of which sites images may be asked by `view` (police)'),
    demonstration: z.boolean().exactOptional(),
  })
  .meta({ id: 'Session' });
const contact = z.object({
  name: z.string(),
  phone: z.string().exactOptional(),
  role: z.string().exactOptional(),
});
export const siteDetails = z
  .object({
    id,
    name: z.string(),
    address: z.string().exactOptional(),
    instructions: z.string().exactOptional(),
    contacts: z.array(contact),
  })
  .meta({ id: 'SiteDetails' });
export const siteAnswer = z
  .object({ ...siteDetails.shape, cameras: z.array(id) })
  .meta({ id: 'Site' });
const axes = z.object({ panTilt: z.boolean(), zoom: z.boolean() });
const streamPicture = z.object({
  stream: z.enum(['main', 'sub']),
  state: z.enum(PICTURE_STATES),
  code: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  since: time,
});
export const cameraAnswer = z
  .object({
    id,
    name: z.string(),
    site: id,
    ptz: z
      .object({
        continuous: axes,
        absolute: axes.exactOptional(),
        home: z.boolean(),
        presets: z.array(z.object({ token: z.string(), name: z.string() })),
      })
      .nullable()
      .exactOptional()
      .describe('what can be asked; null for a fixed camera, absent while not known'),
    outputs: z
      .array(
        z.object({
          id,
          kind: z.enum(['light', 'siren', 'gate', 'other']),
          name: inWords,
          pulseMs: z.number().exactOptional().describe('it is on for so long; absent: it stays on'),
          only: z
            .enum(['on', 'off'])
            .exactOptional()
            .describe('for a control room: what of it may be asked, where that is not both'),
        }),
      )
      .exactOptional()
      .describe('what can be switched at it, by `relay.set`'),
    on: z
      .array(
        z.object({
          output: id,
          since: time,
          user: z.string().exactOptional(),
          controlRoom: id.exactOptional(),
          unsure: z
            .literal(true)
            .exactOptional()
            .describe('the camera did not confirm what it was told last: it may be on or off'),
          error: z.string().exactOptional().describe('why, at the centre'),
        }),
      )
      .exactOptional()
      .describe('what is switched on now, for all that is known'),
    holder: z
      .object({
        who: z.enum(['you', 'centre', 'room', 'other']),
        user: z.string().exactOptional(),
        role: z.string().exactOptional(),
        controlRoom: id.exactOptional(),
        since: time.exactOptional(),
        lastUsed: time.exactOptional(),
        until: time.exactOptional().describe('when it ends, unless the camera is used again'),
      })
      .nullable()
      .exactOptional()
      .describe('who has the camera now; null when it is free (centre)'),
    astray: z
      .object({ reason: z.string(), since: time })
      .exactOptional()
      .describe('why it did not return after the incidents in which it was moved (centre)'),
    pictures: z
      .array(streamPicture)
      .exactOptional()
      .describe('how the pictures of its streams are, of those that are pulled now (centre)'),
    sharing: z
      .object({
        never: z.boolean().exactOptional(),
        hours: z.array(z.string()).exactOptional(),
        days: z.array(z.string()).exactOptional(),
        timezone: z.string(),
        types: z.array(incidentType).exactOptional(),
      })
      .exactOptional()
      .describe(
        "the owner's word, as in the configuration; absent when it is shared freely (centre)",
      ),
  })
  .meta({ id: 'Camera' });
export const requestAnswer = z
  .object({
    id,
    incident: id.nullable(),
    action: requestAction,
    camera: id.exactOptional(),
    args: z.record(z.string(), z.unknown()),
    user: z.string(),
    controlRoom: id.exactOptional(),
    createdAt: time,
    state: requestState,
    reason: z.string().exactOptional(),
    reasonCode: z
      .enum(REASON_CODES)
      .exactOptional()
      .describe('stable; absent when a person wrote the reason'),
    by: z.string().exactOptional(),
  })
  .meta({ id: 'Request' });
const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const entryAnswer = z
  .object({
    seq: z.int(),
    timeUnixUs: z.int(),
    kind: z.string(),
    actor: z
      .object({
        user: z.string(),
        role: z.string(),
        controlRoom: id.exactOptional(),
        address: z.string().exactOptional(),
      })
      .exactOptional()
      .describe('absent, like data, when the content was removed after its term'),
    incident: id.exactOptional(),
    data: z.record(z.string(), z.unknown()).exactOptional(),
    content: hash.exactOptional().describe('SHA-256 of the content that was removed'),
    previousHash: hash,
    hash,
  })
  .meta({ id: 'Entry' });
export const demonstrationAnswer = z.object({
  scripts: z.array(
    z.object({
      id,
      title: inWords,
      steps: z.array(z.object({ afterSeconds: z.number(), text: inWords })),
      seconds: z.number(),
    }),
  ),
  running: z
    .object({
      ...{ script: id, since: time },
      failedSeconds: z
        .array(z.number())
        .describe('`afterSeconds` of steps that should have happened and did not'),
    })
    .nullable(),
});
export const headAnswer = z.object({ seq: z.int(), hash });
export const healthAnswer = z.object({ status: z.literal('ok') });
export const readinessAnswer = z.object({
  ready: z.boolean(),
  problems: z.array(z.string()).exactOptional(),
});
export const problemAnswer = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; match on this'),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem' });
