/**
 * Notification messages (ONVIF Core §9.5.1), as cameras write them:
 *
 *   NotificationMessage
 *     Topic                 tns1:VideoSource/SignalLoss, with whatever prefixes
 *     Message / Message     @UtcTime @PropertyOperation
 *       Source / SimpleItem @Name @Value
 *       Data   / SimpleItem @Name @Value
 */
import type { CameraEvent } from '../events.ts';
import { all, find, textOf, type XmlElement } from '../xml.ts';

/** Of an event; what is longer is cut, what is more is left out. */
const MAX_ITEMS = 32;
const MAX_CHARS = 256;
/** Some cameras date the states that they begin with from 1970, or from when they were switched on. */
const CREDIBLE_US = 24 * 3_600 * 1_000_000;

const OPERATIONS = ['Initialized', 'Changed', 'Deleted'] as const;

/**
 * @param answer a PullMessagesResponse
 * @param nowUnixUs when it came
 */
export function readEvents(answer: XmlElement, nowUnixUs: number, limit: number): CameraEvent[] {
  const cameraMs = readTimeMs(textOf(answer, 'CurrentTime'));
  const aheadUs = cameraMs === undefined ? 0 : cameraMs * 1_000 - nowUnixUs;
  return all(answer, 'NotificationMessage')
    .slice(0, limit)
    .flatMap((message) => readEvent(message, nowUnixUs, aheadUs) ?? []);
}

function readEvent(
  notification: XmlElement,
  nowUnixUs: number,
  aheadUs: number,
): CameraEvent | undefined {
  const topic = plainTopic(textOf(notification, 'Topic'));
  const outer = find(notification, 'Message');
  const message = find(outer, 'Message') ?? outer;
  if (topic === undefined || !message) return undefined;
  const said = message.attributes.get('PropertyOperation')?.toLowerCase();
  const utcMs = readTimeMs(message.attributes.get('UtcTime'));
  return {
    topic,
    source: itemsOf(find(message, 'Source')),
    data: itemsOf(find(message, 'Data')),
    operation: OPERATIONS.find((operation) => operation.toLowerCase() === said),
    unixUs: credible(utcMs === undefined ? nowUnixUs : utcMs * 1_000 - aheadUs, nowUnixUs),
  };
}

/** `tns1:VideoSource/tnsacme:SignalLoss` → `VideoSource/SignalLoss` */
function plainTopic(text: string | undefined): string | undefined {
  if (text === undefined || text.length > MAX_CHARS) return undefined;
  const names = text.split('/').map((name) => name.slice(name.indexOf(':') + 1).trim());
  return names.filter((name) => name !== '').join('/') || undefined;
}

function itemsOf(list: XmlElement | undefined): ReadonlyMap<string, string> {
  const items = all(list, 'SimpleItem').slice(0, MAX_ITEMS);
  const cut = (item: XmlElement, name: string) =>
    (item.attributes.get(name) ?? '').slice(0, MAX_CHARS);
  return new Map(items.map((item) => [cut(item, 'Name'), cut(item, 'Value')]));
}

function credible(unixUs: number, nowUnixUs: number): number {
  const isCredible = unixUs <= nowUnixUs && unixUs > nowUnixUs - CREDIBLE_US;
  return isCredible ? Math.round(unixUs) : nowUnixUs;
}

/** How long a subscription lives after this answer, ms, by the camera's own clock. */
export function readRemainingMs(answer: XmlElement): number | undefined {
  const nowMs = readTimeMs(textOf(answer, 'CurrentTime'));
  const endMs = readTimeMs(textOf(answer, 'TerminationTime'));
  if (nowMs === undefined || endMs === undefined || endMs <= nowMs) return undefined;
  return endMs - nowMs;
}

/** xs:dateTime; one that names no zone is in UTC, as ONVIF has it. */
function readTimeMs(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 64) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isFinite(ms) ? ms : undefined;
}
