import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Route } from '../../src/server/route.ts';
import { type BareRequest, bareAnswer } from './bare-request.ts';
import { DIRECTORY, type Harness } from './harness.ts';
import { listedRoutes } from './listed-routes.ts';
import { pathWith } from './path-ids.ts';
import { BODIES, form, GRANT } from './right-bodies.ts';
import { busySite, type SiteIds, twoSites } from './two-sites.ts';

const SITES = ['jeweller'];
let harness: Harness;
let here: SiteIds;
let there: SiteIds;
/** As long as what is there, and nothing. */
let nowhere: SiteIds;
let aheadMs = 0;
beforeAll(async () => {
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  const closingSteps = [{ id: 'call', text: { nl: 'bel', en: 'call' }, required: false }];
  harness = await twoSites({
    clock,
    directory: { ...DIRECTORY, closingSteps, requestSeconds: 3_600 },
  });
  here = await busySite(harness, 'jeweller');
  there = await busySite(harness, 'square');
  nowhere = Object.fromEntries(
    Object.entries(there).map(([what, id]) => [what, `${id.slice(0, -4)}none`]),
  ) as unknown as SiteIds;
});
afterAll(() => harness.stop());

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;
const takesBody = ({ body, upload }: Route) => body !== undefined || upload !== undefined;

/** The answer about these, in which the ids are taken for the same. */
async function answerAbout(
  side: Side,
  asked: Omit<BareRequest, 'body'> & { path: string; body?: object | string | undefined },
  ids: SiteIds,
): Promise<string> {
  aheadMs += 100;
  const { body, path, ...rest } = asked;
  const isForm = typeof body === 'string';
  const text = isForm || body === undefined ? body : JSON.stringify(body);
  const contentType = isForm ? 'multipart/form-data; boundary=x' : undefined;
  const answer = await bareAnswer(harness.url(side, path), { ...rest, body: text, contentType });
  return Object.values(ids).reduce((told, id) => told.replaceAll(id, '<id>'), answer);
}

const ask = (side: Side, route: Route, method: string, token: string | undefined, ids: SiteIds) =>
  answerAbout(
    side,
    {
      ...{ method, token, path: pathWith(route.path, ids) },
      ...(takesBody(route) ? { body: BODIES[nameOf(route)]?.(ids) } : {}),
    },
    ids,
  );

const statusOf = (answer: string) => Number(answer.split('\n', 1)[0]);
const methodsOf = ({ method }: Route) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);
const parametrised = (side: Side) =>
  listedRoutes(harness, side).filter(
    ({ path, sides }) => path.includes('{') && sides.includes(side),
  );

/** Where this is refused, and how: the same about what is there and about what is not. */
async function differences(
  side: Side,
  token: string | undefined,
  status: (route: Route) => number,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of parametrised(side)) {
    for (const method of methodsOf(route)) {
      const real = await ask(side, route, method, token, there);
      const none = await ask(side, route, method, token, nowhere);
      const expected = route.answer.status === 101 && statusOf(none) === 426 ? 426 : status(route);
      if (real !== none || statusOf(real) !== expected) {
        wrong.push(`${method} ${route.path}:\n${real}\n--\n${none}`);
      }
    }
  }
  return wrong;
}

