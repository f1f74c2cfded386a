/** Everything that can tell of an alarm, told to a gateway at work by real sockets, until it is killed. */
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AlarmView } from '../../src/server/views.ts';
import { writeMessage } from '../../src/simulator/panel/message.ts';
import {
  AlarmCentre,
  alarmsOf,
  type NamedAlarm,
  TLS_FILES,
  tell,
} from '../support/alarm-centre.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { runCli } from '../support/cli.ts';
import type { LivePeer } from '../support/live-peer.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

const SITE = 'jeweller';
const BOTH = ['shop-1', 'shop-front'];
const GLASS = { nl: 'Glasbreuk in de etalage', en: 'Shop window broken' };
const VAULT = { nl: 'Magneetcontact kluisdeur', en: 'Contact of the vault door' };
const BUTTON = { nl: 'Overvalknop toonbank', en: 'Hold-up button at the counter' };
/** AES keys of every length, by the account that has it. */
const KEYS = {
  '1411': '00112233445566778899aabbccddeeff',
  '1412': '00112233445566778899aabbccddeeff0123456789abcdef',
  '1413': '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef',
} as const;
const SUPERVISED = '1415';

const zones = { '1': { name: 'Kassa', cameras: ['shop-front'] } };
const dc09 = {
  listen: '127.0.0.1:0',
  tls: { ...TLS_FILES, listen: '127.0.0.1:0' },
  accounts: {
    '1409': { site: SITE, zones },
    ...Object.fromEntries(
      Object.keys(KEYS).map((account) => [account, { site: SITE, key: { env: `KEY_${account}` } }]),
    ),
    [SUPERVISED]: { site: SITE, supervisionSeconds: 10 },
  },
};
const webhook = [
  {
    token: 'glass',
    sites: [SITE],
    types: { broken: { kind: 'burglary' as const, text: GLASS, cameras: ['shop-front'] } },
  },
  { token: 'traffic', sites: ['square'] },
];
const wired = (topic: string, kind: 'hold-up' | 'burglary', text: typeof BUTTON) => ({
  ...{ topic: `Device/Trigger/${topic}`, kind, text, cameras: BOTH },
});
const CAMERAS = {
  'shop-1': {
    rules: [wired('DigitalInput', 'hold-up', BUTTON), wired('Relay', 'burglary', VAULT)],
  },
  'shop-front': { on: [] },
};

let centre: AlarmCentre;
let operator: ApiCaller;
let duty: LivePeer;
let glass: ApiCaller;

beforeAll(async () => {
  centre = await AlarmCentre.start({
    ...{ cameras: CAMERAS, alarms: { dc09, webhook } },
    env: Object.fromEntries(Object.entries(KEYS).map(([account, key]) => [`KEY_${account}`, key])),
  });
  operator = await centre.run.operator();
  glass = await centre.run.source('glass');
  duty = await centre.console(operator);
  await centre.heard('shop-1');
});

afterAll(() => centre?.stop());

/** The alarm that is as expected: on the socket of the operator, in the API, and in the journal. */
async function everywhere(expected: NamedAlarm): Promise<AlarmView> {
  const { source, text } = expected;
  const wanted = (alarm: AlarmView) => alarm.source.id === source.id && alarm.text.en === text.en;
  const { alarm } = await duty.hears('alarm', (message) => wanted(message.alarm), 60_000);
  expect(alarm).toMatchObject({ ...expected, state: 'open' });
  expect(await operator.call('GET', `/v1/alarms/${alarm.id}`)).toMatchObject(expected);
  const entry = (await centre.journalled()).find(({ data }) => data['alarm'] === alarm.id);
  expect(entry?.data).toMatchObject(expected);
  return alarm;
}

