import { describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.ts';
import { type Harness, OPERATOR, type TestSocket } from '../harness.ts';
import { Dome } from './dome.ts';
import { domeBench } from './dome-bench.ts';

/** Who has which camera, as it is told on the live socket. Time stands still. */
describe('who has a camera', () => {
  let harness: Harness;
  let incident: string;
  domeBench(
    () => new Dome(),
    (bench) => {
      ({ harness, incident } = bench);
      const terms = { cameras: ['shop-1'], rights: ['view', 'ptz'] as const };
      harness.liveview.grant(OPERATOR, incident, 'den-haag', terms);
    },
  );

  const take = (id = 't', camera = 'shop-1') => ({
    ...{ type: 'request', id, incident, camera, action: 'ptz.take' },
  });
  const holders = (socket: TestSocket) =>
    socket.of('control').map(({ camera, holder }) => [camera, holder?.who ?? null]);
  const control = (socket: TestSocket, who: string | null, after = 0) =>
    until(`${who} has the camera`, () =>
      socket
        .of('control')
        .slice(after)
        .find(({ holder }) => (holder?.who ?? null) === who),
    );

  it('is told with names at the centre, and without any in a control room', async () => {
    const operator = await harness.live('centre', 'operator');
    const supervisor = await harness.live('centre', 'supervisor');
    const rotterdam = await harness.live('police', 'dispatcher', 'rotterdam');
    rotterdam.send(take());
    const { request } = await rotterdam.next('request');
    await harness.liveview.accept(OPERATOR, request.id);
    const told = await control(supervisor, 'room');
    expect(told).toEqual({
      type: 'control',
      camera: 'shop-1',
      holder: {
        ...{ who: 'room', user: 'dispatcher-rotterdam', role: 'dispatcher' },
        controlRoom: 'rotterdam',
        since: expect.any(String),
        lastUsed: expect.any(String),
        until: expect.any(String),
      },
    });
    expect((await control(rotterdam, 'you')).holder).toEqual({ who: 'you' });
    const late = await harness.live('police', 'dispatcher', 'den-haag');
    expect((await control(late, 'other')).holder).toEqual({ who: 'other' });
    operator.send(take('mine'));
    await control(operator, 'you');
    expect((await control(late, 'centre')).holder).toEqual({ who: 'centre' });
    await rotterdam.next('request', ({ reasonCode }) => reasonCode === 'taken-over');
  });

  it('is told to nobody with whom the camera is not shared, and of no other camera', async () => {
    const rotterdam = await harness.live('police', 'dispatcher', 'rotterdam');
    const operator = await harness.live('centre', 'operator');
    operator.send(take('elsewhere', 'shop-2'));
    await control(operator, 'you');
    await rotterdam.settled();
    expect(holders(rotterdam)).toEqual([]);
    operator.send(take());
    await control(rotterdam, 'centre');
    harness.liveview.withdraw(OPERATOR, incident, 'rotterdam');
    await control(rotterdam, null);
    operator.send({ type: 'free', camera: 'shop-1' });
    await control(operator, null);
    await rotterdam.settled();
    expect(holders(rotterdam)).toEqual([
      ['shop-1', 'centre'],
      ['shop-1', null],
    ]);
    harness.liveview.grant(OPERATOR, incident, 'rotterdam', {
      cameras: ['shop-1', 'shop-2'],
      rights: ['view'],
    });
    await until('what is shared now', () =>
      rotterdam.of('control').find(({ camera }) => camera === 'shop-2'),
    );
  });

  it('is nobody any more when their socket is cut, also when they moved it before', async () => {
    const first = await harness.live('centre', 'operator');
    const supervisor = await harness.live('centre', 'supervisor');
    first.send({ type: 'request', id: 'h', action: 'ptz.home', camera: 'shop-1' });
    await first.next('request', ({ state }) => state === 'done');
    await control(supervisor, 'centre');
    first.ws.terminate();
    await control(supervisor, null);
    const second = await harness.live('centre', 'operator');
    second.send(take());
    await second.next('request', ({ state }) => state === 'running');
    second.ws.terminate();
    await control(supervisor, null, 3);
    expect(holders(supervisor).map(([, who]) => who)).toEqual(['centre', null, 'centre', null]);
  });

  it('is told why they have it no longer to whoever had it, and to nobody else', async () => {
    const operator = await harness.live('centre', 'operator');
    const supervisor = await harness.live('centre', 'supervisor');
    const rotterdam = await harness.live('police', 'dispatcher', 'rotterdam');
    operator.send({ type: 'request', id: 'h', action: 'ptz.home', camera: 'shop-1' });
    await control(operator, 'you');
    const token = harness.token('supervisor');
    const forced = { method: 'POST', token, json: {} };
    await harness.fetch('centre', '/v1/cameras/shop-1/force-release', forced);
    expect(await control(operator, null)).toEqual({
      ...{ type: 'control', camera: 'shop-1', holder: null, why: 'control-forced' },
    });
    for (const other of [supervisor, rotterdam]) {
      expect(await control(other, null)).toEqual({
        ...{ type: 'control', camera: 'shop-1', holder: null },
      });
    }
    rotterdam.send(take());
    const { request } = await rotterdam.next('request');
    await harness.liveview.accept(OPERATOR, request.id);
    await control(rotterdam, 'you');
    operator.send(take('mine'));
    await control(operator, 'you', 2);
    operator.send({ type: 'free', camera: 'shop-1' });
    expect((await control(operator, null, 3)).why).toBe('released');
    // They lost it before, to somebody.
    expect(await control(rotterdam, null, 3)).not.toHaveProperty('why');
  });

  it('is shown by the API, taken and given up there, and forced by a supervisor only', async () => {
    const call = async (role: 'operator' | 'supervisor', path: string, json?: object) => {
      const token = harness.token(role);
      const method = json === undefined ? 'GET' : 'POST';
      const answer = await harness.fetch('centre', `/v1/cameras/shop-1${path}`, {
        ...{ method, token },
        ...(json === undefined ? {} : { json }),
      });
      return [answer.status, await answer.json()];
    };
    expect(await call('operator', '')).toMatchObject([200, { holder: null }]);
    expect(await call('operator', '/ptz', { action: 'ptz.take' })).toMatchObject([201, {}]);
    await until('taken', () => harness.liveview.hands.held('shop-1'));
    expect(await call('operator', '')).toMatchObject([
      200,
      { holder: { who: 'you', user: 'operator', since: expect.any(String) } },
    ]);
    expect(await call('supervisor', '')).toMatchObject([200, { holder: { who: 'centre' } }]);
    expect(await call('supervisor', '/release', {})).toMatchObject([
      200,
      { holder: { user: 'operator' } },
    ]);
    expect(await call('operator', '/force-release', {})).toMatchObject([
      403,
      { code: 'not-allowed' },
    ]);
    expect(await call('supervisor', '/force-release', { note: 'stuck' })).toMatchObject([
      200,
      { holder: null },
    ]);
    const [entry] = [...harness.deps.journal.read()].slice(-1);
    expect(entry).toMatchObject({ kind: 'control.released', data: { note: 'stuck' } });
    await call('operator', '/ptz', { action: 'ptz.take' });
    await until('taken', () => harness.liveview.hands.held('shop-1'));
    expect(await call('operator', '/release', {})).toMatchObject([200, { holder: null }]);
  });
});
