import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ActLimit } from '../../src/access/act-limit.ts';
import type { Caller, Side } from '../../src/access/caller.ts';
import type { Action } from '../../src/access/permissions.ts';
import { may, PERMISSIONS } from '../../src/access/permissions.ts';
import type { CallerRole } from '../../src/access/role.ts';
import { ROLES } from '../../src/access/role.ts';
import { routesOf } from '../../src/server/app.ts';
import { Outlets } from '../../src/server/egress/outlets.ts';
import { Identify } from '../../src/server/identify.ts';
import { MESSAGE_ACTIONS } from '../../src/server/live/live-session.ts';
import { Places } from '../../src/server/live/places.ts';
import { UPGRADES } from '../../src/server/live/upgrade-routes.ts';
import { serverMetrics } from '../../src/server/metrics.ts';
import { clientMessage } from '../../src/server/protocol.ts';
import type { Route } from '../../src/server/route.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

/** Roles that can exist on a side: who belongs to a control room comes in there, all others here. */
const ROLES_OF: Record<Side, readonly CallerRole[]> = {
  centre: ROLES.filter((role) => role !== 'dispatcher'),
  police: ['dispatcher', 'consumer'],
};
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

function routes(side: Side): Route[] {
  const { sessions } = harness;
  const identify = new Identify({ side, secure: false, sessions, allowedOrigins: [] });
  const context = { side, secure: false, deps: harness.deps, identify };
  const outlets = new Outlets(undefined, side);
  const bounds = { outlets, acts: new ActLimit(harness.clock), places: new Places() };
  return routesOf({ ...context, ...bounds, metrics: serverMetrics(undefined, side) });
}

function callerOf(role: CallerRole, side: Side): Caller {
  return { user: 'x', role, side, session: 's', onEnd: () => () => undefined };
}

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

  it('let each role do what the table says, and nobody else', async () => {
    const wrong: string[] = [];
    for (const side of SIDES) {
      for (const route of routes(side)) {
        for (const role of ROLES_OF[side]) {
          const token = harness.token(role, side === 'police' ? 'rotterdam' : undefined);
          const { status, code } = await ask(side, route, token);
          const refused = side === 'centre' ? status === 403 : status === 404;
          const allowed = may(callerOf(role, side), route.action);
          // To the police «not yours» and «not there» are one answer, so only refusal can be seen.
          const asExpected = allowed ? status !== 403 && status !== 401 : refused;
          if (!asExpected) {
            wrong.push(`${side} ${role} ${route.method} ${route.path}: ${status} ${code}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
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
  it('are let through for whom the table says', async () => {
    for (const side of SIDES) {
      for (const upgrade of UPGRADES.filter(({ sides }) => sides.some((each) => each === side))) {
        for (const role of ROLES_OF[side]) {
          const token = harness.token(role, side === 'police' ? 'rotterdam' : undefined);
          const socket = harness.connect(side, pathOf(upgrade), { token });
          const status = await until('an answer', () =>
            socket.ws.readyState === 1 ? 101 : socket.refused,
          );
          const allowed = may(callerOf(role, side), upgrade.action);
          const expected =
            upgrade.path === '/v1/live' ? 101 : allowed || side === 'police' ? 404 : 403;
          expect([side, upgrade.path, role, status]).toEqual([side, upgrade.path, role, expected]);
          socket.ws.terminate();
        }
      }
    }
  });

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

describe('the messages of the live socket', () => {
  const MESSAGES: Record<keyof typeof MESSAGE_ACTIONS, object> = {
    hello: { type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'] },
    watch: { type: 'watch', channel: 1, camera: 'nothing', incident: 'nothing' },
    unwatch: { type: 'unwatch', channel: 1 },
    follow: { type: 'follow', incident: 'nothing' },
    unfollow: { type: 'unfollow', incident: 'nothing' },
    request: {
      type: 'request',
      id: 'r',
      action: 'ptz.home',
      camera: 'nothing',
      incident: 'nothing',
    },
    hold: { type: 'hold', id: 'r' },
    release: { type: 'release', id: 'r' },
    free: { type: 'free', camera: 'nothing' },
    ping: { type: 'ping', t0: 1 },
    stats: { type: 'stats', channel: 1, latencyMs: 1, bufferedMs: 1, decoded: 1, dropped: 1 },
  };

  it('all have an action', () => {
    const types = clientMessage.options.map((option) => option.shape.type.value);
    expect(Object.keys(MESSAGE_ACTIONS).sort()).toEqual(types.sort());
  });

  it.each(SIDES.flatMap((side) => ROLES_OF[side].map((role) => [side, role] as const)))(
    'on the %s side, from a %s, are handled as the table says',
    async (side, role) => {
      const socket = await harness.live(side, role, side === 'police' ? 'rotterdam' : undefined);
      for (const [type, message] of Object.entries(MESSAGES)) {
        if (type === 'hello' || type === 'ping') continue;
        const before = socket.of('error').length;
        socket.send(message);
        await socket.settled();
        const code = socket.of('error')[before]?.code;
        const action = MESSAGE_ACTIONS[type as keyof typeof MESSAGE_ACTIONS];
        const allowed = may(callerOf(role, side), action);
        if (!allowed)
          expect([type, code]).toEqual([type, side === 'centre' ? 'not-allowed' : 'not-shared']);
        else expect([type, code]).not.toEqual([type, 'not-allowed']);
      }
      expect(socket.closed).toBeUndefined();
    },
  );
});
