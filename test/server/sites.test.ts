import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallerRole } from '../../src/access/role.ts';
import type { AnyEntry } from '../../src/journal/record.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { madeOf } from '../support/made-pictures.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { DIRECTORY, type Harness, OPERATOR } from './harness.ts';
import { Dome } from './live/dome.ts';
import { init, picture } from './scripted-media.ts';
import { busySite, codeOfAnswer, DISPATCHER, raised, type SiteIds, twoSites } from './two-sites.ts';

const SITES = ['jeweller'];
let harness: Harness;
let here: SiteIds;
let there: SiteIds;
beforeAll(async () => {
  harness = await twoSites();
  here = await busySite(harness, 'jeweller');
  there = await busySite(harness, 'square');
});
afterAll(() => harness.stop());

const as = (role: CallerRole, sites = SITES) => harness.token(role, undefined, sites);
const get = async <T>(path: string, token = as('supervisor')) =>
  (await (await harness.fetch('centre', path, { token })).json()) as T;
const idsOf = async (path: string, token?: string) =>
  (await get<{ id: string }[]>(path, token)).map(({ id }) => id);
const send = (method: string, path: string, json: unknown, token = as('supervisor')) =>
  harness.fetch('centre', path, { method, token, json });

describe('somebody limited to a site', () => {
  it('is told that, and what it may do', async () => {
    const session = await get<{ sites: string[]; may: string[] }>('/v1/session', as('operator'));
    expect(session.sites).toEqual(SITES);
    expect(session.may).toContain('incident.manage');
    expect(session.may).not.toContain('metrics.read');
  });

  it('finds of everything what is at the site', async () => {
    expect(await idsOf('/v1/sites')).toEqual(['jeweller']);
    expect(await idsOf('/v1/cameras')).toEqual(['shop-1', 'shop-2']);
    expect(await idsOf('/v1/incidents')).toEqual([here.incident]);
    expect(await idsOf('/v1/alarms')).toEqual([here.alarm]);
    expect(await idsOf('/v1/requests')).toEqual([here.request]);
    expect(await idsOf('/v1/plans', as('operator'))).toEqual([here.plan]);
    expect(await idsOf('/v1/plans?site=square', as('operator'))).toEqual([]);
    const all = await idsOf('/v1/incidents', harness.token('supervisor'));
    expect(all).toEqual([here.incident, there.incident]);
  });

  it('works at the site as anybody does', async () => {
    const opened = await send('POST', '/v1/incidents', {
      ...{ type: 'fire', site: 'jeweller', summary: 'rook', cameras: ['shop-2'] },
    });
    expect(opened.status).toBe(201);
    const { id } = (await opened.json()) as Incident;
    const terms = { cameras: ['shop-2'], rights: ['view'] };
    expect((await send('PUT', `/v1/incidents/${id}/grants/rotterdam`, terms)).status).toBe(200);
    expect((await send('POST', '/v1/alarms', { site: 'jeweller', kind: 'fire' })).status).toBe(201);
    const closing = { outcome: 'resolved', note: '' };
    expect((await send('POST', `/v1/incidents/${id}/close`, closing)).status).toBe(200);
    const jpeg = await harness.fetch('centre', '/v1/cameras/shop-1/snapshot.jpg', {
      token: as('consumer'),
    });
    expect(await jpeg.text()).toBe('jpeg');
  });

  it.each([
    ['GET', '/metrics'],
    ['GET', '/v1/demonstration'],
  ])('has nothing to do with %s %s, which is of the whole centre', async (method, path) => {
    const limited = await twoSites({
      deps: { demonstration: { scripts: [], running: undefined, start: never, stop: never } },
    });
    const ask = (sites?: string[]) =>
      limited.fetch('centre', path, { method, token: limited.token('operator', undefined, sites) });
    expect((await ask()).status).toBe(200);
    expect([(await ask(SITES)).status, await codeOfAnswer(await ask(SITES))]).toEqual([
      403,
      'not-allowed',
    ]);
    await limited.stop();
  });

  it('is not told at /readyz what is not well elsewhere', async () => {
    const problems = ['square-1 (main): no connection'];
    const ill = await twoSites({ deps: { status: () => ({ ready: true, problems }) } });
    const ask = async (sites?: string[]) =>
      (
        await ill.fetch('centre', '/readyz', { token: ill.token('operator', undefined, sites) })
      ).json();
    expect(await ask()).toEqual({ ready: true, problems });
    expect(await ask(SITES)).toEqual({ ready: true });
    await ill.stop();
  });
});

