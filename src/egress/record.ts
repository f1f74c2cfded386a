import { z } from 'zod';

/**
 * What left the gateway, as it was counted at the sockets: JSON Lines, appended and never changed. Each file
 * begins with a `begun` line. Totals are of the whole flow, so that of what is said about it only the last
 * counts, and a line that was lost is made good by the next.
 *
 * `entry`, `since` and `upTo` are places in the journal: the newest entry that there was at the moment.
 * By them, and not by a clock that may be set, what left is compared with what was journalled.
 */
export const FORMAT = 'liveview.egress.v1';

/** What has not been written down of a flow that goes on is at most this old. */
export const WRITE_EVERY_MS = 10_000;

const count = z.int().min(0);
const text = z.string().max(500);

/** To whom pictures leave, of what, and by which way; what nobody has told is not there. */
const aboutSchema = z.strictObject({
  side: z.enum(['centre', 'police']),
  via: z.enum(['live', 'live.ws', 'live.mp4', 'snapshot', 'picture', 'http']),
  user: z.exactOptional(text),
  controlRoom: z.exactOptional(text),
  address: z.exactOptional(text),
  incident: z.exactOptional(text),
  camera: z.exactOptional(text),
  /** As the journal calls it. */
  viewing: z.exactOptional(text),
  plan: z.exactOptional(text),
  image: z.exactOptional(text),
  /** Where it was sent without anybody saying what it is. */
  path: z.exactOptional(text),
  channel: z.exactOptional(count),
});
export type FlowAbout = z.output<typeof aboutSchema>;

const totals = {
  bytes: count,
  /** The newest entry when the last of them was handed to the socket, and when that was. */
  upTo: count,
  toUnixUs: z.int(),
  /** Nothing more will come. */
  ended: z.exactOptional(z.literal(true)),
};

/** One process of a gateway; another file of the same run begins with the same number. */
const begunSchema = z.strictObject({
  format: z.literal(FORMAT),
  run: z.string().regex(/^[0-9a-f]{16}$/),
  entry: count,
  atUnixUs: z.int(),
});
/** The first that is said of a flow in a file. */
const flowSchema = z.strictObject({
  flow: count,
  about: aboutSchema,
  since: count,
  fromUnixUs: z.int(),
  ...totals,
});
const moreSchema = z.strictObject({ flow: count, ...totals });
/** All that had left when the journal was at `entry` is above; `stopped`: and nothing came after. */
const markSchema = z.strictObject({
  entry: count,
  atUnixUs: z.int(),
  stopped: z.exactOptional(z.literal(true)),
});

export const lineSchema = z.union([begunSchema, flowSchema, moreSchema, markSchema]);
export type BegunLine = z.output<typeof begunSchema>;
export type FlowLine = z.output<typeof flowSchema>;
export type MoreLine = z.output<typeof moreSchema>;
export type MarkLine = z.output<typeof markSchema>;
export type EgressLine = z.output<typeof lineSchema>;
