/** Events over real sockets: of a virtual camera, and of one that answers as the test says. */
import { expect, it } from '@jest/globals';
import { type CameraEvent, stateOf } from '../../../src/cameras/events.ts';
import { find, parseXml } from '../../../src/cameras/xml.ts';
import { Secret } from '../../../src/core/secret.ts';
import {
  type OnvifDevice,
  type OnvifDeviceOptions,
  startOnvifDevice,
} from '../../../src/simulator/onvif/device.ts';
import { deviceOptions, PASSWORD } from '../../simulator/onvif/support.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';

const lab = usePool();

const TOPIC = 'VideoSource/SignalLoss';
const CREDENTIALS = { username: 'liveview', password: new Secret(PASSWORD) };

async function device(options: Partial<OnvifDeviceOptions> = {}): Promise<OnvifDevice> {
  const started = await startOnvifDevice(deviceOptions(options));
  lab.afterwards(() => started.stop());
  return started;
}

const SERVICES = ['ver10/device', 'ver10/media', 'ver10/events', 'ver20/ptz']
  .map(
    (name) =>
      `<Service><Namespace>http://www.onvif.org/${name}/wsdl</Namespace><XAddr>http://10.255.255.1/onvif/${name}</XAddr></Service>`,
  )
  .join('');

function listener() {
  const events: CameraEvent[] = [];
  let interruptions = 0;
  return {
    event: (event: CameraEvent) => void events.push(event),
    interrupted: () => {
      interruptions += 1;
    },
    signals: () => events.filter(({ topic }) => topic === TOPIC),
    interruptions: () => interruptions,
  };
}

it.each([
  ['each subscription at an address of its own', {}],
  ['subscriptions told apart by a header (Axis)', { subscriptionIdInHeader: true }],
  ['addresses that lead elsewhere', { advertisedHost: '10.9.8.7' }],
  ['HTTP Digest', { authModes: ['digest'] as const }],
])('a camera with %s is heard, and left without a subscription', async (_what, options) => {
  const camera = await device(options);
  const ear = listener();
  const leave = lab.open(camera.port, { credentials: CREDENTIALS }).events.listen(ear);
  const states = () => ear.signals().map((event) => [event.operation, stateOf(event)]);
  await until('the state', () => states().length === 1);
  camera.trigger(TOPIC, { State: true });
  await until('the loss', () => states().length === 2);
  camera.trigger(TOPIC, { State: false });
  await until('its end', () => states().length === 3);
  expect(states()).toEqual([
    ['Initialized', false],
    ['Changed', true],
    ['Changed', false],
  ]);
  expect(ear.signals()[1]?.source).toEqual(new Map([['Source', 'video-source']]));
  expect(camera.subscriptions).toBe(1);
  leave();
  await until('the end of the subscription', () => camera.subscriptions === 0);
  expect(ear.interruptions()).toBe(0);
});

it('however many listen, there is one subscription; who comes later is told the state', async () => {
  const camera = await device();
  const { events } = lab.open(camera.port, { credentials: CREDENTIALS });
  const [first, second] = [listener(), listener()];
  const leaveFirst = events.listen(first);
  camera.trigger(TOPIC, { State: true });
  await until('the loss', () => first.signals().some(stateOf));
  const leaveSecond = events.listen(second);
  expect(second.signals()).toMatchObject([{ operation: 'Initialized' }]);
  expect(second.signals().map(stateOf)).toEqual([true]);
  leaveFirst();
  camera.trigger(TOPIC, { State: false });
  await until('its end', () => second.signals().length === 2);
  expect(camera.subscriptions).toBe(1);
  leaveSecond();
  await until('the end of the subscription', () => camera.subscriptions === 0);
});

