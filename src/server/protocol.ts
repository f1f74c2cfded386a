import { z } from 'zod';
import { requestAction } from '../liveview/actions.ts';
import type { Incident, LiveRequest, RequestState, Screen } from '../liveview/model.ts';
import type { OfferHeadline } from '../liveview/offer-model.ts';
import type { CameraSight } from '../liveview/plan-pointing.ts';
import type { ReasonCode } from '../liveview/reasons.ts';
import type { AlarmView, ControlView } from './views.ts';

/**
 * The live socket, subprotocol `liveview.v1` (docs/reference/protocol.md). What clients send is
 * validated by these schemas; what the gateway sends has these types. Nothing here runs in a client:
 * it imports the types only.
 */
export const SUBPROTOCOL = 'liveview.v1';

const id = z.string().min(1).max(64);
const channel = z.int().min(0).max(65_535);

/** `auto`, `main`, `sub`, or the name of a rung of the configuration; there is always `low`. */
export const quality = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'this is no quality');
export const mediaFormat = z.enum(['fmp4', 'mpeg1']);

export const helloMessage = z.object({
  type: z.literal('hello'),
  protocol: z.literal(1),
  /** What the player can decode, RFC 6381, e.g. `avc1.640028`. */
  codecs: z.array(z.string().max(64)).max(32),
  formats: z.array(mediaFormat).min(1).max(4),
  client: z.string().max(128).default('unknown'),
  token: z.string().max(512).optional(),
});
export const watchMessage = z.object({
  type: z.literal('watch'),
  channel,
  camera: id,
  incident: id.optional(),
  quality: quality.default('auto'),
});
export const unwatchMessage = z.object({ type: z.literal('unwatch'), channel });
export const followMessage = z.object({ type: z.literal('follow'), incident: id });
export const unfollowMessage = z.object({ type: z.literal('unfollow'), incident: id });

export const requestMessage = z.object({
  type: z.literal('request'),
  /** Chosen by the client, unique on this socket; `hold`, `release` and the answers carry it. */
  id,
  /** Required for a control room; an operator may steer a camera outside an incident. */
  incident: id.optional(),
  action: requestAction,
  camera: id.optional(),
  args: z.record(z.string(), z.unknown()).default({}),
});
export const holdMessage = z.object({ type: z.literal('hold'), id });
export const releaseMessage = z.object({ type: z.literal('release'), id });
/** Gives up a camera that the caller has; of a camera that others have, nothing happens. */
export const freeMessage = z.object({ type: z.literal('free'), camera: id });
export const pingMessage = z.object({ type: z.literal('ping'), t0: z.number() });
export const statsMessage = z.object({
  type: z.literal('stats'),
  channel,
  latencyMs: z.number(),
  bufferedMs: z.number(),
  decoded: z.int().min(0),
  dropped: z.int().min(0),
});

export const clientMessage = z.discriminatedUnion('type', [
  helloMessage,
  watchMessage,
  unwatchMessage,
  followMessage,
  unfollowMessage,
  requestMessage,
  holdMessage,
  releaseMessage,
  freeMessage,
  pingMessage,
  statsMessage,
]);

/** What a client sends, as it may write it (defaults may be left out). */
export type ClientMessage = z.input<typeof clientMessage>;
/** What the gateway makes of it (defaults filled in). */
export type ParsedClientMessage = z.output<typeof clientMessage>;
/** How the pictures of a camera are; docs/reference/protocol.md says what each means. */
export const PICTURE_STATES = [
  'connecting',
  'ok',
  'no-connection',
  'signal-lost',
  'stalled',
  'time-frozen',
  'clock-drift',
] as const;
export type PictureState = (typeof PICTURE_STATES)[number];

export type Quality = 'auto' | 'main' | 'sub' | 'low' | (string & {});

/** Undefined for what is no message of a client. */
export function parseClientMessage(text: string): ParsedClientMessage | undefined {
  try {
    return clientMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export interface WelcomeMessage {
  type: 'welcome';
  session: string;
  user: string;
  role: string;
  controlRoom?: string;
  heartbeatMs: number;
  /** RFC 3339 UTC. */
  serverTime: string;
}

export interface WatchingMessage {
  type: 'watching';
  channel: number;
  camera: string;
  format: 'fmp4' | 'mpeg1';
  codec: string;
  width: number;
  height: number;
  generation: number;
  /** What was chosen. */
  quality: Quality;
  /** The pictures are made anew, because of the quality that was asked or of `hello.codecs`. */
  transcoded?: boolean;
}

/** The truth about the camera behind a channel, as soon as it is not `ok` and at each change. */
export interface PictureMessage {
  type: 'picture';
  channel: number;
  state: PictureState;
  /** Of `no-connection`: why; absent for a control room where it could tell more than that. */
  code?: string;
  /** For people, in full at the centre. */
  reason?: string;
  /** RFC 3339 UTC; for missing pictures the moment of the last one. */
  since: string;
}

/** What the cameras on the plans of a screen that is followed see now, of those that are followed. */
export interface PointingMessage {
  type: 'pointing';
  incident: string;
  /** All that is known; a camera that turns and is not among them points nobody knows where. */
  sights: readonly PlanSight[];
}

export interface PlanSight extends CameraSight {
  readonly plan: string;
}

/** Sent on every change. `id` is the client's own for whoever asked on this socket, else the gateway's. */
export interface RequestStateMessage {
  type: 'request';
  id: string;
  state: RequestState;
  reason?: string;
  /** Absent when an operator typed `reason`. */
  reasonCode?: ReasonCode;
  by?: string;
  /** The whole request, with the gateway's id, which `/v1/requests/{id}/accept` takes. */
  request: LiveRequest;
}

/** How a camera is at the desk, at each change. One that was never told of is free, and at its place. */
export interface ControlMessage extends ControlView {
  type: 'control';
  camera: string;
  /** Only to whoever had the camera until now, when nobody has it any more: why. */
  why?: ReasonCode;
}

/**
 * At the centre: whether what is done is recorded. Told when it is not, and when it is again. While it is
 * not, nothing is shared, nobody begins to watch and no camera moves; what goes on may be ended.
 */
export interface RecordingMessage {
  type: 'recording';
  recording: boolean;
  /** RFC 3339 UTC; since when it is not. */
  since?: string;
}

export type ServerMessage =
  | WelcomeMessage
  | WatchingMessage
  | PictureMessage
  | { type: 'dropped'; channel: number; frames: number }
  | { type: 'ended'; channel: number; code: string; reason: string }
  | { type: 'incident'; incident: Incident }
  | PointingMessage
  | { type: 'alarm'; alarm: AlarmView }
  | ({ type: 'screen'; incident: string } & Screen)
  | { type: 'offer'; offer: OfferHeadline }
  | RequestStateMessage
  | ControlMessage
  | RecordingMessage
  | { type: 'pong'; t0: number; t1: number }
  | { type: 'error'; code: string; message: string; ref?: string | number };

/**
 * Binary messages:
 *
 *   0        1        2               4                               8
 *   +--------+--------+---------------+-------------------------------+------------ ... -+
 *   |  kind  | flags  |    channel    |  number of the fragment (u32) | capture time u64 |
 *   +--------+--------+---------------+-------------------------------+------------ ... -+
 *   16: payload
 *
 * Big-endian. kind: 1 init segment, 2 media fragment, 3 MPEG-TS. flags: bit 0 key frame, bit 1
 * pictures were dropped before this one. Capture time: Unix µs at which the last byte of the picture
 * reached the gateway.
 */
export const BINARY_HEADER_LENGTH = 16;
