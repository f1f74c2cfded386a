/** The Event service (ONVIF Core §9): pull points and their manager. */
import { element, type Markup, xml } from './markup.ts';
import { type PullPoint, type PullPoints, TooManySubscriptionsError } from './pull-points.ts';
import { type Call, type OnvifService, PATHS } from './service.ts';
import { invalidArgument, NAMESPACES, OnvifFault } from './soap.ts';
import { dateTime, durationMs, terminationMs } from './time.ts';
import { CONCRETE, CONCRETE_SET, notification, topicFilter, topicSet } from './topics.ts';
import { find, resolveName, textOf, type XmlElement } from './xml.ts';

export interface EventServiceOptions {
  points: PullPoints;
  /** Monotonic, ms; what lifetimes are counted in. */
  monotonicMs: () => number;
  /** The device's own idea of the time, Unix ms. */
  nowMs: () => number;
  /** One address for every subscription, told apart by a reference parameter (Axis). */
  subscriptionIdInHeader: boolean;
}

const DEFAULT_LIFETIME_MS = 60_000;
const MAX_LIFETIME_MS = 3_600_000;
const MAX_PULL_MS = 60_000;
const MAX_MESSAGES = 100;
const AXIS_EVENT = 'http://www.axis.com/2009/event';

/** What a client calls to learn about events and to subscribe, and to pull. */
export function eventService(options: EventServiceOptions): OnvifService {
  const { points } = options;
  return {
    prefix: 'tev',
    namespace: NAMESPACES.tev,
    path: PATHS.tev,
    version: { major: 21, minor: 12 },
    capabilities,
    operations: {
      GetServiceCapabilities: capabilities,
      GetEventProperties: eventProperties,
      CreatePullPointSubscription: (call) => create(call, options),
      PullMessages: (call) => pull(call, options),
      SetSynchronizationPoint: (call) => {
        points.synchronize(pointOf(call, points));
        return xml``;
      },
    },
  };
}

/** Renew and Unsubscribe of WS-BaseNotification, answered at the address of the subscription. */
export function subscriptionManager(options: EventServiceOptions): OnvifService {
  const { points } = options;
  return {
    prefix: 'wsnt',
    namespace: NAMESPACES.wsnt,
    path: PATHS.subscription,
    version: { major: 1, minor: 0 },
    capabilities,
    operations: {
      Renew: (call) => {
        const point = pointOf(call, points);
        point.untilMs = options.monotonicMs() + lifetime(call.body, 'TerminationTime', options);
        return times('wsnt', point, options);
      },
      Unsubscribe: (call) => {
        points.remove(pointOf(call, points));
        return xml``;
      },
    },
  };
}

function capabilities(): Markup {
  return xml`<tev:Capabilities WSSubscriptionPolicySupport="false" WSPausableSubscriptionManagerInterfaceSupport="false" MaxNotificationProducers="0" MaxPullPoints="16" PersistentNotificationStorage="false"/>`;
}

function eventProperties(): Markup {
  return xml`
    <tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml</tev:TopicNamespaceLocation>
    <wsnt:FixedTopicSet>true</wsnt:FixedTopicSet>
    ${topicSet()}
    <wsnt:TopicExpressionDialect>${CONCRETE}</wsnt:TopicExpressionDialect>
    <wsnt:TopicExpressionDialect>${CONCRETE_SET}</wsnt:TopicExpressionDialect>
    <tev:MessageContentFilterDialect>http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter</tev:MessageContentFilterDialect>
    <tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10/schema/onvif.xsd</tev:MessageContentSchemaLocation>`;
}

