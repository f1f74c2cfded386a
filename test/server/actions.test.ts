import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE_ACTIONS } from '../../src/server/live/live-session.ts';
import { UPGRADES } from '../../src/server/live/upgrade-routes.ts';
import { MESSAGES, ROUTES } from './actions-by-hand.ts';
import { Harness } from './harness.ts';
import { SIDES } from './who-asks.ts';

const webRoot = mkdtempSync(join(tmpdir(), 'liveview-web-'));
const nothing = () => undefined;
let harness: Harness;
beforeAll(async () => {
  for (const folder of ['operator', 'meldkamer', 'assets']) {
    mkdirSync(join(webRoot, folder));
    writeFileSync(join(webRoot, folder, 'index.html'), 'x');
  }
  harness = await new Harness({
    deps: {
      webRoot,
      demonstration: { scripts: [], running: undefined, start: nothing, stop: nothing },
      sourceReport: nothing,
    },
  }).start();
});
afterAll(async () => {
  await harness.stop();
  rmSync(webRoot, { recursive: true });
});

describe.each(SIDES)('on the %s side', (side) => {
  /** `GET /v1/cameras/{id} camera.read` */
  const byHand = Object.entries(ROUTES[side]).flatMap(([action, routes]) =>
    routes.map((route) => `${route} ${action}`),
  );

  it('each route that is served is the action that is written out for it, and none is missing', () => {
    const served = harness
      .listener(side)
      .served.filter(({ method }) => method !== 'HEAD')
      .map(({ method, path, action }) => `${method} ${path} ${action}`);
    const written = byHand.map((line) => line.replace(/\{(\w+)\}/g, ':$1'));
    expect(served.sort()).toEqual(written.sort());
  });

  it('HEAD is the action of GET', () => {
    const { served } = harness.listener(side);
    const heads = served.filter(({ method }) => method === 'HEAD');
    expect(heads.length).toBeGreaterThan(5);
    for (const { path, action } of heads) {
      expect(served).toContainEqual({ method: 'GET', path, action });
    }
  });

  it('each upgrade is the action that is written out for its path', () => {
    const upgrades = UPGRADES.filter(({ sides }) => sides.some((each) => each === side));
    expect(upgrades).toHaveLength(2);
    for (const { path, action } of upgrades) expect(byHand).toContain(`GET ${path} ${action}`);
  });
});

it('each message of the live socket is the action that is written out for it', () => {
  expect(MESSAGE_ACTIONS).toEqual(MESSAGES);
});
