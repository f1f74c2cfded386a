import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Side } from '../../src/access/caller.ts';
import type { Action } from '../../src/access/permissions.ts';
import { PERMISSIONS } from '../../src/access/permissions.ts';
import type { CallerRole } from '../../src/access/role.ts';
import { MESSAGE_ACTIONS } from '../../src/server/live/live-session.ts';
import { clientMessage } from '../../src/server/protocol.ts';
import type { Route } from '../../src/server/route.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';
import { listedRoutes } from './listed-routes.ts';

const SIDES: readonly Side[] = ['centre', 'police'];

/** Design §7, the routes marked P, and the answers to offers. */
const POLICE_ROUTES = [
  'DELETE /v1/session',
  'GET /openapi.json',
  'GET /v1/incidents',
  'GET /v1/incidents/{id}',
  'GET /v1/incidents/{incident}/cameras/{camera}/live.mp4',
  'GET /v1/incidents/{incident}/cameras/{camera}/live.ws',
  'GET /v1/incidents/{incident}/cameras/{camera}/snapshot.jpg',
  'GET /v1/incidents/{incident}/images/{image}',
  'GET /v1/incidents/{incident}/plans/{plan}',
  'GET /v1/live',
  'GET /v1/offers',
  'GET /v1/session',
  'POST /v1/incidents/{id}/notes',
  'POST /v1/incidents/{id}/read',
  'POST /v1/offers/{id}/accept',
  'POST /v1/offers/{id}/decline',
  'POST /v1/requests',
  'POST /v1/session',
];

let harness: Harness;
beforeAll(async () => {
  const demonstration = { scripts: [], running: undefined, start: () => {}, stop: () => {} };
  harness = await new Harness({ deps: { demonstration } }).start();
});
afterAll(() => harness.stop());

const routes = (side: Side): Route[] => listedRoutes(harness, side);

/** With ids that exist nowhere: nothing that is allowed has an effect. */
const pathOf = ({ path }: { path: string }) => path.replace(/\{\w+\}/g, 'nothing');

describe('the routes', () => {
  it('of the police side are those of the design and no other', () => {
    const found = routes('police').map(({ method, path }) => `${method} ${path}`);
    expect(found.sort()).toEqual(POLICE_ROUTES);
  });

  it('each have an action of the table, and each action has its use', () => {
    const used = new Set<Action>([
      ...SIDES.flatMap((side) =>
        routes(side).flatMap(({ action, details = action }) => [action, details]),
      ),
      ...Object.values(MESSAGE_ACTIONS),
    ]);
    expect([...used].sort()).toEqual(Object.keys(PERMISSIONS).sort());
  });

  it('ask strangers, and callers of the other side, who they are', async () => {
    const wrong: string[] = [];
    for (const side of SIDES) {
      const other = side === 'centre' ? ['dispatcher', 'rotterdam'] : ['operator', undefined];
      const foreign = harness.token(other[0] as CallerRole, other[1]);
      for (const route of routes(side)) {
        const open = PERMISSIONS[route.action][side] === 'everybody';
        for (const token of [undefined, 'lv_wrong', '', foreign]) {
          const { status } = await ask(side, route, token);
          if (!open && status !== 401)
            wrong.push(`${side} ${route.method} ${route.path}: ${status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('that do not exist answer 404 to everybody, by any method', async () => {
    for (const side of SIDES) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const response = await harness.fetch(side, '/v1/nothing', { method });
        expect([response.status, await response.json()]).toEqual([
          404,
          expect.objectContaining({ code: 'not-found' }),
        ]);
      }
    }
  });

  async function ask(side: Side, { method, path }: Route, token: string | undefined) {
    const json = method === 'GET' || method === 'DELETE' ? undefined : {};
    const init = { method, json, ...(token === undefined ? {} : { token }) };
    const response = await harness.fetch(side, pathOf({ path }), init);
    const text = await response.text();
    const code = text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined;
    return { status: response.status, code };
  }
});

describe('the upgrades', () => {
  it('on paths that do not exist answer 404, and on pages too', async () => {
    for (const path of [
      '/',
      '/v1/nothing',
      '/v1/incidents',
      '/v1/live/x',
      '/v1/cameras/%E0/live.ws',
    ]) {
      const socket = harness.connect('centre', path, { token: harness.token('operator') });
      await until('refused', () => socket.refused);
      expect([path, socket.refused]).toEqual([path, 404]);
    }
  });
});

it('every message of the live socket has an action', () => {
  const types = clientMessage.options.map((option) => option.shape.type.value);
  expect(Object.keys(MESSAGE_ACTIONS).sort()).toEqual(types.sort());
});
