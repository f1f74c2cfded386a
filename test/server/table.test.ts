import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createApp } from '../../src/server/app.ts';
import type { Served } from '../../src/server/context.ts';
import { UPGRADES } from '../../src/server/live/upgrade-routes.ts';
import { until } from '../support/until.ts';
import { DIRECTORY, type Harness, OPERATOR } from './harness.ts';
import { listedContext, listedRoutes } from './listed-routes.ts';
import { pathWith } from './path-ids.ts';
import { init, picture } from './scripted-media.ts';
import { busySite, type SiteIds, twoSites } from './two-sites.ts';
import { CALLERS, REFUSAL, SIDES, STRANGERS, said, tokenOf, type Who } from './who-asks.ts';

const webRoot = mkdtempSync(join(tmpdir(), 'liveview-web-'));
let harness: Harness;
let aheadMs = 0;
beforeAll(async () => {
  for (const folder of ['operator', 'meldkamer', 'assets']) {
    mkdirSync(join(webRoot, folder));
    for (const file of ['index.html', 'app.js']) writeFileSync(join(webRoot, folder, file), 'x');
  }
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  harness = await twoSites({
    clock,
    directory: {
      ...DIRECTORY,
      closingSteps: [{ id: 'call', text: { nl: 'bel', en: 'call' }, required: false }],
    },
    deps: {
      webRoot,
      demonstration: { scripts: [], running: undefined, start: nothing, stop: nothing },
      sourceReport: () => undefined,
    },
  });
  harness.media.onOpen = (reader) =>
    queueMicrotask(() => {
      if (reader.closed) return;
      reader.push(init());
      reader.push(picture());
    });
});
afterAll(async () => {
  await harness.stop();
  rmSync(webRoot, { recursive: true });
});

function nothing(): void {}

