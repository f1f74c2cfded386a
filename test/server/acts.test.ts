import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ACTS_AT_ONCE } from '../../src/access/act-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

describe('acts that are recorded', () => {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    const snapshot = async () => Buffer.from('jpeg');
    harness = await new Harness({ clock, deps: { snapshot } }).start();
  });
  afterEach(() => harness.stopAt(clock));

  const recorded = () => [...harness.deps.journal.read()].length;

  it('are bounded for an account over its sockets, and heartbeats and goodbyes are not', async () => {
    const one = await harness.live('centre', 'operator');
    const two = await harness.live('centre', 'operator');
    for (let i = 0; i < ACTS_AT_ONCE / 2; i += 1) {
      for (const socket of [one, two]) {
        socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
        socket.send({ type: 'unwatch', channel: 1 });
      }
    }
    await one.settled();
    await two.settled();
    expect([...one.of('error'), ...two.of('error')]).toEqual([]);
    const before = recorded();
    expect(before).toBeGreaterThanOrEqual(2 * ACTS_AT_ONCE);
    one.send({ type: 'watch', channel: 7, camera: 'shop-1' });
    const ask = { type: 'request', id: 'r', action: 'ptz.home', camera: 'shop-1', args: {} };
    two.send(ask);
    for (const socket of [one, two]) {
      socket.send({ type: 'hold', id: 'r' });
      socket.send({ type: 'release', id: 'r' });
      socket.send({ type: 'stats', channel: 1, ...MEASURED });
    }
    expect(await one.next('error')).toMatchObject({ code: 'too-many-requests', ref: 7 });
    expect(await two.next('error')).toMatchObject({ code: 'too-many-requests', ref: 'r' });
    await one.settled();
    await two.settled();
    // The hand that lets go of what was refused has done nothing wrong.
    expect([one.of('error').length, two.of('error').length]).toEqual([1, 1]);
    expect(recorded()).toBe(before);
    clock.advance(100);
    one.send({ type: 'watch', channel: 8, camera: 'shop-1' });
    await one.settled();
    expect(one.of('error')).toHaveLength(1);
  });

  it('are bounded by every other door too, with the time to wait, and others go on', async () => {
    const token = harness.token('operator');
    const path = '/v1/cameras/shop-1';
    for (let i = 0; i < ACTS_AT_ONCE; i += 1) {
      const { status } = await harness.fetch('centre', `${path}/snapshot.jpg`, { token });
      expect(status).toBe(200);
    }
    const before = recorded();
    for (const route of ['snapshot.jpg', 'live.mp4']) {
      const response = await harness.fetch('centre', `${path}/${route}`, { token });
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
      expect(await response.json()).toMatchObject({ code: 'too-many-requests' });
    }
    const json = { action: 'ptz.home', camera: 'shop-1' };
    for (const route of ['/v1/requests', `${path}/ptz`]) {
      const response = await harness.fetch('centre', route, { method: 'POST', token, json });
      expect([route, response.status]).toEqual([route, 429]);
    }
    const plain = harness.connect('centre', `${path}/live.ws`, { token, protocols: [] });
    await until('refused', () => plain.refused === 429);
    expect(recorded()).toBe(before);
    expect((await harness.fetch('centre', '/v1/cameras', { token })).status).toBe(200);
    const other = harness.token('supervisor');
    const allowed = await harness.fetch('centre', `${path}/snapshot.jpg`, { token: other });
    expect(allowed.status).toBe(200);
  });

  it('are what changes an incident too; and what takes away is never too often', async () => {
    const token = harness.token('operator');
    const ask = (method: string, path: string, json?: object) =>
      harness.fetch('centre', path, { method, token, ...(json ? { json } : {}) });
    const opened = await ask('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'jeweller', summary: '', cameras: ['shop-1'] },
    });
    const path = `/v1/incidents/${((await opened.json()) as { id: string }).id}`;
    const share = { cameras: ['shop-1'], rights: ['view'] };
    expect((await ask('PUT', `${path}/grants/rotterdam`, share)).status).toBe(200);
    for (let i = 2; i < ACTS_AT_ONCE; i += 1) {
      expect((await ask('PATCH', path, { summary: `${i}` })).status).toBe(200);
    }
    const before = recorded();
    for (const [method, where, json] of [
      ['PATCH', path, { summary: 'more' }],
      ['PUT', `${path}/screen`, { tiles: [], focus: null }],
      ['PUT', `${path}/grants/rotterdam`, share],
      ['POST', '/v1/incidents', { type: 'fire', site: 'jeweller', summary: '', cameras: [] }],
    ] as const) {
      expect([where, (await ask(method, where, json)).status]).toEqual([where, 429]);
    }
    expect(recorded()).toBe(before);
    expect((await ask('GET', path)).status).toBe(200);
    expect((await ask('DELETE', `${path}/grants/rotterdam`)).status).toBe(200);
    const end = { outcome: 'resolved', note: '' };
    expect((await ask('POST', `${path}/close`, end)).status).toBe(200);
  });
});

const MEASURED = { latencyMs: 1, bufferedMs: 1, decoded: 1, dropped: 0 };
