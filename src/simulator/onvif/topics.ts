/** What the device can tell about: topics of the ONVIF topic namespace, and filters on them. */
import { element, type Markup, xml } from './markup.ts';
import { VIDEO_SOURCE, VIDEO_SOURCE_CONFIGURATION } from './profiles.ts';

type Items = Readonly<Record<string, string | number | boolean>>;

/** Something that happened, or a state as it is. */
export interface DeviceEvent {
  /** Path in the ONVIF topic namespace, e.g. `Device/Trigger/DigitalInput`. */
  readonly topic: string;
  readonly source: Items;
  readonly data: Items;
  readonly atMs: number;
  /** Absent for what is no state but a passing event. */
  readonly operation?: 'Initialized' | 'Changed' | 'Deleted';
}

export interface Topic {
  readonly path: string;
  readonly isProperty: boolean;
  /** Name, type and usual value of what it is about. */
  readonly source: Readonly<Record<string, { type: string; value: string }>>;
  /** Name, type and state at start. */
  readonly data: Readonly<Record<string, { type: string; value: string | number | boolean }>>;
}

const reference = (value: string) => ({ type: 'tt:ReferenceToken', value });
const ruleName = (value: string) => ({ Rule: { type: 'xsd:string', value } });
const no = { type: 'xsd:boolean', value: false };
/** What a rule looks at (ONVIF Analytics §5): the configuration of the source, and which rule it is. */
const ofRule = (rule: string) => ({
  VideoSourceConfigurationToken: reference(VIDEO_SOURCE_CONFIGURATION),
  ...ruleName(rule),
});
const imaging = (path: string): Topic => ({
  path,
  isProperty: true,
  source: { Source: reference(VIDEO_SOURCE) },
  data: { State: no },
});

export const TOPICS: readonly Topic[] = [
  {
    path: 'Device/Trigger/DigitalInput',
    isProperty: true,
    source: { InputToken: reference('input-1') },
    data: { LogicalState: no },
  },
  {
    path: 'Device/Trigger/Relay',
    isProperty: true,
    source: { RelayToken: reference('relay-1') },
    data: { LogicalState: { type: 'tt:RelayLogicalState', value: 'inactive' } },
  },
  ...[
    'VideoSource/MotionAlarm',
    'VideoSource/SignalLoss',
    'VideoSource/GlobalSceneChange/ImagingService',
    'VideoSource/ImageTooDark/ImagingService',
    'VideoSource/ImageTooBright/ImagingService',
    'VideoSource/ImageTooBlurry/ImagingService',
  ].map(imaging),
  {
    path: 'RuleEngine/LineDetector/Crossed',
    isProperty: false,
    source: ofRule('line-1'),
    data: { ObjectId: { type: 'xsd:integer', value: 0 } },
  },
  {
    path: 'RuleEngine/FieldDetector/ObjectsInside',
    isProperty: true,
    source: ofRule('field-1'),
    data: { IsInside: no },
  },
  {
    path: 'RuleEngine/LoiteringDetector/ObjectIsLoitering',
    isProperty: false,
    source: ofRule('loitering-1'),
    data: { Since: { type: 'xsd:dateTime', value: '1970-01-01T00:00:00Z' } },
  },
  {
    path: 'AudioAnalytics/Audio/DetectedSound',
    isProperty: true,
    source: { AudioSourceConfigurationToken: reference('audio-source'), ...ruleName('sound-1') },
    data: { isSoundDetected: no },
  },
  {
    path: 'PTZController/PTZPresets/Reached',
    isProperty: false,
    source: { PTZConfigurationToken: reference('ptz') },
    data: { PresetToken: reference('preset-1') },
  },
];

/** The state of a topic when the device is switched on; undefined for passing events. */
export function initialEvent(topic: Topic, atMs: number): DeviceEvent | undefined {
  if (!topic.isProperty) return undefined;
  const { path, source, data } = topic;
  return { topic: path, source: values(source), data: values(data), atMs };
}

export function values(described: Record<string, { value: string | number | boolean }>): Items {
  return Object.fromEntries(Object.entries(described).map(([name, { value }]) => [name, value]));
}

/**
 * A topic expression (WS-Topics Concrete, ONVIF ConcreteSet): alternatives with `|`, and `//.` at
 * the end for everything below. Prefixes must have been checked; `tns1:` is dropped here.
 */
export function topicFilter(expression: string): (topic: string) => boolean {
  const wanted = expression.split('|').map((one) => {
    const path = one.trim().replace(/^[\w.-]+:/, '');
    return path.endsWith('//.') ? { path: path.slice(0, -3), below: true } : { path, below: false };
  });
  return (topic) =>
    wanted.some(({ path, below }) => topic === path || (below && topic.startsWith(`${path}/`)));
}

/** The topic set as a tree (ONVIF Core §9.7.3): one element a level, leaves with their message. */
export function topicSet(): Markup {
  const level = (prefix: string[]): Markup[] => {
    const depth = prefix.length;
    const below = TOPICS.map(({ path }) => path.split('/')).filter((names) =>
      prefix.every((name, index) => names[index] === name),
    );
    const names = new Set(below.map((path) => path[depth]).filter((name) => name !== undefined));
    return [...names].map((name) => topicElement([...prefix, name], level));
  };
  return element('wstop:TopicSet', {}, level([]));
}

function topicElement(path: string[], level: (prefix: string[]) => Markup[]): Markup {
  const name = path.length === 1 ? `tns1:${path[0]}` : String(path.at(-1));
  const leaf = TOPICS.find((topic) => topic.path === path.join('/'));
  if (!leaf) return element(name, {}, level(path));
  return element(name, { 'wstop:topic': true }, messageDescription(leaf));
}

function messageDescription({ isProperty, source, data }: Topic): Markup {
  const items = (described: Record<string, { type: string }>) =>
    Object.entries(described).map(
      ([name, { type }]) => xml`<tt:SimpleItemDescription Name="${name}" Type="${type}"/>`,
    );
  const content = xml`
    <tt:Source>${items(source)}</tt:Source>
    <tt:Data>${items(data)}</tt:Data>`;
  return element('tt:MessageDescription', { IsProperty: isProperty }, content);
}

/** A notification message (ONVIF Core §9.5.1). */
export function notification(event: DeviceEvent): Markup {
  const items = (named: Items) =>
    Object.entries(named).map(
      ([name, value]) => xml`<tt:SimpleItem Name="${name}" Value="${value}"/>`,
    );
  const attributes = {
    UtcTime: new Date(event.atMs).toISOString(),
    ...(event.operation ? { PropertyOperation: event.operation } : {}),
  };
  const content = xml`
    <tt:Source>${items(event.source)}</tt:Source>
    <tt:Data>${items(event.data)}</tt:Data>`;
  return xml`
    <wsnt:NotificationMessage>
      <wsnt:Topic Dialect="${CONCRETE_SET}">tns1:${event.topic}</wsnt:Topic>
      <wsnt:Message>${element('tt:Message', attributes, content)}</wsnt:Message>
    </wsnt:NotificationMessage>`;
}

export const CONCRETE = 'http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete';
export const CONCRETE_SET = 'http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet';
