/** A police listener with client certificates, from the handshake to the journal, at a running gateway. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigInput } from '../../src/config/schema.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { Desk } from '../server/certified-desk.ts';
import type { TestSocket } from '../server/harness.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { type IssuedCertificate, PrivateCa } from '../support/private-ca.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const DAY_MS = 24 * 3_600_000;
const ROOMS = [
  {
    id: 'rotterdam',
    name: 'Rotterdam',
    certificates: [{ name: 'desk-1.rotterdam.example' }, { name: 'desk-2.rotterdam.example' }],
  },
  { id: 'den-haag', name: 'Den Haag', certificates: [{ name: 'desk.den-haag.example' }] },
];
const named = (name: string) => ({ san: `DNS:${name}` });

let ca: PrivateCa;
let other: PrivateCa;
let cameras: SimulateRun;
let run: ServeRun;
let config: Omit<ConfigInput, 'gateway'>;
let operator: ApiCaller;
let police: { url: string };
let incident: string;
let first: IssuedCertificate;
let second: IssuedCertificate;
let ofDenHaag: IssuedCertificate;
/** Of dispatchers of both control rooms. */
let tokens: { rotterdam: string; denHaag: string };

beforeAll(async () => {
  ca = new PrivateCa('Police network');
  other = new PrivateCa('Police network');
  first = ca.issue('desk 1', named('desk-1.rotterdam.example'));
  second = ca.issue('desk 2', named('desk-2.rotterdam.example'));
  ofDenHaag = ca.issue('desk', named('desk.den-haag.example'));
  const own = ca.issue('gateway of before');
  const file = (name: string) => join(ca.folder, name);
  put(file('police.crt'), own.cert);
  put(file('police.key'), own.key);
  put(file('police.crl'), ca.list());
  cameras = await SimulateRun.start(['--cameras', '1']);
  const tls = {
    ...{ cert: file('police.crt'), key: file('police.key'), clientCa: ca.certFile },
    ...{ clientCert: 'required' as const, clientCrl: [file('police.crl')] },
  };
  config = {
    ...{ cameras: cameras.config('rtsp'), controlRooms: ROOMS },
    police: { listen: '127.0.0.1:0', tls },
  };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
  police = { url: (await run.ready()).police };
  operator = await run.operator();
  tokens = {
    rotterdam: (await run.dispatcher('rotterdam')).token,
    denHaag: (await run.dispatcher('den-haag')).token,
  };
  incident = await share();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
  for (const each of [ca, other]) each?.remove();
});

/** As whoever renews files does: beside, then over. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

async function share(): Promise<string> {
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] },
  });
  const grant = { cameras: ['shop-1'], rights: ['view'] };
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, grant);
  return id;
}

const desk = (shown?: IssuedCertificate) => new Desk(police, ca.cert, shown);
const status = async (shown: IssuedCertificate | undefined, token: string) =>
  (await desk(shown).ask('GET', '/v1/incidents', { token })).status;

/** Reads the configuration again, and waits until that is done. */
async function reload(changed: Omit<ConfigInput, 'gateway'>): Promise<void> {
  const count = () => run.process.stderr.split('configuration read again').length;
  const before = count();
  const gateway = { dataDir: run.dataDir, logLevel: 'debug' };
  const centre = { listen: '127.0.0.1:0' };
  writeFileSync(run.configFile, JSON.stringify({ centre, ...changed, gateway }));
  run.process.child.kill('SIGHUP');
  await until('the configuration is read', () => count() > before);
}