it('a camera that was switched off is heard again, with its state', async () => {
  const options = deviceOptions();
  const before = await startOnvifDevice(options);
  const { port } = before;
  const ear = listener();
  const camera = lab.open(port, { credentials: CREDENTIALS });
  camera.events.listen(ear);
  await until('the state', () => ear.signals().length === 1);
  await before.stop();
  await until('the interruption', () => ear.interruptions() > 0);
  const after = await device({ port });
  after.trigger(TOPIC, { State: true });
  await until('the state', () => ear.signals().some(stateOf));
  await camera.close();
  expect(after.subscriptions).toBe(0);
});

it('a pull that waits keeps neither a movement nor Stop waiting, and an answer without end is cut', async () => {
  const pulls: (() => void)[] = [];
  const content =
    '<SubscriptionReference><Address>http://10.255.255.1:1/sub?id=7</Address></SubscriptionReference>';
  const peer = await lab.peer({
    GetServices: SERVICES,
    CreatePullPointSubscription: content,
    PullMessages: (response) => pulls.push(() => response.end('x'.repeat(600 * 1024))),
  });
  const camera = lab.open(peer.port);
  const ear = listener();
  camera.events.listen(ear);
  await until('the pull', () => pulls.length === 1);
  await camera.control.capabilities();
  await camera.control.move({ pan: 1 }, 1_000);
  await camera.control.stop();
  expect(peer.operations()).toEqual(expect.arrayContaining(['ContinuousMove', 'Stop']));
  expect(pulls).toHaveLength(1);
  const socketOf = (wanted: string) =>
    peer.received.find(({ operation }) => operation === wanted)?.socket;
  expect(socketOf('ContinuousMove')).not.toBe(socketOf('PullMessages'));
  const pull = peer.received.find(({ operation }) => operation === 'PullMessages');
  expect(pull?.path).toBe('/sub?id=7');
  expect(pull?.envelope).toContain('http://10.255.255.1:1/sub?id=7');
  expect(pull?.envelope).toContain('/PullPointSubscription/PullMessagesRequest<');
  for (const answer of pulls) answer();
  await until('the interruption', () => ear.interruptions() === 1);
  expect(peer.operations()).toContain('Unsubscribe');
});

it('the headers by which a camera knows a subscription are repeated, with what their prefixes meant', async () => {
  const peer = await lab.peer({
    GetServices: SERVICES,
    CreatePullPointSubscription: `<SubscriptionReference xmlns:dom0="urn:acme"><Address>http://127.0.0.1/onvif/events</Address>
      <ReferenceParameters><dom0:SubscriptionId dom0:kind="x">7 &amp; <dom0:part/></dom0:SubscriptionId><b:Other xmlns:b="urn:b">1</b:Other>
      </ReferenceParameters></SubscriptionReference>`,
    PullMessages: () => undefined,
  });
  lab.open(peer.port).events.listen(listener());
  await until('the pull', () => peer.operations().includes('PullMessages'));
  const { envelope } = peer.received.at(-1) ?? { envelope: '' };
  const header = find(parseXml(envelope, 100_000), 'Header');
  const [id, other] = ['SubscriptionId', 'Other'].map((name) => find(header, name));
  expect([id?.namespace, id?.text, other?.namespace]).toEqual(['urn:acme', '7 &', 'urn:b']);
  expect(id?.attributes).toEqual(
    new Map([
      ['IsReferenceParameter', 'true'],
      ['kind', 'x'],
    ]),
  );
  expect(find(id, 'part')?.namespace).toBe('urn:acme');
});

it('a camera that names a subscription without end is not repeated', async () => {
  const peer = await lab.peer({
    GetServices: SERVICES,
    CreatePullPointSubscription: `<SubscriptionReference><ReferenceParameters><a>${'x'.repeat(5_000)}</a></ReferenceParameters></SubscriptionReference>`,
  });
  const ear = listener();
  lab.open(peer.port).events.listen(ear);
  await until('the interruption', () => ear.interruptions() === 1);
  expect(peer.operations()).not.toContain('PullMessages');
});
