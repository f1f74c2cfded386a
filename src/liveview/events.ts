import { z } from 'zod';
import { rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Actor, Entry, JsonObject } from '../journal/record.ts';
import { id, MAX_CAMERAS, MAX_TILES, requestAction, requestArgs, whole } from './actions.ts';
import { alarmEvents } from './alarm-events.ts';
import { REASON_CODES } from './reasons.ts';

/**
 * What can happen in Live View: the kinds of journal entries that make up the state, and the shape
 * and bounds of their data. The same schemas check what commands want to record and what is read
 * back at start. Other kinds (logins, desk and so on) live in the journal beside these.
 */
const text = whole.trim().max(4_000);
const time = z.iso.datetime();
const cameras = z.array(id).max(MAX_CAMERAS);
const count = z.int().min(0).max(9_999);
const optional = z.exactOptional;

export const incidentType = z.enum([
  'robbery',
  'burglary',
  'violence',
  'disturbance',
  'fire',
  'medical',
  'other',
]);
export const right = z.enum(['view', 'ptz', 'switch', 'plan']);
export const outcome = z.enum(['resolved', 'handed-over', 'false-alarm']);
const tile = z.union([
  z.strictObject({ camera: id }),
  z.strictObject({ plan: id }),
  z.strictObject({ image: id }),
  z.strictObject({ empty: z.literal(true) }),
]);
const tiles = z.array(tile).max(MAX_TILES);

const args = z.record(z.string(), z.union([z.string(), z.number()]));
const place = { request: id, camera: optional(id) };
const reasonCode = optional(z.enum(REASON_CODES));

/** What a viewer measured, in its own words. */
const viewerWords = z.strictObject({
  reports: z.int().min(1),
  delayP50Ms: z.int().min(0),
  delayP95Ms: z.int().min(0),
  delayMaxMs: z.int().min(0),
  decoded: z.int().min(0),
  dropped: z.int().min(0),
});

const schemas = {
  ...alarmEvents,
  'incident.opened': z.strictObject({
    type: incidentType,
    site: id,
    summary: text,
    cameras,
    tiles,
    /** The alarm that it was opened from. */
    alarm: optional(id),
  }),
  'incident.updated': z.strictObject({
    type: optional(incidentType),
    summary: optional(text),
    priority: optional(z.int().min(1).max(5).nullable()),
    counts: optional(
      z.strictObject({
        robbers: optional(count),
        weapons: optional(count),
        injured: optional(count),
      }),
    ),
    note: optional(text.min(1)),
  }),
  'incident.closed': z.strictObject({ outcome, note: text }),
  'grant.given': z.strictObject({
    controlRoom: id,
    cameras: cameras.min(1),
    rights: z.array(right).min(1).max(4),
    expiresAt: time,
  }),
  'grant.withdrawn': z.strictObject({ controlRoom: id }),
  'grant.expired': z.strictObject({ controlRoom: id }),
  'screen.set': z.strictObject({ tiles, focus: z.int().min(0).nullable() }),
  /**
   * `decided` says how it starts: asked of the operator, accepted at once, or refused by policy.
   * `replaces`: the same question of the same asker, which nobody need decide any more.
   */
  'request.made': z.strictObject({
    ...place,
    action: requestAction,
    args,
    decided: z.enum(['pending', 'accepted', 'declined']),
    reason: optional(text),
    reasonCode,
    by: optional(id),
    replaces: optional(id),
  }),
  /** `lapsed`: the joystick was released before the decision, nothing moves. `shares`: the camera that a switch adds to the grant. */
  'request.accepted': z.strictObject({
    request: id,
    lapsed: optional(z.literal(true)),
    shares: optional(id),
  }),
  /** Without a code when a person wrote the reason. */
  'request.declined': z.strictObject({ request: id, reason: text, reasonCode }),
  'request.expired': z.strictObject({ request: id, reason: text, reasonCode }),
  'request.done': z.strictObject({ request: id, reason: optional(text), reasonCode }),
  'request.failed': z.strictObject({ request: id, reason: text, reasonCode }),
  /** Written before a camera is moved. */
  'desk.intent': z.strictObject({ ...place, command: z.string(), args }),
  'desk.outcome': z.strictObject({
    ...place,
    command: z.string(),
    /** Of a Stop: what it was sent for. */
    why: optional(z.string()),
    ok: z.boolean(),
    error: optional(z.string()),
  }),
  'viewing.started': z.strictObject({ viewing: id, camera: id }),
  'viewing.ended': z.strictObject({
    viewing: id,
    camera: id,
    reason: z.string().max(200),
    bytes: optional(z.int().min(0)),
    pictures: optional(z.int().min(0)),
    dropped: optional(z.int().min(0)),
    saidByViewer: optional(viewerWords),
  }),
} as const;

export type EventKind = keyof typeof schemas;
export type EventData<K extends EventKind> = z.output<(typeof schemas)[K]>;

/** Something that happened, as the state sees it. */
export type DomainEvent = {
  [K in EventKind]: {
    readonly kind: K;
    readonly data: EventData<K>;
    readonly actor: Actor;
    readonly incident: string | undefined;
    /** RFC 3339 UTC. */
    readonly at: string;
  };
}[EventKind];

/**
 * The data of an event, checked and without what does not belong.
 *
 * @throws LiveViewError `invalid-request` that says which field is wrong.
 */
export function checkData<K extends EventKind>(kind: K, data: unknown): JsonObject {
  const parsed = schemas[kind].safeParse(data);
  if (parsed.success) return parsed.data as JsonObject;
  throw invalid(kind, parsed.error);
}

/** The arguments of an action. @throws LiveViewError `invalid-request` */
export function checkArgs(name: keyof typeof requestArgs, args: unknown) {
  const parsed = requestArgs[name].safeParse(args);
  if (parsed.success) return parsed.data;
  throw invalid(name, parsed.error);
}

/** Undefined for kinds that are not part of the state. @throws LiveViewError `journal-unreadable` */
export function toEvent(entry: Entry): DomainEvent | undefined {
  if (!isEventKind(entry.kind)) return undefined;
  const parsed = schemas[entry.kind].safeParse(entry.data);
  if (!parsed.success) {
    throw new LiveViewError(
      'journal-unreadable',
      `journal entry ${entry.seq} (${entry.kind}) is not of a form that this version knows; start the version that wrote it`,
      { cause: parsed.error },
    );
  }
  const { kind, actor, incident } = entry;
  return { kind, data: parsed.data, actor, incident, at: rfc3339(entry.timeUnixUs) } as DomainEvent;
}

function isEventKind(kind: string): kind is EventKind {
  return Object.hasOwn(schemas, kind);
}

function invalid(what: string, error: z.ZodError): LiveViewError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') ?? '';
  return new LiveViewError('invalid-request', `${what}: ${field} ${issue?.message ?? ''}`.trim());
}
