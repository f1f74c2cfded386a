/** Pull points over a real socket, asked with raw SOAP. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { find, textOf, type XmlElement } from '../../../src/simulator/onvif/xml.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { deviceOptions, type Reply, signed } from './support.ts';

const INPUT = 'tns1:Device/Trigger/DigitalInput';
const RELAY = 'tns1:Device/Trigger/Relay';
const MOTION = 'tns1:VideoSource/MotionAlarm';

let clock: ManualClock;
let device: OnvifDevice;
beforeEach(async () => {
  clock = new ManualClock();
  device = await startOnvifDevice(deviceOptions({ clock }));
});
afterEach(() => device.stop());

describe('a pull point', () => {
  it('tells the state of everything first, then what changes', async () => {
    const address = await subscribed();
    const first = events(await pull(address));
    expect(first.map(({ operation }) => operation)).toEqual(first.map(() => 'Initialized'));
    expect(first.map(({ topic }) => topic)).toContain(INPUT);
    clock.advance(1_500);
    device.trigger(INPUT, { LogicalState: true });
    expect(events(await pull(address))).toEqual([
      {
        topic: INPUT,
        operation: 'Changed',
        at: '2026-01-01T00:00:01.500Z',
        source: { InputToken: 'input-1' },
        data: { LogicalState: 'true' },
      },
    ]);
  });

  it('answers a waiting pull as soon as something happens', async () => {
    const address = await subscribed();
    await pull(address);
    const waiting = pull(address, 'PT30S');
    await pullWaits();
    device.trigger('RuleEngine/LineDetector/Crossed', { ObjectId: 7 }, { Rule: 'Deur' });
    expect(events(await waiting)).toMatchObject([
      {
        topic: 'tns1:RuleEngine/LineDetector/Crossed',
        operation: undefined,
        source: { Rule: 'Deur' },
      },
    ]);
  });

  it('answers with nothing when the time is over', async () => {
    const address = await subscribed();
    await pull(address);
    const waiting = pull(address, 'PT5S');
    await pullWaits();
    clock.advance(5_000);
    const reply = await waiting;
    expect(events(reply)).toEqual([]);
    expect(textOf(reply.content, 'CurrentTime')).toBe('2026-01-01T00:00:05.000Z');
  });

  it('gives no more than asked for, and the rest at the next pull', async () => {
    const address = await subscribed(filter(INPUT));
    await pull(address);
    for (const LogicalState of [true, false, true]) device.trigger(INPUT, { LogicalState });
    expect(events(await pull(address, 'PT1S', 2))).toHaveLength(2);
    expect(events(await pull(address, 'PT1S', 2))).toHaveLength(1);
  });

  it('tells a later subscriber the state as it is by then', async () => {
    device.trigger(MOTION, { State: true });
    const address = await subscribed(filter(MOTION));
    expect(events(await pull(address))).toMatchObject([
      { operation: 'Initialized', data: { State: 'true' } },
    ]);
  });

  it('tells the state again when asked to', async () => {
    const address = await subscribed(filter(MOTION));
    await pull(address);
    await ask(address, '<tev:SetSynchronizationPoint/>');
    expect(events(await pull(address))).toMatchObject([{ operation: 'Initialized' }]);
  });

  it('holds what happens between pulls, up to a bound', async () => {
    const address = await subscribed(filter(INPUT));
    await pull(address);
    for (let index = 0; index < 300; index += 1)
      device.trigger(INPUT, { LogicalState: true, index });
    const seen = [
      ...events(await pull(address, 'PT1S', 100)),
      ...events(await pull(address, 'PT1S', 100)),
      ...events(await pull(address, 'PT1S', 100)),
    ];
    expect(seen).toHaveLength(256);
    expect(seen.at(-1)?.data).toMatchObject({ index: '299' });
  });

  it('gives way when another pull comes', async () => {
    const address = await subscribed();
    await pull(address);
    const first = pull(address, 'PT30S');
    await pullWaits();
    const second = pull(address, 'PT30S');
    expect(events(await first)).toEqual([]);
    device.trigger(INPUT, { LogicalState: true });
    expect(events(await second)).toHaveLength(1);
  });

  it('keeps events of a client that hung up while it waited', async () => {
    const address = await subscribed();
    await pull(address);
    const hangUp = new AbortController();
    const waiting = pull(address, 'PT30S', 10, hangUp.signal);
    await pullWaits();
    hangUp.abort();
    await expect(waiting).rejects.toThrow();
    await until('the device to notice', () => clock.timers === 0);
    device.trigger(INPUT, { LogicalState: true });
    expect(events(await pull(address))).toHaveLength(1);
  });
});

describe('a filter', () => {
  it.each([
    ['one topic', INPUT, [INPUT]],
    ['several topics', `${INPUT}|${MOTION}`, [INPUT, MOTION]],
    ['everything below', 'tns1:Device//.', [INPUT, RELAY]],
  ])('lets %s through', async (_, expression, topics) => {
    const address = await subscribed(filter(expression));
    expect(events(await pull(address)).map(({ topic }) => topic)).toEqual(topics);
  });

  it('keeps everything else away', async () => {
    const address = await subscribed(filter('tns1:Monitoring/Maintenance'));
    const waiting = pull(address);
    await pullWaits();
    device.trigger(INPUT, { LogicalState: true });
    clock.advance(1_000);
    expect(events(await waiting)).toEqual([]);
  });

  it.each([
    ['an unknown namespace', filter('zz:Device//.'), 'TopicNotSupported'],
    [
      'message content',
      '<tev:Filter><wsnt:MessageContent>x</wsnt:MessageContent></tev:Filter>',
      'InvalidFilter',
    ],
  ])('by %s is refused', async (_, content, subcode) => {
    const reply = await subscribe(content);
    expect(reply.status).toBe(400);
    expect(reply.fault).toEqual(['InvalidArgVal', subcode]);
  });
});

describe('a subscription', () => {
  it('ends when nobody pulls', async () => {
    const address = await subscribed(endingAt('PT2M'));
    clock.advance(119_999);
    expect((await pull(address)).status).toBe(200);
    clock.advance(121_000);
    expect((await pull(address)).fault).toEqual(['InvalidArgVal', 'ResourceUnknown']);
  });

  it('lives longer when it is renewed', async () => {
    const address = await subscribed(endingAt('PT1M'));
    const renewed = await ask(
      address,
      '<wsnt:Renew><wsnt:TerminationTime>2026-01-01T00:30:00Z</wsnt:TerminationTime></wsnt:Renew>',
    );
    expect(textOf(renewed.content, 'TerminationTime')).toBe('2026-01-01T00:30:00.000Z');
    clock.advance(29 * 60_000);
    expect((await pull(address)).status).toBe(200);
  });

  it('ends when the client unsubscribes, and sends a waiting pull home', async () => {
    const address = await subscribed();
    await pull(address);
    const waiting = pull(address, 'PT30S');
    await pullWaits();
    expect((await ask(address, '<wsnt:Unsubscribe/>')).status).toBe(200);
    expect(events(await waiting)).toEqual([]);
    expect((await pull(address)).status).toBe(400);
  });

  it.each([
    ['in the past', endingAt('2025-12-31T23:59:59Z')],
    ['of no time at all', endingAt('PT0S')],
    ['that is no time', endingAt('tomorrow')],
  ])('is refused with an end %s', async (_, content) => {
    const reply = await subscribe(content);
    expect(reply.fault).toEqual(['InvalidArgVal', 'UnacceptableTerminationTime']);
  });

  it('is refused when there are too many, until some have ended', async () => {
    for (let index = 0; index < 16; index += 1) await subscribed(endingAt('PT1M'));
    expect((await subscribe('')).fault).toEqual(['OutofMemory']);
    clock.advance(60_000);
    expect((await subscribe('')).status).toBe(200);
  });

  it('needs a signature like everything else', async () => {
    const address = await subscribed();
    const created = '2020-01-01T00:00:00Z';
    const reply = await signed(address, '<wsnt:Unsubscribe/>', { token: { created } });
    expect(reply.fault).toEqual(['NotAuthorized']);
  });

  it('is named by a reference parameter at devices that have one address for all', async () => {
    await device.stop();
    device = await startOnvifDevice(deviceOptions({ clock, subscriptionIdInHeader: true }));
    const { content } = await subscribe('');
    const reference = find(content, 'SubscriptionReference');
    const id = find(reference, 'ReferenceParameters', 'SubscriptionId');
    expect(id?.namespace).toBe('http://www.axis.com/2009/event');
    const address = textOf(reference, 'Address') ?? '';
    expect((await pull(address)).fault).toEqual(['InvalidArgVal', 'ResourceUnknown']);
    const header = `<x:SubscriptionId xmlns:x="${id?.namespace}">${id?.text}</x:SubscriptionId>`;
    const reply = await ask(address, PULL_ONE, header);
    expect(events(reply)).toHaveLength(1);
  });
});

it('a waiting pull ends when the device is switched off', async () => {
  const address = await subscribed();
  await pull(address);
  const waiting = pull(address, 'PT30S').then(
    () => 'answered',
    () => 'cut',
  );
  await pullWaits();
  await device.stop();
  expect(await waiting).toBe('cut');
  expect(clock.timers).toBe(0);
});

it('the addressing headers of a request are answered in kind', async () => {
  const header =
    '<wsa:MessageID>urn:uuid:1</wsa:MessageID><wsa:Action>urn:x/PullMessagesRequest</wsa:Action>';
  const { envelope } = await ask(await subscribed(), PULL_ONE, header);
  expect(textOf(envelope, 'Header', 'RelatesTo')).toBe('urn:uuid:1');
  expect(textOf(envelope, 'Header', 'Action')).toBe('urn:x/PullMessagesResponse');
});

it('the topic set says what there is to hear', async () => {
  const { content } = await ask(device.url, '<tev:GetEventProperties/>');
  const input = find(
    content,
    'TopicSet',
    'Device',
    'Trigger',
    'DigitalInput',
    'MessageDescription',
  );
  expect(input?.attributes.get('IsProperty')).toBe('true');
  expect(find(input, 'Data', 'SimpleItemDescription')?.attributes.get('Name')).toBe('LogicalState');
  expect(find(content, 'TopicSet', 'VideoSource')?.children.map(({ name }) => name)).toContain(
    'MotionAlarm',
  );
});

const PULL_ONE =
  '<tev:PullMessages><tev:Timeout>PT1S</tev:Timeout><tev:MessageLimit>1</tev:MessageLimit></tev:PullMessages>';

function ask(url: string, body: string, header = '', signal?: AbortSignal): Promise<Reply> {
  const created = new Date(clock.unixUs() / 1000).toISOString();
  return signed(url, body, { header, token: { created }, ...(signal ? { signal } : {}) });
}

function subscribe(content: string): Promise<Reply> {
  return ask(
    device.url,
    `<tev:CreatePullPointSubscription>${content}</tev:CreatePullPointSubscription>`,
  );
}

/** The address of a new subscription. */
async function subscribed(content = ''): Promise<string> {
  const reply = await subscribe(content);
  return textOf(reply.content, 'SubscriptionReference', 'Address') ?? '';
}

