import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CertificateRooms } from '../../src/access/certificate-rooms.ts';
import { silentLogger } from '../../src/core/log.ts';
import { TlsFiles } from '../../src/core/tls/files.ts';
import { createListener, type Listener } from '../../src/server/listener.ts';
import { type IssuedCertificate, PrivateCa } from '../support/private-ca.ts';
import { until } from '../support/until.ts';
import { Desk, type DeskAnswer } from './certified-desk.ts';
import { type Harness, PASSWORD, type TestSocket } from './harness.ts';
import { pathWith } from './path-ids.ts';
import { init, picture } from './scripted-media.ts';
import { busySite, type SiteIds, twoSites } from './two-sites.ts';

const ROOMS = {
  rotterdam: [{ name: 'desk.rotterdam.example' }],
  'den-haag': [{ name: 'desk.den-haag.example' }],
};
const san = (room: string) => ({ san: `DNS:desk.${room}.example` });
const folder = mkdtempSync(join(tmpdir(), 'liveview-certified-'));
const warnings: [string, unknown][] = [];

let ca: PrivateCa;
let harness: Harness;
let ids: SiteIds;
let rooms: CertificateRooms;
let sources: TlsFiles[];
let required: Listener;
let optional: Listener;
let ofRotterdam: IssuedCertificate;
let ofDenHaag: IssuedCertificate;
let ofNobody: IssuedCertificate;
let ofBoth: IssuedCertificate;
let own: IssuedCertificate;

const roomsOf = (given: Partial<typeof ROOMS>) =>
  Object.entries(given).map(([id, certificates]) => ({ id, certificates }));

beforeAll(async () => {
  ca = new PrivateCa('Police network');
  own = ca.issue('gateway');
  ofRotterdam = ca.issue('desk', san('rotterdam'));
  ofDenHaag = ca.issue('desk', san('den-haag'));
  ofNobody = ca.issue('printer', san('utrecht'));
  ofBoth = ca.issue('desk', { san: `${san('rotterdam').san},${san('den-haag').san}` });
  writeFileSync(join(folder, 'list.pem'), ca.list());
  rooms = new CertificateRooms(roomsOf(ROOMS));
  harness = await twoSites();
  await harness.addUser('dora', 'dispatcher', 'rotterdam');
  await harness.addUser('henk', 'dispatcher', 'den-haag');
  ids = await busySite(harness, 'jeweller');
  harness.media.onOpen = (reader) =>
    queueMicrotask(() => {
      if (reader.closed) return;
      reader.push(init());
      reader.push(picture());
    });
  sources = [];
  required = await listening('required');
  optional = await listening('optional');
});
afterAll(async () => {
  await required.stop();
  await optional.stop();
  await harness.stop();
  ca.remove();
  rmSync(folder, { recursive: true });
});

async function listening(clientCert: 'required' | 'optional'): Promise<Listener> {
  const { certFile: cert, keyFile: key } = own;
  const clientCrl = [join(folder, 'list.pem')];
  const source = new TlsFiles({
    ...{ listener: 'police', clock: harness.clock, log: silentLogger },
    files: { cert, key, clientCa: ca.certFile, clientCrl, clientCert },
  });
  sources.push(source);
  const log = {
    ...silentLogger,
    warn: (text: string, fields: unknown) => warnings.push([text, fields]),
  };
  const deps = { ...harness.deps, log, certificateRooms: rooms };
  const listener = createListener({
    ...{ side: 'police', host: '127.0.0.1', port: 0, tls: source, deps },
  });
  await listener.start();
  return listener;
}

const desk = (shown?: IssuedCertificate, at = required) => new Desk(at, ca.cert, shown);
const token = (room: string) => harness.token('dispatcher', room);
const NEVER_ISSUED = `lv_${'x'.repeat(43)}`;

/** All but what differs between any two answers. */
function comparable({ status, headers, body }: DeskAnswer) {
  const { date: _date, 'set-cookie': _cookie, ...rest } = headers;
  return { status, headers: rest, body };
}

const entries = (kind: string) =>
  [...harness.deps.journal.read()].filter((entry) => entry.kind === kind);
const refusedInJournal = (user: string) =>
  entries('session.refused').flatMap(({ data }) => (data['user'] === user ? [data] : []));