describe('an incident in which a camera of another site is', () => {
  let id: string;
  beforeAll(async () => {
    id = harness.liveview.openIncident(OPERATOR, {
      ...{ type: 'robbery', site: 'jeweller', summary: 'vlucht', cameras: ['shop-1', 'square-1'] },
    }).id;
    harness.liveview.grant(OPERATOR, id, 'rotterdam', {
      ...{ cameras: ['shop-1', 'square-1'], rights: ['view'] },
    });
    const camera = 'square-1';
    const { images } = harness.liveview.pictures;
    const still = await images.add(OPERATOR, id, {
      ...{ name: 'Plein', camera },
      picture: madeOf('the square'),
    });
    const tiles = [{ camera }, { camera: 'shop-1' }, { image: still.id }];
    harness.liveview.setScreen(OPERATOR, id, { tiles, focus: 1 });
  });

  it('is seen without that camera, its tile, its still and its share', async () => {
    const seen = await get<Incident>(`/v1/incidents/${id}`);
    expect(seen.cameras).toEqual(['shop-1']);
    expect(seen.grants.map(({ cameras }) => cameras)).toEqual([['shop-1']]);
    expect(seen.screen.tiles).toEqual([{ empty: true }, { camera: 'shop-1' }, { empty: true }]);
    expect(JSON.stringify(seen)).not.toMatch(/square-1|Plein/);
    const whole = await get<Incident>(`/v1/incidents/${id}`, harness.token('supervisor'));
    expect(whole.cameras).toEqual(['shop-1', 'square-1']);
  });

  it('leaves that camera shared when it is shared anew, by no more than before', async () => {
    const path = `/v1/incidents/${id}/grants/rotterdam`;
    const shared = () => harness.liveview.incident(id)?.grants[0];
    const before = shared();
    const again = await send('PUT', path, { cameras: ['shop-1'], rights: ['view'] });
    expect([again.status, await again.text()]).toEqual([
      200,
      expect.not.stringMatching(/square-1/),
    ]);
    expect(shared()).toMatchObject({ cameras: ['shop-1', 'square-1'], rights: ['view'] });
    for (const more of [{ rights: ['view', 'ptz'] }, { requests: { switch: 'auto' } }]) {
      const wider = await send('PUT', path, { cameras: ['shop-1'], rights: ['view'], ...more });
      const problem = await wider.text();
      expect([wider.status, problem]).toEqual([409, expect.stringContaining('share-beyond-sites')]);
      expect(problem).not.toMatch(/square-1|Plein/);
    }
    expect(shared()?.rights).toEqual(before?.rights);
  });

  it('is not shared anew by itself where the share is over', async () => {
    const other = harness.liveview.openIncident(OPERATOR, {
      ...{ type: 'robbery', site: 'jeweller', summary: '', cameras: ['shop-1', 'square-1'] },
    }).id;
    const path = `/v1/incidents/${other}/grants/rotterdam`;
    harness.liveview.grant(OPERATOR, other, 'rotterdam', {
      ...{ cameras: ['shop-1', 'square-1'], rights: ['view'] },
    });
    harness.liveview.withdraw(OPERATOR, other, 'rotterdam');
    const answer = await send('PUT', path, { cameras: ['shop-1'], rights: ['view', 'ptz'] });
    expect(answer.status).toBe(200);
    expect(harness.liveview.incident(other)?.grants[0]?.cameras).toEqual(['shop-1']);
    harness.liveview.withdraw(OPERATOR, other, 'rotterdam');
  });

  it('is changed without that camera being told of', async () => {
    const answer = await send('PATCH', `/v1/incidents/${id}`, { note: 'gezien' });
    expect(await answer.text()).not.toMatch(/square-1|Plein/);
  });

  it('is seen without an alarm of another site that was added to it, which says nothing of it there', async () => {
    const alarm = raised(harness.liveview, 'square');
    harness.liveview.judging.link(OPERATOR, alarm, id);
    const all = await get<Incident>(`/v1/incidents/${id}`, harness.token('supervisor'));
    expect(all.alarms).toMatchObject([{ id: alarm, site: 'square' }]);
    expect((await get<Incident>(`/v1/incidents/${id}`)).alarms).toEqual([]);
    const there = as('supervisor', ['square']);
    expect(await get(`/v1/alarms/${alarm}`, there)).not.toHaveProperty('incident');
    const room = harness.token('dispatcher', 'rotterdam');
    const shared = await harness.fetch('police', `/v1/incidents/${id}`, { token: room });
    const { alarms } = (await shared.json()) as Incident;
    expect(alarms).toMatchObject([{ id: alarm }]);
    expect(alarms?.[0]).not.toHaveProperty('site');
  });

  it('does not let that camera be watched', async () => {
    const socket = harness.connect('centre', '/v1/live', { token: as('operator') });
    await socket.hello();
    socket.send({ type: 'watch', channel: 1, camera: 'square-1', incident: id });
    expect(await socket.next('error')).toMatchObject({ ref: 1, code: 'unknown-camera' });
    socket.send({ type: 'watch', channel: 2, camera: 'shop-1', incident: id });
    await socket.settled();
    expect(harness.media.last.permit.camera).toBe('shop-1');
  });

  it('has a report in which that camera has its place and no name', async () => {
    const report = async (token: string) =>
      (await harness.fetch('centre', `/v1/incidents/${id}/report`, { token })).text();
    expect(await report(harness.token('supervisor'))).toContain('Plein');
    const seen = await report(as('supervisor'));
    expect(seen).toContain('elsewhere');
    expect(seen).not.toMatch(/square-1|Plein/);
  });

  it('shows of the journal the entries that name that camera to nobody who is limited', async () => {
    const kinds = async (token: string) =>
      (await get<AnyEntry[]>(`/v1/journal?incident=${id}`, token)).map(({ kind }) => kind);
    expect(await kinds(harness.token('supervisor'))).toContain('grant.given');
    const seen = await kinds(as('supervisor'));
    expect(seen).toContain('incident.updated');
    expect(seen).not.toContain('grant.given');
  });
});