describe('an alarm names site, cameras, kind, priority and words, told', () => {
  it.each([
    ['TCP', 'tcp', 'sia', 2, 'Overvalalarm', 'Hold-up alarm'],
    ['UDP', 'udp', 'cid', 3, 'Overvalalarm, stil', 'Hold-up alarm, silent'],
    ['TLS', 'tls', 'sia', 4, 'Overvalalarm', 'Hold-up alarm'],
  ] as const)('by a panel over %s', async (_, transport, format, area, nl, en) => {
    const panel = await centre.panel('1409', transport, { format });
    const { reply } = await panel.report({ name: 'hold-up', number: 1, area });
    expect(reply.kind).toBe('ACK');
    await everywhere({
      ...{ source: { type: 'dc09', id: '1409' }, site: SITE, cameras: ['shop-front'] },
      ...{ kind: 'hold-up', priority: 1 },
      text: {
        nl: `${nl}, zone 1 (Kassa), gebied ${area}`,
        en: `${en}, zone 1 (Kassa), area ${area}`,
      },
    });
  });

  it.each(Object.entries(KEYS))('by a panel that encrypts, %s', async (account, key) => {
    const panel = await centre.panel(account, 'udp', { secret: Buffer.from(key, 'hex') });
    const { reply } = await panel.report({ name: 'fire', number: 7 });
    expect(reply).toMatchObject({ kind: 'ACK', isEncrypted: true });
    await everywhere({
      ...{ source: { type: 'dc09', id: account }, site: SITE, cameras: BOTH },
      ...{
        kind: 'fire',
        priority: 1,
        text: { nl: 'Brandalarm, zone 7', en: 'Fire alarm, zone 7' },
      },
    });
  });

  it('by a program over HTTP', async () => {
    const answer = await glass.call<AlarmView>('POST', '/v1/alarms', { type: 'broken' });
    const alarm = await everywhere({
      ...{ source: { type: 'webhook', id: 'glass' }, site: SITE, cameras: ['shop-front'] },
      ...{ kind: 'burglary', priority: 2, text: GLASS },
    });
    expect(answer.id).toBe(alarm.id);
  });

  it.each([
    ['button at the input', 'DigitalInput', [true, false], 'hold-up', 1, BUTTON],
    ['sensor on the relay', 'Relay', ['active', 'inactive'], 'burglary', 2, VAULT],
  ] as const)('by a %s of a camera', async (_, name, [so, over], kind, priority, { nl, en }) => {
    const topic = `Device/Trigger/${name}`;
    centre.onvif('shop-1').trigger(topic, { LogicalState: so });
    const { id } = await everywhere({
      ...{ source: { type: 'onvif', id: 'shop-1' }, site: SITE, cameras: BOTH },
      ...{ kind, priority, text: { nl: `${nl}: Winkel`, en: `${en}: Winkel` } },
    });
    centre.onvif('shop-1').trigger(topic, { LogicalState: over });
    const isOver = ({ alarm }: { alarm: AlarmView }) =>
      alarm.id === id && alarm.restoredAt !== undefined;
    expect((await duty.hears('alarm', isOver)).alarm.state).toBe('open');
  });

  it('by the button of an operator', async () => {
    const words = 'Klant onwel bij de kassa';
    const told = { site: SITE, kind: 'medical', text: words, cameras: ['shop-1'] };
    const { source } = await operator.call<AlarmView>('POST', '/v1/alarms', told);
    expect(source.type).toBe('operator');
    await everywhere({
      ...{ source, site: SITE, cameras: ['shop-1'] },
      ...{ kind: 'medical', priority: 1, text: { nl: words, en: words } },
    });
  });
});