function create({ body, base }: Call, options: EventServiceOptions): Markup {
  const wants = wantedTopics(find(body, 'Filter'));
  const point = createPoint(
    options.points,
    lifetime(body, 'InitialTerminationTime', options),
    wants,
  );
  const reference = options.subscriptionIdInHeader
    ? xml`
      <wsa:Address>${base}${PATHS.subscription}</wsa:Address>
      <wsa:ReferenceParameters>${element('axis:SubscriptionId', { 'xmlns:axis': AXIS_EVENT }, point.id)}</wsa:ReferenceParameters>`
    : xml`<wsa:Address>${base}${PATHS.subscription}/${point.id}</wsa:Address>`;
  return xml`
    <tev:SubscriptionReference>${reference}</tev:SubscriptionReference>
    ${times('wsnt', point, options)}`;
}

function createPoint(points: PullPoints, lifetimeMs: number, wants: (topic: string) => boolean) {
  try {
    return points.create(lifetimeMs, wants);
  } catch (error) {
    if (!(error instanceof TooManySubscriptionsError)) throw error;
    throw new OnvifFault('Receiver', ['OutofMemory'], error.message);
  }
}

async function pull(call: Call, options: EventServiceOptions): Promise<Markup> {
  const point = pointOf(call, options.points);
  const timeoutMs = durationMs(textOf(call.body, 'Timeout') ?? '');
  const limit = Number(textOf(call.body, 'MessageLimit') ?? MAX_MESSAGES);
  if (timeoutMs === undefined) throw invalidArgument('InvalidTimeout', 'Timeout is not a duration');
  if (!(limit >= 1)) throw invalidArgument('InvalidLimit', 'MessageLimit is not a positive number');
  const patienceMs = Math.min(timeoutMs, MAX_PULL_MS);
  const events = await point.take(Math.min(limit, MAX_MESSAGES), patienceMs, call.signal);
  return xml`${times('tev', point, options)}${events.map(notification)}`;
}

/** `CurrentTime` and `TerminationTime`, in the namespace that the operation wants. */
function times(prefix: 'tev' | 'wsnt', point: PullPoint, options: EventServiceOptions): Markup {
  const nowMs = options.nowMs();
  const endMs = nowMs + (point.untilMs - options.monotonicMs());
  return xml`
    ${element(`${prefix}:CurrentTime`, {}, dateTime(nowMs))}
    ${element(`${prefix}:TerminationTime`, {}, dateTime(endMs))}`;
}

/** The subscription that the address or the reference parameter names. */
function pointOf({ http, soap }: Call, points: PullPoints): PullPoint {
  const path = http.url ?? '';
  const inPath = path.startsWith(`${PATHS.subscription}/`)
    ? path.slice(PATHS.subscription.length + 1)
    : undefined;
  const point = points.find(inPath ?? textOf(soap.header, 'SubscriptionId') ?? '');
  if (point) return point;
  throw invalidArgument('ResourceUnknown', 'this subscription does not exist or has ended');
}

function lifetime(body: XmlElement, name: string, { nowMs }: EventServiceOptions): number {
  const text = textOf(body, name);
  if (!text) return DEFAULT_LIFETIME_MS;
  const endMs = terminationMs(text, nowMs());
  const lifetimeMs = endMs === undefined ? 0 : endMs - nowMs();
  if (lifetimeMs > 0) return Math.min(lifetimeMs, MAX_LIFETIME_MS);
  throw invalidArgument('UnacceptableTerminationTime', `${name} is not in the future`);
}

function wantedTopics(filter: XmlElement | undefined): (topic: string) => boolean {
  const expression = find(filter, 'TopicExpression');
  const other = filter?.children.find(({ name }) => name !== 'TopicExpression');
  if (other) throw invalidArgument('InvalidFilter', `a filter by ${other.name} is not supported`);
  if (!expression) return () => true;
  for (const one of expression.text.split('|')) {
    const root = resolveName(one.trim(), expression.scope);
    if (root?.namespace !== NAMESPACES.tns1) {
      throw invalidArgument(
        'TopicNotSupported',
        `${one.trim()} is not in the ONVIF topic namespace`,
      );
    }
  }
  return topicFilter(expression.text);
}
