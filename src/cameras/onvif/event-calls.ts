/** The real-time pull point of ONVIF Core §9.2: create, pull, renew, unsubscribe. */
import type { CameraEvent } from '../events.ts';
import { find, textOf, type XmlElement } from '../xml.ts';
import { CameraError } from './camera-error.ts';
import { pathOf } from './device-answers.ts';
import { formatDuration } from './duration.ts';
import { readEvents, readRemainingMs } from './event-messages.ts';
import type { CallOptions, OnvifSession } from './session.ts';
import { element, NAMESPACES, type Operation, repeatedXml } from './soap.ts';

/** A subscription, as the camera wants to be reminded of it. */
export interface PullPoint {
  /** Only the path: the host is the configured one. */
  readonly path: string;
  readonly address: string | undefined;
  /** Headers that every message to it repeats, as XML. */
  readonly parameters: string;
  /** How long it lives, ms; undefined when the camera does not say. */
  readonly remainingMs: number | undefined;
}

export interface Pulled {
  readonly events: readonly CameraEvent[];
  readonly remainingMs: number | undefined;
}

const NOTIFICATION = 'http://docs.oasis-open.org/wsn/b-2';
const EVENTS_ACTION = `${NAMESPACES.events}/EventPortType`;
const PULL_ACTION = `${NAMESPACES.events}/PullPointSubscription`;
const MANAGER_ACTION = 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager';
/** An identifier and no more. */
const MAX_PARAMETERS_CHARS = 4_096;

/** For everything that the camera tells: filters are refused by many. */
export async function createPullPoint(
  session: OnvifSession,
  { lifetimeMs }: { lifetimeMs: number },
  options: CallOptions,
): Promise<PullPoint> {
  const { events: path = '' } = await session.paths();
  const name = 'CreatePullPointSubscription';
  const content = element('InitialTerminationTime', formatDuration(lifetimeMs));
  const addressing = { action: `${EVENTS_ACTION}/${name}Request` };
  const operation: Operation = { service: 'events', name, content, addressing };
  const answer = await session.call(operation, { ...options, lane: 'events' });
  const reference = find(answer, 'SubscriptionReference');
  const address = textOf(reference, 'Address');
  const list = find(reference, 'ReferenceParameters')?.children ?? [];
  const parameters = list.map(repeatedXml).join('');
  if (parameters.length > MAX_PARAMETERS_CHARS) {
    throw new CameraError('camera-fault', 'the camera names a subscription without end');
  }
  const own = pathOf(address);
  const known = own === undefined ? { path, address: undefined } : { path: own, address };
  return { ...known, parameters, remainingMs: readRemainingMs(answer) };
}

/** Answered at once when there is something to tell, else when the time is over. */
export async function pullEvents(
  session: OnvifSession,
  { point, timeoutMs, limit }: { point: PullPoint; timeoutMs: number; limit: number },
  options: CallOptions,
): Promise<Pulled> {
  const content =
    element('Timeout', formatDuration(timeoutMs)) + element('MessageLimit', String(limit));
  const name = 'PullMessages';
  const answer = await toPoint(session, point, { name, content }, PULL_ACTION, options);
  const events = readEvents(answer, session.unixUs(), limit);
  return { events, remainingMs: readRemainingMs(answer) };
}

/** How long it lives from now on, ms; undefined when the camera does not say. */
export async function renewPullPoint(
  session: OnvifSession,
  { point, lifetimeMs }: { point: PullPoint; lifetimeMs: number },
  options: CallOptions,
): Promise<number | undefined> {
  const content = element('TerminationTime', formatDuration(lifetimeMs));
  return readRemainingMs(await toManager(session, point, { name: 'Renew', content }, options));
}

export async function unsubscribe(
  session: OnvifSession,
  { point }: { point: PullPoint },
  options: CallOptions,
): Promise<void> {
  await toManager(session, point, { name: 'Unsubscribe' }, options);
}

/** WS-BaseNotification §6.1. */
function toManager(
  session: OnvifSession,
  point: PullPoint,
  operation: Omit<Operation, 'service'>,
  options: CallOptions,
): Promise<XmlElement> {
  const named = { ...operation, namespace: NOTIFICATION };
  return toPoint(session, point, named, MANAGER_ACTION, options);
}

function toPoint(
  session: OnvifSession,
  { path, address, parameters }: PullPoint,
  operation: Omit<Operation, 'service'>,
  port: string,
  options: CallOptions,
): Promise<XmlElement> {
  const action = `${port}/${operation.name}Request`;
  return session.callAt(
    path,
    { ...operation, service: 'events', addressing: { to: address, action, parameters } },
    { ...options, lane: 'events' },
  );
}