/** The name in the certificate that the gateway shows now. */
function shownName(): Promise<string> {
  const { hostname: host, port } = new URL(police.url);
  const { cert, key } = first;
  const socket = connect({ host, port: Number(port), ca: ca.cert, cert, key });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

async function watching(shown: IssuedCertificate): Promise<TestSocket> {
  const token = tokens.rotterdam;
  const live = desk(shown).connect('/v1/live', ['liveview.v1'], { token });
  await live.hello();
  live.send({ type: 'watch', channel: 1, camera: 'shop-1', incident });
  await live.next('binary');
  return live;
}

async function morePictures(live: TestSocket): Promise<void> {
  const before = live.mediaBytes;
  await until('more pictures come', () => live.mediaBytes > before);
}

interface Recorded {
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

async function journal(kind: string): Promise<Recorded[]> {
  const auditor = await run.auditor();
  const entries = await auditor.call<Recorded[]>('GET', '/v1/journal?limit=1000');
  return entries.filter((entry) => entry.kind === kind);
}

describe('the handshake', () => {
  const past = { from: new Date(Date.now() - 9 * DAY_MS), until: new Date(Date.now() - DAY_MS) };
  it.each<[string, () => IssuedCertificate | undefined]>([
    ['no certificate', () => undefined],
    [
      'one of another authority of that name',
      () => other.issue('desk', named('desk-1.rotterdam.example')),
    ],
    [
      'one that has expired',
      () => ca.issue('desk', { ...named('desk-1.rotterdam.example'), ...past }),
    ],
    ['one that stands for no control room', () => ca.issue('desk-1.rotterdam.example')],
  ])('with %s ends before a word of HTTP', async (_what, shown) => {
    await expect(desk(shown()).ask('GET', '/')).rejects.toThrow();
  });

  it('with one of a control room leads to the login page', async () => {
    const page = await desk(first).ask('GET', '/');
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<html')]);
    expect(page.headers['strict-transport-security']).toMatch(/^max-age=/);
  });
});

it('a control room is let in by its own certificates alone', async () => {
  expect(await status(first, tokens.rotterdam)).toBe(200);
  expect(await status(second, tokens.rotterdam)).toBe(200);
  expect(await status(ofDenHaag, tokens.denHaag)).toBe(200);
  expect(await status(ofDenHaag, tokens.rotterdam)).toBe(401);
  expect(await status(first, tokens.denHaag)).toBe(401);
  const refused = await journal('session.refused');
  expect(refused.map(({ data }) => data['reason'])).toEqual([
    'wrong-certificate',
    'wrong-certificate',
  ]);
});

it('a renewed certificate is shown to whoever comes, and whoever watches notices nothing', async () => {
  const live = await watching(first);
  expect(await shownName()).toBe('gateway of before');
  const renewed = ca.issue('gateway of now');
  put(join(ca.folder, 'police.crt'), renewed.cert);
  await morePictures(live);
  expect(await shownName()).toBe('gateway of before');
  put(join(ca.folder, 'police.key'), renewed.key);
  await until('the new one is shown', async () => (await shownName()) === 'gateway of now');
  await morePictures(live);
  expect(live.closed).toBeUndefined();
  live.ws.terminate();
});

it('a certificate that is revoked is cut where it is in use, and the journal says that its viewing ended', async () => {
  const [gone, stays] = [await watching(first), await watching(second)];
  const viewings = await journal('viewing.started');
  const viewing = viewings.at(-2)?.data['viewing'];
  ca.revoke(first);
  put(join(ca.folder, 'police.crl'), ca.list());
  await until('it is cut', () => gone.closed);
  await morePictures(stays);
  const ended = await until('the end is in the journal', async () =>
    (await journal('viewing.ended')).find(({ data }) => data['viewing'] === viewing),
  );
  expect(ended.data).toMatchObject({ reason: 'session-ended' });
  await expect(desk(first).ask('GET', '/')).rejects.toThrow();
  expect(await status(second, tokens.rotterdam)).toBe(200);
  stays.ws.terminate();
});

it('a certificate that stands for the control room no more is cut at a reload', async () => {
  const live = await watching(second);
  const [rotterdam, denHaag] = ROOMS;
  const certificates = rotterdam?.certificates.slice(0, 1);
  await reload({ ...config, controlRooms: [{ ...rotterdam, certificates }, denHaag] as never });
  await until('it is cut', () => live.closed);
  await expect(desk(second).ask('GET', '/')).rejects.toThrow();
  expect(await status(ofDenHaag, tokens.denHaag)).toBe(200);
  await reload(config);
  expect(await status(second, tokens.rotterdam)).toBe(200);
});

it('what is wrong with new files is in the log and the figures, and what was in force stays', async () => {
  put(join(ca.folder, 'police.crl'), '');
  await run.process.logged(
    /certificates of the listener police cannot be taken over, the old ones stay/,
  );
  const figures = await operator.fetch('/metrics');
  expect(await figures.text()).toContain('liveview_tls_problems{listener="police"} 1');
  expect(await status(second, tokens.rotterdam)).toBe(200);
  await expect(desk(first).ask('GET', '/')).rejects.toThrow();
  put(join(ca.folder, 'police.crl'), ca.list());
});

it('a gateway does not start with a list that it cannot read, and says what to do', async () => {
  const [list, tls] = [join(ca.folder, 'torn.crl'), config.police?.tls];
  put(list, ca.list().slice(0, 100));
  if (!config.police || !tls) throw new Error('there is no police listener');
  const torn = { ...config, police: { ...config.police, tls: { ...tls, clientCrl: [list] } } };
  const refused = ServeRun.launch({ config: torn, env: CAMERA_PASSWORD_ENV });
  expect(await refused.process.ended()).not.toBe(0);
  expect(refused.process.stderr).toContain(`${list} is empty or half written`);
  expect(refused.process.stderr).not.toContain('"message":"ready"');
});