describe('the journal', () => {
  it('is read as far as it is of the site, however much lies between', async () => {
    for (let i = 0; i < 450; i += 1) {
      const data = { camera: 'square-1' };
      harness.deps.journal.append({ kind: 'camera.test', actor: OPERATOR, data });
    }
    const last = raised(harness.liveview, 'jeweller');
    const entries = await get<AnyEntry[]>('/v1/journal?limit=1000');
    expect(entries.at(-1)).toMatchObject({ kind: 'alarm.raised', data: { alarm: last } });
    const text = JSON.stringify(entries);
    for (const foreign of Object.values(there)) expect(text).not.toContain(`"${foreign}"`);
    const few = await get<AnyEntry[]>('/v1/journal?limit=2');
    expect(few).toEqual(entries.slice(0, 2));
    expect(entries.map(({ seq }) => seq)).toEqual(
      [...entries.map(({ seq }) => seq)].sort((a, b) => a - b),
    );
  });
});

describe('the live socket of somebody limited to a site', () => {
  it('tells of what is there and what happens there, and of nothing else', async () => {
    const socket = harness.connect('centre', '/v1/live', { token: as('operator') });
    await socket.hello();
    await socket.settled();
    expect(socket.of('incident').map(({ incident }) => incident.site)).not.toContain('square');
    expect(socket.of('incident').length).toBeGreaterThan(0);
    expect(socket.of('request').map(({ request }) => request.id)).toContain(here.request);
    const before = socket.received.length;

    raised(harness.liveview, 'square');
    harness.liveview.updateIncident(OPERATOR, there.incident, { note: 'elders' });
    const elsewhere = { incident: there.incident, action: 'ptz.home', camera: 'square-1' } as const;
    harness.liveview.request(DISPATCHER, { ...elsewhere, args: {} });
    await socket.settled();
    expect(socket.received.slice(before).map(({ type }) => type)).toEqual(['pong']);

    const alarm = raised(harness.liveview, 'jeweller');
    await socket.next('alarm', (message) => message.alarm.id === alarm);
    harness.liveview.updateIncident(OPERATOR, here.incident, { note: 'hier' });
    await socket.next('incident', ({ incident }) => incident.notes.at(-1)?.text === 'hier');
    expect(JSON.stringify(socket.received)).not.toMatch(/square/);
  });

  it('stops no movement that runs elsewhere, and whoever sees it does', async () => {
    const dome = new Dome();
    // Nothing but a release ends a movement while time stands still.
    const clock = new ManualClock();
    const moving = await twoSites({ control: dome, clock });
    const stopping = async (sites?: string[]) => {
      const token = moving.token('operator', undefined, sites);
      const socket = moving.connect('centre', '/v1/live', { token });
      await socket.hello();
      return socket;
    };
    const steering = await stopping(['square']);
    const move = { action: 'ptz.move', camera: 'square-1', args: { pan: 0.5 } };
    steering.send({ type: 'request', id: 'mine', ...move });
    const { request } = await steering.next('request', ({ state }) => state === 'running');
    const limited = await stopping(SITES);
    limited.send({ type: 'release', id: request.id });
    await limited.settled();
    expect(dome.commands).not.toContain('stop');
    const colleague = await stopping();
    colleague.send({ type: 'release', id: request.id });
    await until('it stops', () => dome.commands.includes('stop'));
    await moving.stopAt(clock);
  });

  it('ends what is watched when the camera comes to stand elsewhere', async () => {
    const cameras = new Map(DIRECTORY.cameras);
    const moving = await twoSites({ directory: { ...DIRECTORY, cameras } });
    const socket = moving.connect('centre', '/v1/live', {
      token: moving.token('operator', undefined, SITES),
    });
    await socket.hello();
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await socket.settled();
    moving.media.last.push(init());
    await socket.next('binary');
    const moved = moving.deps.directory.cameras as typeof cameras;
    const shop = moved.get('shop-1');
    if (shop) moved.set('shop-1', { ...shop, site: 'square' });
    moving.liveview.directoryChanged();
    await socket.next('ended', ({ code }) => code === 'camera-changed');
    moving.media.last.push(picture());
    await socket.settled();
    expect(socket.of('binary')).toHaveLength(1);
    await moving.stop();
  });
});