describe('every route that is served', () => {
  const fromList = (side: Side) =>
    listedRoutes(harness, side).flatMap(({ method, path, action }): Served[] => {
      const served = { path: path.replace(/\{(\w+)\}/g, ':$1'), action };
      const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
      return methods.map((each) => ({ method: each, ...served }));
    });
  const inOrder = (routes: readonly Served[]) =>
    routes.map(({ method, path, action }) => `${method} ${path} ${action}`).sort();

  it.each(SIDES)(
    'on the %s side is in the list of routes, with HEAD beside GET, and no other',
    (side) => {
      expect(inOrder(harness.listener(side).served)).toEqual(inOrder(fromList(side)));
    },
  );

  it('has an action, or the gateway does not start', async () => {
    const started = await createApp(listedContext(harness, 'centre'), (handler) =>
      createServer(handler),
    );
    for (const config of [{}, { action: 'everything' }, { action: 'toString' }]) {
      expect(() => started.get('/v1/back-door', { config: config as never }, () => 'open')).toThrow(
        /not in the table of permissions/,
      );
    }
    await started.close();
  });

  it.each(
    SIDES.flatMap((side) =>
      [...CALLERS[side], ...STRANGERS[side]].map((who) => [side, who.name, who] as const),
    ),
  )('on the %s side is answered as the table says to %s', async (side, _name, who) => {
    const { served } = harness.listener(side);
    expect(served.length).toBeGreaterThan(side === 'centre' ? 80 : 20);
    const wrong: string[] = [];
    for (const route of served) {
      const expected = said(route.action, side, who);
      const ids = expected === 'allowed' ? await idsFor(route) : OLD;
      const { status, code } = await ask(side, route, ids, tokenOf(harness, who));
      if (!isAsSaid(side, route, expected, status, code)) {
        wrong.push(`${route.method} ${route.path} ${expected}: ${status} ${code}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(SIDES)(
    'on the %s side is all that is served: any other method is nothing',
    async (side) => {
      const served = new Set(
        harness.listener(side).served.map(({ method, path }) => `${method} ${path}`),
      );
      const paths = new Set(harness.listener(side).served.map(({ path }) => path));
      const token = tokenOf(harness, CALLERS[side][1] as Who);
      for (const path of paths) {
        // A file of the console may have any name.
        if (path.includes('*')) continue;
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          if (served.has(`${method} ${path}`)) continue;
          const { status, code } = await ask(
            side,
            { method, path, action: 'session.use' },
            OLD,
            token,
          );
          expect([method, path, status, code]).toEqual([method, path, 404, 'not-found']);
        }
      }
    },
  );

  /** Ids of things that are, of which nothing is left to be spoilt. */
  let spare: SiteIds | undefined;
  const OLD: SiteIds = {
    ...{ site: 'jeweller', camera: 'shop-1', incident: 'inc_x', alarm: 'alarm_x' },
    ...{ request: 'req_x', plan: 'plan_x', image: 'image_x' },
  };
  async function idsFor({ method, path }: Served): Promise<SiteIds> {
    const keeps = method === 'GET' || method === 'HEAD' || !path.includes(':');
    if (!keeps && path.startsWith('/v1/offers')) return offered();
    if (!keeps) return fresh();
    spare ??= await fresh();
    return spare;
  }

  /** Plans of a site and alarms that are open are so many at most. */
  async function fresh(): Promise<SiteIds> {
    const { plans } = harness.liveview.pictures;
    const old = plans.list('jeweller').filter(({ id }) => id !== spare?.plan);
    for (const { id } of old) await plans.remove(OPERATOR, id);
    for (const { id, state } of harness.liveview.incidents()) {
      if (state === 'closed' || id === spare?.incident) continue;
      harness.liveview.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    }
    const ids = await busySite(harness, 'jeweller');
    harness.liveview.setScreen(OPERATOR, ids.incident, {
      ...{ tiles: [{ plan: ids.plan }, { image: ids.image }], focus: null },
    });
    return ids;
  }

  function offered(): SiteIds {
    const { id } = harness.liveview.openIncident(OPERATOR, {
      ...{ type: 'fire', site: 'jeweller', summary: '', cameras: ['shop-1'] },
    });
    harness.liveview.casework.offers.make(OPERATOR, id, 'rotterdam', {
      ...{ cameras: ['shop-1'], rights: ['view'] },
    });
    return { ...OLD, incident: id };
  }

  async function ask(side: Side, { method, path }: Served, ids: SiteIds, token?: string) {
    aheadMs += 200;
    const hasBody = !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method);
    const stop = new AbortController();
    const response = await harness.fetch(side, pathWith(path, ids).replace('*', 'app.js'), {
      ...{ method, signal: stop.signal },
      ...(hasBody ? { json: {} } : {}),
      ...(token === undefined ? {} : { token }),
    });
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem');
    const code = isProblem && method !== 'HEAD' ? await codeOf(response) : undefined;
    stop.abort();
    return { status: response.status, code };
  }

  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

  function isAsSaid(
    side: Side,
    route: Served,
    expected: ReturnType<typeof said>,
    status: number,
    code: string | undefined,
  ): boolean {
    if (expected === 'allowed') return isServed(status);
    const [wanted, reason] = REFUSAL[side][expected];
    return status === wanted && (route.method === 'HEAD' || code === reason);
  }

  /** It came past the door: what it says then is of the thing that was asked. */
  function isServed(status: number): boolean {
    return ![401, 403, 404].includes(status) && status < 500;
  }
});

describe('every upgrade', () => {
  it.each(SIDES)('on the %s side is answered as the table says', async (side) => {
    const ids = await busySite(harness, 'jeweller');
    for (const { path, action, sides } of UPGRADES) {
      if (!sides.some((each) => each === side)) continue;
      for (const who of [...CALLERS[side], ...STRANGERS[side]]) {
        aheadMs += 200;
        const token = tokenOf(harness, who);
        const to = path.replace('{camera}', ids.camera).replace('{incident}', ids.incident);
        const socket = harness.connect(side, to, token === undefined ? {} : { token });
        const status = await until('an answer', () =>
          socket.ws.readyState === 1 ? 101 : socket.refused,
        );
        const expected = said(action, side, who);
        // A token that does not hold on this side is refused before anything is looked at.
        const foreign = STRANGERS[side].includes(who) && token !== undefined;
        const right = foreign ? 401 : expected === 'allowed' ? 101 : REFUSAL[side][expected][0];
        expect([path, who.name, status]).toEqual([path, who.name, right]);
        socket.ws.terminate();
      }
    }
  });
});