describe('what is not for the caller is answered like what does not exist', () => {
  it('and every route that takes something is asked with what it takes', () => {
    const all = (['centre', 'police'] as const).flatMap((side) => listedRoutes(harness, side));
    const missing = all.filter((route) => takesBody(route) && !BODIES[nameOf(route)]);
    expect(missing.map(nameOf)).toEqual([]);
  });

  it('and every route of the centre with an id says what the id is of', () => {
    const silent = parametrised('centre').filter(({ hasNames }) => !hasNames);
    // The consoles have files, and the socket asks by itself.
    const expected = ['GET /v1/cameras/{camera}/live.ws'];
    expect(silent.map(nameOf)).toEqual(expected);
  });

  it.each(['centre', 'police'] as const)(
    'to nobody in particular, on the %s side',
    async (side) => {
      expect(await differences(side, undefined, () => 401)).toEqual([]);
    },
  );

  it.each([
    ['centre', 'dispatcher', 'rotterdam'],
    ['police', 'operator', undefined],
  ] as const)('on the %s side, to a %s', async (side, role, room) => {
    expect(await differences(side, harness.token(role, room), () => 401)).toEqual([]);
  });

  it.each(['dispatcher', 'consumer'] as const)('to a %s of another control room', async (role) => {
    const token = harness.token(role, 'den-haag');
    expect(await differences('police', token, () => 404)).toEqual([]);
  });

  it('to a consumer of the control room that is limited to another site', async () => {
    const token = harness.token('consumer', 'rotterdam', SITES);
    expect(await differences('police', token, () => 404)).toEqual([]);
  });

  it('to a supervisor who is limited to another site', async () => {
    const token = harness.token('supervisor', undefined, SITES);
    expect(await differences('centre', token, () => 404)).toEqual([]);
  });

  it('to an operator who is limited to another site, and to a role that may not', async () => {
    const token = harness.token('operator', undefined, SITES);
    const forbidden = ['journal.read', 'control.force', 'incident.take'];
    const status = ({ action }: Route) => (forbidden.includes(action) ? 403 : 404);
    expect(await differences('centre', token, status)).toEqual([]);
    expect(await differences('centre', harness.token('source'), () => 403)).toEqual([]);
  });

  it('and what the limited operator may is answered otherwise, or this would show nothing', async () => {
    const token = harness.token('supervisor', undefined, SITES);
    const reads = parametrised('centre').filter(({ method }) => method === 'GET');
    expect(reads.length).toBeGreaterThan(5);
    for (const route of reads) {
      const status = statusOf(await ask('centre', route, 'HEAD', token, here));
      expect([nameOf(route), status]).toEqual([
        nameOf(route),
        route.answer.status === 101 ? 426 : 200,
      ]);
    }
  });
});

/** What is named beside the path: a body that is right but for one id. */
const NAMED: [string, string, (here: SiteIds, other: SiteIds) => [string, object | string]][] = [
  ['POST', 'site of a new incident', (_, { site }) => ['/v1/incidents', { site, type: 'fire' }]],
  [
    'POST',
    'camera of a new incident',
    ({ site }, { camera }) => ['/v1/incidents', { site, type: 'fire', cameras: [camera] }],
  ],
  ['POST', 'alarm of a new incident', (_, { alarm }) => ['/v1/incidents', { alarm }]],
  [
    'PUT',
    'camera of a share',
    ({ incident }, other) => [`/v1/incidents/${incident}/grants/rotterdam`, GRANT(other)],
  ],
  [
    'PUT',
    'camera of an offer',
    ({ incident }, other) => [`/v1/incidents/${incident}/offers/den-haag`, GRANT(other)],
  ],
  [
    'PUT',
    'camera on the screen',
    ({ incident }, { camera }) => [`/v1/incidents/${incident}/screen`, { tiles: [{ camera }] }],
  ],
  [
    'PUT',
    'plan on the screen',
    ({ incident }, { plan }) => [`/v1/incidents/${incident}/screen`, { tiles: [{ plan }] }],
  ],
  [
    'PUT',
    'image on the screen',
    ({ incident }, { image }) => [`/v1/incidents/${incident}/screen`, { tiles: [{ image }] }],
  ],
  [
    'POST',
    'camera of a still',
    ({ incident }, { camera }) => [`/v1/incidents/${incident}/stills`, { camera }],
  ],
  [
    'PUT',
    'incident of an alarm',
    ({ alarm }, { incident }) => [`/v1/alarms/${alarm}/incident`, { incident }],
  ],
  ['POST', 'site of an alarm', (_, { site }) => ['/v1/alarms', { site, kind: 'fire' }]],
  [
    'POST',
    'camera of an alarm',
    ({ site }, { camera }) => ['/v1/alarms', { site, kind: 'fire', cameras: [camera] }],
  ],
  [
    'POST',
    'incident of a request',
    ({ camera }, { incident }) => ['/v1/requests', { action: 'ptz.home', incident, camera }],
  ],
  [
    'POST',
    'camera of a request',
    (_, { camera }) => ['/v1/requests', { action: 'ptz.home', camera }],
  ],
  [
    'POST',
    'camera that another is switched to',
    ({ incident }, { camera }) => [
      '/v1/requests',
      { action: 'camera.switch', incident, args: { tile: 0, camera } },
    ],
  ],
  [
    'POST',
    'plan that is asked for',
    ({ incident }, { plan }) => [
      '/v1/requests',
      { action: 'plan.show', incident, args: { tile: 0, plan } },
    ],
  ],
  [
    'PUT',
    'camera on a plan',
    ({ plan }, { camera }) => [
      `/v1/plans/${plan}/cameras/${camera}`,
      { x: 0.5, y: 0.5, heading: 0, fieldOfView: 90, range: 0.2 },
    ],
  ],
  ['POST', 'site of a plan', (_, { site }) => ['/v1/plans', form({ site, name: 'Plan' })]],
];