describe('on a connection whose certificate stands for a control room', () => {
  it('every route knows the tokens of that room, and no other', async () => {
    const routes = required.served.filter(({ path }) => !path.includes('*'));
    expect(routes.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const { method, path } of routes) {
      const at = pathWith(path, ids);
      const json = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined;
      const ask = (by: Desk, of: string) => by.ask(method, at, { token: of, json });
      const strange = comparable(await ask(desk(ofRotterdam), NEVER_ISSUED));
      const foreign = comparable(await ask(desk(ofRotterdam), token('den-haag')));
      expect([method, path, foreign]).toEqual([method, path, strange]);
      const { status } = await ask(desk(ofDenHaag), token('den-haag'));
      // Where everybody may ask, a token makes no difference.
      if (status === 401 && path !== '/v1/session') wrong.push(`${method} ${path}`);
    }
    expect(wrong).toEqual([]);
  });

  it('its own people log in, and no others, who hear what a wrong password hears', async () => {
    await desk(ofRotterdam).logIn('dora', PASSWORD);
    const opened = entries('session.opened');
    expect(opened.at(-1)?.data['certificate']).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    const attempt = (username: string, password: string) =>
      desk(ofRotterdam).ask('POST', '/v1/session', { json: { username, password } });
    const foreign = comparable(await attempt('henk', PASSWORD));
    expect(foreign.status).toBe(401);
    expect(foreign).toEqual(comparable(await attempt('dora', 'not the right one')));
    expect(refusedInJournal('henk')).toEqual([
      {
        ...{ user: 'henk', side: 'police', reason: 'wrong-certificate' },
        certificate: opened.at(-1)?.data['certificate'],
      },
    ]);
  });

  it('a cookie that was stolen opens nothing by another certificate, or by none, and the journal says so', async () => {
    const cookie = await desk(ofRotterdam).logIn('dora', PASSWORD);
    const who = async (by: Desk) => comparable(await by.ask('GET', '/v1/session', { cookie }));
    const nobody = comparable(await desk(ofDenHaag).ask('GET', '/v1/session'));
    expect(nobody.status).toBe(401);
    const before = refusedInJournal('dora').length;
    expect(await who(desk(ofDenHaag))).toEqual(nobody);
    expect(await who(desk(ofDenHaag, optional))).toEqual(nobody);
    expect(await who(desk(undefined, optional))).toEqual(nobody);
    expect(await who(desk(ofNobody, optional))).toEqual(nobody);
    // What is tried again is not told again.
    expect(await who(desk(ofNobody, optional))).toEqual(nobody);
    expect(
      refusedInJournal('dora')
        .slice(before)
        .map(({ reason }) => reason),
    ).toEqual(Array.from({ length: 4 }, () => 'wrong-certificate'));
    const another = ca.issue('another desk', san('rotterdam'));
    expect(await who(desk(another))).toMatchObject({ status: 200 });
    expect(await who(desk(ofRotterdam, optional))).toMatchObject({ status: 200 });
  });

  it('a live socket is opened by nobody else, neither by the request nor by the hello', async () => {
    const foreign = token('den-haag');
    const film = `/v1/incidents/${ids.incident}/cameras/${ids.camera}/live.ws`;
    for (const [path, protocols] of [
      ['/v1/live', ['liveview.v1']],
      [film, []],
    ] as const) {
      const refused = desk(ofRotterdam).connect(path, [...protocols], { token: foreign });
      await until('it is refused', () => refused.refused);
      expect(refused.refused).toBe(401);
    }
    const hello = desk(ofRotterdam).connect('/v1/live', ['liveview.v1']);
    await hello.opened();
    hello.send({ type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'], token: foreign });
    await until('it is closed', () => hello.closed);
    expect(hello.closed).toEqual({ code: 1008, reason: 'unauthenticated' });
    const right = desk(ofRotterdam).connect('/v1/live', ['liveview.v1']);
    expect(await right.hello({ token: token('rotterdam') })).toMatchObject({
      controlRoom: 'rotterdam',
    });
    right.ws.terminate();
  });
});

describe('a certificate that stands for no control room', () => {
  it('opens nothing where one is required, not even the login page, and the log says which it was', async () => {
    warnings.length = 0;
    for (const path of ['/', '/v1/session', '/v1/live', '/nowhere']) {
      await expect(desk(ofNobody).ask('GET', path)).rejects.toThrow();
    }
    expect(warnings).toEqual([
      [
        expect.stringContaining('stands for no control room and is refused'),
        expect.objectContaining({ subject: 'CN=printer', fingerprint: expect.any(String) }),
      ],
    ]);
  });

  it('counts as none where one is optional', async () => {
    for (const shown of [ofNobody, undefined]) {
      const by = desk(shown, optional);
      const cookie = await by.logIn('dora', PASSWORD);
      expect((await by.ask('GET', '/v1/session', { cookie })).status).toBe(200);
      expect((await by.ask('GET', '/v1/incidents', { token: token('den-haag') })).status).toBe(200);
      // A login without a certificate is not bound to one.
      const status = async (of: IssuedCertificate) =>
        (await desk(of, optional).ask('GET', '/v1/session', { cookie })).status;
      expect(await status(ofRotterdam)).toBe(200);
      expect(await status(ofDenHaag)).toBe(401);
    }
  });

  it('is one whose names are of two, too: it is refused anywhere', async () => {
    for (const at of [required, optional]) {
      await expect(desk(ofBoth, at).ask('GET', '/v1/session')).rejects.toThrow();
    }
  });
});

describe('what is open', () => {
  /** Everything that a desk may have open, and how to see that it is. */
  async function openAll(shown: IssuedCertificate) {
    const at = `/v1/incidents/${ids.incident}/cameras/${ids.camera}`;
    const by = desk(shown);
    const cookie = await by.logIn('dora', PASSWORD);
    const live = by.connect('/v1/live', ['liveview.v1'], { cookie });
    await live.hello();
    const { camera, incident } = ids;
    live.send({ type: 'watch', channel: 1, camera, incident });
    await live.next('binary');
    const plain = by.connect(`${at}/live.ws`, [], { cookie });
    await plain.next('binary');
    const film = await by.film(`${at}/live.mp4`, { cookie });
    const idle = await by.idle();
    return { live, plain, film, idle };
  }

  const ended = () => entries('viewing.ended');

  async function expectCut(open: Awaited<ReturnType<typeof openAll>>): Promise<void> {
    const sockets: [string, TestSocket][] = [
      ['the live socket', open.live],
      ['live.ws', open.plain],
    ];
    for (const [what, socket] of sockets) await until(`${what} is cut`, () => socket.closed);
    await until('live.mp4 is cut', () => open.film.destroyed);
    await until('the idle connection is cut', () => open.idle.destroyed);
  }

  it('by a certificate that is revoked is cut when the list is read again, and the viewings end', async () => {
    const gone = ca.issue('stolen desk', san('rotterdam'));
    const open = await openAll(gone);
    const stays = await openAll(ofRotterdam);
    const before = ended().length;
    ca.revoke(gone);
    writeFileSync(join(folder, 'list.pem'), ca.list());
    for (const source of sources) source.look();
    await expectCut(open);
    expect(open.live.closed).toEqual({ code: 1008, reason: 'session-ended' });
    const reasons = ended()
      .slice(before)
      .map(({ data }) => data['reason']);
    expect(reasons).toEqual(['session-ended', 'session-ended', 'session-ended']);
    await expect(desk(gone).ask('GET', '/')).rejects.toThrow();
    await stays.live.settled();
    expect([stays.live.closed, stays.plain.closed, stays.film.destroyed]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    stays.live.ws.terminate();
    stays.plain.ws.terminate();
    stays.film.destroy();
  });

  it('by a certificate that stands for the room no more is cut when the configuration says so', async () => {
    const open = await openAll(ofRotterdam);
    required.judgeCertificates();
    await open.live.settled();
    rooms.update(roomsOf({ 'den-haag': ROOMS['den-haag'] }));
    required.judgeCertificates();
    await expectCut(open);
    await expect(desk(ofRotterdam).ask('GET', '/')).rejects.toThrow();
    rooms.update(roomsOf(ROOMS));
  });
});

describe('without certificates for any control room', () => {
  it('whoever has one of the authority connects, and the login says who it is', async () => {
    rooms.update([]);
    for (const [user, shown] of [
      ['dora', ofNobody],
      ['henk', ofRotterdam],
    ] as const) {
      const cookie = await desk(shown).logIn(user, PASSWORD);
      expect((await desk(ofDenHaag).ask('GET', '/v1/session', { cookie })).status).toBe(200);
    }
    rooms.update(roomsOf(ROOMS));
  });
});