describe('what is told badly', () => {
  it.each([
    ['a field that there is not', { type: 'broken', pane: 2 }, 400, 'invalid-request'],
    ['a type that is not configured', { type: 'door' }, 422, 'unknown-type'],
    ['the site of another', { kind: 'fire', site: 'square' }, 403, 'site-not-allowed'],
  ])('is no alarm: %s', async (_, body, status, code) => {
    const before = await alarmsOf(operator);
    const answer = await tell(glass, body);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
    expect(await alarmsOf(operator)).toEqual(before);
  });

  it('is no alarm: with the token of nobody, or of a program that is not configured', async () => {
    const stranger = await centre.run.source('stranger');
    const nobody = ApiCaller.withToken(stranger.base, `${stranger.token}x`);
    const answers = [stranger, nobody].map((caller) => tell(caller, { kind: 'fire', site: SITE }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([422, 401]);
  });

  it('is one alarm: twice, by one idempotency key', async () => {
    const [first, again] = [await tell(glass, ...PANE), await tell(glass, ...PANE)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(await again.json()).toEqual(await first.json());
  });

  it('is each alarm once: in halves, and several at once, and again', async () => {
    const { socket, replies } = await rawLine();
    const bytes = Buffer.concat([message('BA21', 9_998), message('BA22', 9_999), AGAIN]);
    socket.write(bytes.subarray(0, 20));
    // The first half has been there for long when somebody else is answered.
    expect((await (await centre.panel('1409')).poll()).reply.kind).toBe('ACK');
    expect(replies()).toBe('');
    socket.write(bytes.subarray(20));
    await until('three replies', () => replies().split('"ACK"').length === 4);
    socket.destroy();
    const texts = (await alarmsOf(operator)).map(({ text }) => text.en);
    expect(texts.filter((text) => /zone 2\d$/.test(text))).toEqual([
      'Burglary alarm, zone 21',
      'Burglary alarm, zone 22',
    ]);
  });
});

/** A report with a name, and a message with a time: by these they are known after a crash. */
const PANE = [{ type: 'broken', key: 'pane 2' }, { 'idempotency-key': 'pane-2-1' }] as const;
const TIME_MS = Date.now();
const message = (data: string, sequence: number) =>
  writeMessage({
    ...{ id: 'SIA-DCS', sequence, prefix: '0', account: '1409', data: `#1409|N${data}` },
    timeUnixMs: TIME_MS,
  });
const AGAIN = message('BA22', 9_999);

/** A panel of which every byte is ours. */
async function rawLine() {
  const { tcp: port } = await centre.run.panelPorts();
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  return { socket, replies: () => heard };
}

it('a panel that falls silent is an alarm, which is over when it speaks again', async () => {
  const panel = await centre.panel(SUPERVISED);
  expect((await panel.poll()).reply.kind).toBe('ACK');
  const isOf = ({ alarm }: { alarm: AlarmView }) => alarm.source.id === SUPERVISED;
  const { alarm } = await duty.hears('alarm', isOf, 60_000);
  expect(alarm).toMatchObject({ site: SITE, cameras: BOTH, kind: 'technical' });
  await panel.poll();
  await duty.hears('alarm', (told) => isOf(told) && told.alarm.restoredAt !== undefined);
});

it('of many from one program is one alarm, and what is urgent is told beside it', async () => {
  const traffic = await centre.run.source('traffic');
  for (let loop = 0; loop < 60; loop += 1) {
    expect((await tell(traffic, { kind: 'motion', key: `loop ${loop}` })).ok).toBe(true);
  }
  const urgent = await traffic.call<AlarmView>('POST', '/v1/alarms', { kind: 'hold-up' });
  const told = (await alarmsOf(operator)).filter(({ site }) => site === 'square');
  expect(told.length).toBeLessThan(55);
  expect(told.at(-1)).toMatchObject({ id: urgent.id, kind: 'hold-up', priority: 1 });
  expect(told.find(({ source }) => source.type === 'gateway')?.text).toEqual({
    nl: 'Te veel alarmen van webhook traffic: verdere worden alleen geteld',
    en: 'Too many alarms from webhook traffic: further ones are only counted',
  });
});

it('a gateway that is killed has all of them, and takes none of them again', async () => {
  const before = await alarmsOf(operator);
  await centre.crash();
  operator = await centre.run.operator();
  duty = await centre.console(operator);
  for (const { id } of before) await duty.hears('alarm', ({ alarm }) => alarm.id === id);
  expect(await alarmsOf(operator)).toEqual(before);

  expect((await tell(glass.at(operator.base), ...PANE)).status).toBe(200);
  const { socket, replies } = await rawLine();
  socket.write(AGAIN);
  await until('the reply', () => replies().includes('"ACK"'));
  socket.destroy();
  expect(await alarmsOf(operator)).toEqual(before);
  expect(await centre.run.stop()).toBe(0);
  const verified = await runCli(['journal', 'verify', '--data-dir', centre.run.dataDir]);
  expect(verified).toMatchObject({ code: 0 });
});
