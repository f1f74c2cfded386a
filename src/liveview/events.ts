import type { z } from 'zod';
import { rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Actor, Entry, JsonObject } from '../journal/record.ts';
import { requestArgs } from './actions.ts';
import { alarmEvents } from './alarm-events.ts';
import { deskEvents } from './desk-events.ts';
import { parse } from './event-fields.ts';
import { grantEvents } from './grant-events.ts';
import { handoverEvents } from './handover-events.ts';
import { imageRequestEvents } from './image-request-events.ts';
import { incidentEvents } from './incident-events.ts';
import { offerEvents } from './offer-events.ts';
import { outputEvents } from './output-events.ts';
import { planEvents } from './plan-events.ts';
import { readingEvents } from './reading-events.ts';
import { requestEvents } from './request-events.ts';
import { stepEvents } from './step-events.ts';
import { viewingEvents } from './viewing-events.ts';

/**
 * What can happen in Live View: the kinds of journal entries that make up the state, and the shape
 * and bounds of their data, a file a noun. The same schemas check what commands want to record and
 * what is read back at start. Other kinds (logins, desk and so on) live in the journal beside these.
 */
const schemas = {
  ...alarmEvents,
  ...incidentEvents,
  ...grantEvents,
  ...planEvents,
  ...offerEvents,
  ...imageRequestEvents,
  ...handoverEvents,
  ...readingEvents,
  ...stepEvents,
  ...requestEvents,
  ...deskEvents,
  ...outputEvents,
  ...viewingEvents,
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

export type EventOf<K extends EventKind> = Extract<DomainEvent, { kind: K }>;

/**
 * The data of an event, checked and without what does not belong.
 *
 * @throws LiveViewError `invalid-request` that says which field is wrong.
 */
export function checkData<K extends EventKind>(kind: K, data: unknown): JsonObject {
  return parse(kind, schemas[kind], data) as JsonObject;
}

/** The arguments of an action. @throws LiveViewError `invalid-request` */
export function checkArgs(name: keyof typeof requestArgs, args: unknown) {
  return parse(name, requestArgs[name], args);
}

/** When it happened, of what could only be written later: a member of the data beside those of its kind. */
const LATE = 'happenedAt';

/** The data of an event that is written later than it happened. */
export function lateData({ data, at }: DomainEvent): JsonObject {
  return { ...(data as JsonObject), [LATE]: at };
}

/** Unix µs at which it happened; that at which it was written, unless it says otherwise. */
export function happenedUnixUs({ data, timeUnixUs }: Pick<Entry, 'data' | 'timeUnixUs'>): number {
  const at = data[LATE];
  const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? timeUnixUs : ms * 1_000;
}

/** Undefined for kinds that are not part of the state. @throws LiveViewError `journal-unreadable` */
export function toEvent(entry: Entry): DomainEvent | undefined {
  if (!isEventKind(entry.kind)) return undefined;
  const { [LATE]: _late, ...data } = entry.data;
  const parsed = schemas[entry.kind].safeParse(data);
  if (!parsed.success) {
    throw new LiveViewError(
      'journal-unreadable',
      `journal entry ${entry.seq} (${entry.kind}) is not of a form that this version knows; start the version that wrote it`,
      { cause: parsed.error },
    );
  }
  const { kind, actor, incident } = entry;
  const at = rfc3339(happenedUnixUs(entry));
  return { kind, data: parsed.data, actor, incident, at } as DomainEvent;
}

function isEventKind(kind: string): kind is EventKind {
  return Object.hasOwn(schemas, kind);
}