describe('whoever is limited to sites is told the same about a thing elsewhere and about none', () => {
  it.each(NAMED)('%s: the %s', async (method, _what, named) => {
    const token = harness.token('supervisor', undefined, SITES);
    const [real, none] = await Promise.all(
      [there, nowhere].map((ids) => {
        const [path, body] = named(here, ids);
        return answerAbout('centre', { method, token, path, body }, ids);
      }),
    );
    expect(real).toBe(none);
    expect(statusOf(real ?? '')).toBe(404);
  });

  it.each([
    ['/v1/alarms?site=', 'site', 200],
    ['/v1/alarms?incident=', 'incident', 200],
    ['/v1/plans?site=', 'site', 200],
    ['/v1/requests?incident=', 'incident', 200],
    ['/v1/journal?incident=', 'incident', 404],
    ['/v1/colleagues?incident=', 'incident', 404],
  ] as const)('GET %s', async (path, what, status) => {
    const token = harness.token('supervisor', undefined, SITES);
    const get = (ids: SiteIds) =>
      answerAbout('centre', { method: 'GET', token, path: path + ids[what] }, ids);
    expect(await get(there)).toBe(await get(nowhere));
    expect(statusOf(await get(there))).toBe(status);
  });

  it('and an upgrade of a stream is refused the same', async () => {
    const token = harness.token('operator', undefined, SITES);
    const get = (ids: SiteIds) => {
      const path = `/v1/cameras/${ids.camera}/live.ws`;
      return answerAbout('centre', { method: 'GET', token, path, upgrade: true }, ids);
    };
    expect(await get(there)).toBe(await get(nowhere));
    expect(statusOf(await get(there))).toBe(404);
    const strange = { method: 'GET', path: `/v1/cameras/${there.camera}/live.ws`, upgrade: true };
    expect(statusOf(await answerAbout('centre', strange, there))).toBe(401);
  });

  it('and on the live socket, by every message', async () => {
    const socket = harness.connect('centre', '/v1/live', {
      token: harness.token('supervisor', undefined, SITES),
    });
    await socket.hello();
    await socket.settled();
    const told = async (message: object, ids: SiteIds) => {
      const before = socket.received.length;
      aheadMs += 100;
      socket.send(message);
      await socket.settled();
      const answers = socket.received.slice(before).filter(({ type }) => type !== 'pong');
      return Object.values(ids).reduce(
        (text, id) => text.replaceAll(id, '<id>'),
        JSON.stringify(answers),
      );
    };
    const messages: ((ids: SiteIds) => object)[] = [
      ({ camera }) => ({ type: 'watch', channel: 1, camera }),
      ({ incident }) => ({ type: 'watch', channel: 1, camera: 'shop-1', incident }),
      ({ incident }) => ({ type: 'follow', incident }),
      ({ camera }) => ({ type: 'free', camera }),
      ({ request }) => ({ type: 'hold', id: request }),
      ({ request }) => ({ type: 'release', id: request }),
      ({ camera }) => ({ type: 'request', id: 'r', action: 'ptz.home', camera }),
      ({ camera }) => ({ type: 'request', id: 'r', action: 'ptz.take', camera }),
      ({ incident }) => ({
        ...{ type: 'request', id: 'r', action: 'note', incident, args: { text: 'x' } },
      }),
      ({ site }) => ({ type: 'request', id: 'r', action: 'view', args: { site, text: 'x' } }),
      ({ camera }) => ({
        ...{ type: 'request', id: 'r', action: 'camera.switch', incident: here.incident },
        args: { tile: 0, camera },
      }),
      ({ plan }) => ({
        ...{ type: 'request', id: 'r', action: 'plan.show', incident: here.incident },
        args: { tile: 0, plan },
      }),
    ];
    for (const message of messages) {
      expect(await told(message(there), there)).toBe(await told(message(nowhere), nowhere));
    }
    expect(harness.liveview.requests().find(({ id }) => id === there.request)?.state).toBe(
      'pending',
    );
  });
});