describe('an incident is handed over', () => {
  beforeAll(async () => {
    await harness.addUser('anna', 'operator');
    await harness.addUser('joop', 'operator', undefined, ['jeweller', 'square']);
    await harness.addUser('piet', 'operator', undefined, ['square']);
  });

  it('only to somebody who may see it', async () => {
    const to = (name: string) =>
      send(
        'PUT',
        `/v1/incidents/${here.incident}/handover`,
        { to: name },
        harness.token('operator'),
      );
    // Who hands over has to answer for it, which comes after whom it is for.
    expect(await codeOfAnswer(await to('piet'))).toBe('unknown-colleague');
    expect(await codeOfAnswer(await to('nobody'))).toBe('unknown-colleague');
    for (const name of ['anna', 'joop']) {
      expect(await codeOfAnswer(await to(name))).toBe('not-responsible');
    }
  });

  it('and those are listed: for an incident, and of the colleagues whoever has a site in common', async () => {
    const names = async (path: string, token: string) =>
      (await get<{ user: string }[]>(path, token)).map(({ user }) => user).sort();
    const of = `/v1/colleagues?incident=${here.incident}`;
    expect(await names(of, harness.token('operator'))).toEqual(['anna', 'joop']);
    expect(await names('/v1/colleagues', as('operator'))).toEqual(['anna', 'joop']);
    expect(await names('/v1/colleagues', harness.token('operator'))).toContain('piet');
  });
});

describe('a program limited to sites', () => {
  it('raises alarms there, and elsewhere is nowhere', async () => {
    const told: string[] = [];
    const sourceReport: NonNullable<Harness['deps']['sourceReport']> = (token, { site }) => {
      told.push(token);
      return {
        ...{ source: { type: 'webhook', id: token }, site: site ?? 'square', kind: 'fire' },
        ...{ priority: 1, text: { nl: 'brand', en: 'fire' }, key: site ?? 'x', details: {} },
      };
    };
    const intake = await twoSites({ deps: { sourceReport } });
    const token = intake.token('source', undefined, SITES);
    const raise = (json: object) =>
      intake.fetch('centre', '/v1/alarms', { method: 'POST', token, json });
    expect((await raise({ site: 'jeweller', kind: 'fire' })).status).toBe(201);
    for (const json of [{ site: 'square', kind: 'fire' }, { site: 'nowhere', kind: 'fire' }, {}]) {
      expect([json, await codeOfAnswer(await raise(json))]).toEqual([json, 'unknown-site']);
    }
    expect(told.every((name) => name === 'source-jeweller')).toBe(true);
    await intake.stop();
  });

  it('of a control room sees what is shared with it, as far as it is there', async () => {
    const token = harness.token('consumer', 'rotterdam', SITES);
    const police = (path: string) => harness.fetch('police', path, { token });
    const seen = (await (await police('/v1/incidents')).json()) as Incident[];
    expect(seen.length).toBeGreaterThan(0);
    expect(JSON.stringify(seen)).not.toMatch(/square/);
    const stream = `/v1/incidents/${there.incident}/cameras/square-1/snapshot.jpg`;
    expect([(await police(stream)).status, await codeOfAnswer(await police(stream))]).toEqual([
      404,
      'not-shared',
    ]);
    const shared = `/v1/incidents/${here.incident}/cameras/shop-1/snapshot.jpg`;
    expect((await police(shared)).status).toBe(200);
    const socket = harness.connect('police', '/v1/live', { token });
    await socket.hello();
    harness.liveview.updateIncident(OPERATOR, there.incident, { note: 'weer elders' });
    await socket.settled();
    expect(JSON.stringify(socket.received)).not.toMatch(/square/);
  });
});

function never(): never {
  throw new Error('not in this test');
}