function pull(address: string, timeout = 'PT1S', limit = 10, signal?: AbortSignal) {
  const body = `<tev:PullMessages><tev:Timeout>${timeout}</tev:Timeout><tev:MessageLimit>${limit}</tev:MessageLimit></tev:PullMessages>`;
  return ask(address, body, '', signal);
}

/** A pull that waits is the only thing that sets a timer on the device's clock. */
function pullWaits() {
  return until('the pull to wait', () => clock.timers > 0);
}

function filter(expression: string): string {
  return `<tev:Filter><wsnt:TopicExpression Dialect="x">${expression}</wsnt:TopicExpression></tev:Filter>`;
}

function endingAt(time: string): string {
  return `<tev:InitialTerminationTime>${time}</tev:InitialTerminationTime>`;
}

function events(reply: Reply) {
  const messages =
    reply.content?.children.filter(({ name }) => name === 'NotificationMessage') ?? [];
  return messages.map((one) => {
    const message = find(one, 'Message', 'Message');
    return {
      topic: textOf(one, 'Topic'),
      operation: message?.attributes.get('PropertyOperation'),
      at: message?.attributes.get('UtcTime'),
      source: items(find(message, 'Source')),
      data: items(find(message, 'Data')),
    };
  });
}

function items(list: XmlElement | undefined): Record<string, string | undefined> {
  const pairs = list?.children.map(({ attributes }) => [
    attributes.get('Name'),
    attributes.get('Value'),
  ]);
  return Object.fromEntries(pairs ?? []);
}
