import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/core/log.ts';
import { Presenter } from '../../src/gateway/demo/presenter.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Harness } from './harness.ts';

const text = { nl: 'knop', en: 'button' };
const PATH = '/v1/demonstration';

describe('a gateway that demonstrates', () => {
  const presenter = new Presenter({
    clock: new ManualClock(),
    log: silentLogger,
    scripts: [{ id: 'robbery', title: text, seconds: 5, steps: [{ afterSeconds: 1, text }] }],
  });
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness({ deps: { demonstration: presenter } }).start();
  });
  afterEach(async () => {
    presenter.stop();
    await harness.stop();
  });

  const call = async (method: string, json?: object, token = harness.token('operator')) => {
    const init = { method, token, ...(json ? { json } : {}) };
    const response = await harness.fetch('centre', PATH, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('says what it can play, begins it, and stops it', async () => {
    const scripts = [
      { id: 'robbery', title: text, seconds: 5, steps: [{ afterSeconds: 1, text }] },
    ];
    expect(await call('GET')).toEqual({ status: 200, body: { scripts, running: null } });
    const started = await call('POST', { script: 'robbery' });
    expect(started.body['running']).toEqual({
      ...{ script: 'robbery', since: expect.any(String), failedSeconds: [] },
    });
    const again = await call('POST', { script: 'robbery' });
    expect([again.status, again.body['code']]).toEqual([409, 'demonstration-running']);
    expect((await call('DELETE')).body['running']).toBeNull();
    const unknown = await call('POST', { script: 'fire' });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'unknown-script']);
  });

  it('is for those on duty at the centre, who are told that there is one', async () => {
    expect((await call('POST', { script: 'robbery' }, harness.token('auditor'))).status).toBe(403);
    const token = harness.token('dispatcher', 'rotterdam');
    expect((await harness.fetch('police', PATH, { token })).status).toBe(404);
    const session = async (side: 'centre' | 'police', own: string) =>
      (await harness.fetch(side, '/v1/session', { token: own })).json();
    expect(await session('centre', harness.token('operator'))).toMatchObject({
      demonstration: true,
    });
    expect(await session('police', token)).not.toHaveProperty('demonstration');
  });
});

it('is nothing that a gateway at work has', async () => {
  const harness = await new Harness().start();
  const token = harness.token('operator');
  expect((await harness.fetch('centre', PATH, { token })).status).toBe(404);
  expect(await (await harness.fetch('centre', '/v1/session', { token })).json()).not.toHaveProperty(
    'demonstration',
  );
  await harness.stop();
});
