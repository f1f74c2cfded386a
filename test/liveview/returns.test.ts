import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraInfo } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import { DISPATCHER, DOME, directory, Harness, OPERATOR } from './harness.ts';

/** After the incident a camera that was moved returns to its place. */
describe('after the incident', () => {
  let h: Harness;
  let cameras: Map<string, CameraInfo>;
  beforeEach(() => {
    const world = directory('auto');
    cameras = new Map(world.cameras);
    h = new Harness({ ...world, cameras });
    h.shared();
  });
  afterEach(() => h.dispose());

  const place = (afterIncident: CameraInfo['afterIncident'], camera = 'shop-1') => {
    const info = cameras.get(camera);
    if (info && afterIncident !== undefined) cameras.set(camera, { ...info, afterIncident });
  };
  const calls = () => h.control('shop-1').calls;
  const close = (incident = h.incident) =>
    h.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
  const moved = async (incident = h.incident) => {
    const { id } = h.live.request(OPERATOR, {
      ...{ incident, action: 'ptz.goto', camera: 'shop-1', args: { pan: 1 } },
    });
    await settle();
    expect(h.live.requests().find((each) => each.id === id)?.state).toBe('done');
    calls().length = 0;
  };
  const ended = () =>
    [...h.journal.read()].filter(({ kind }) => kind === 'return.ended').map(({ data }) => data);

  it.each<[string, CameraInfo['afterIncident'], string[], string]>([
    ['home, unless told', undefined, ['home'], 'returned'],
    ['home', 'home', ['home'], 'returned'],
    ['to a preset by its name', { preset: 'door' }, ['preset 1'], 'returned'],
    ['to a preset by its token', { preset: '1' }, ['preset 1'], 'returned'],
    ['nowhere', 'stay', [], 'stayed'],
  ])('it goes %s', async (_, wanted, expected, outcome) => {
    place(wanted);
    await moved();
    close();
    await settle();
    expect(calls()).toEqual(expected);
    expect(ended()).toEqual([{ camera: 'shop-1', outcome }]);
    expect([...h.live.hands.touched()]).toEqual([]);
    h.restart();
    expect([...h.live.hands.touched()]).toEqual([]);
  });

  it('that is journalled as an act of the gateway, intent before and outcome after', async () => {
    await moved();
    close();
    await settle();
    const acts = [...h.journal.read()].slice(-3);
    const [intent, outcome, end] = acts;
    expect(acts.map(({ actor, incident }) => [actor.role, incident])).toEqual(
      Array(3).fill(['gateway', h.incident]),
    );
    expect(intent).toMatchObject({ kind: 'desk.intent', data: { command: 'home', args: {} } });
    expect(outcome).toMatchObject({ kind: 'desk.outcome', data: { command: 'home', ok: true } });
    expect(end).toMatchObject({ kind: 'return.ended' });
    expect(intent?.data['request']).toBe(outcome?.data['request']);
  });

  it('stays where it is when it has no home and nothing else is said', async () => {
    h.control('shop-1').abilities = { ...DOME, home: false };
    await moved();
    close();
    await settle();
    expect(calls()).toEqual([]);
    expect(ended()).toEqual([{ camera: 'shop-1', outcome: 'stayed' }]);
  });

  it('is left alone when it was not moved, or moved outside the incident', async () => {
    h.live.request(OPERATOR, { incident: null, action: 'ptz.home', camera: 'shop-1', args: {} });
    h.live.request(OPERATOR, { incident: null, action: 'ptz.take', camera: 'shop-2', args: {} });
    await settle();
    calls().length = 0;
    close();
    h.live.hands.free(OPERATOR, 'shop-1');
    await settle();
    expect(calls()).toEqual([]);
    expect(ended()).toEqual([]);
  });

  it('stops first when it is moving at that moment', async () => {
    h.ask(DISPATCHER);
    await settle();
    close();
    await settle();
    expect(calls()).toEqual(['move {"pan":1} 2000', 'stop', 'home']);
  });

  it('waits for a Stop that the camera has not confirmed', async () => {
    h.ask(DISPATCHER);
    await settle();
    h.control('shop-1').refuses.add('stop');
    close();
    await h.clock.advanceAsync(300);
    expect(calls().filter((call) => call === 'home')).toEqual([]);
    h.control('shop-1').refuses.delete('stop');
    await h.clock.advanceAsync(1_000);
    expect(calls().at(-1)).toBe('home');
  });

  it('waits for a Stop that began while the camera was asked what it can', async () => {
    await moved();
    const control = h.control('shop-1');
    let answer = () => {};
    control.capabilities = () =>
      new Promise((resolve) => {
        answer = () => resolve(DOME);
      });
    close();
    await settle();
    const ask = { incident: null, action: 'ptz.move', camera: 'shop-1', args: { pan: 1 } } as const;
    h.live.request(OPERATOR, ask);
    await settle();
    control.refuses.add('stop');
    h.live.hands.free(OPERATOR, 'shop-1');
    answer();
    await settle();
    expect(calls()).toEqual(['move {"pan":1} 2000', 'stop']);
    control.refuses.delete('stop');
    await h.clock.advanceAsync(1_000);
    expect(calls().slice(2)).toEqual(['stop', 'home']);
  });

  it('returns when the last of several incidents is closed in which it was moved', async () => {
    const other = h.opened();
    await moved(other.id);
    await moved();
    close();
    await settle();
    expect(calls()).toEqual([]);
    close(other.id);
    await settle();
    expect(calls()).toEqual(['home']);
    expect([...h.journal.read()].at(-1)?.incident).toBe(h.incident);
  });

  it('stays while another open incident names it, shares it or shows it', async () => {
    const other = h.live.openIncident(OPERATOR, {
      ...{ type: 'violence', site: 'jeweller', summary: '', cameras: [] },
    });
    await moved();
    h.live.setScreen(OPERATOR, other.id, { tiles: [{ camera: 'shop-1' }], focus: null });
    close();
    await settle();
    expect(calls()).toEqual([]);
    h.live.setScreen(OPERATOR, other.id, { tiles: [], focus: null });
    await settle();
    expect(calls()).toEqual(['home']);
  });

  it('waits until nobody has it any more', async () => {
    await moved();
    const asked = { action: 'ptz.take', camera: 'shop-1', args: {} } as const;
    h.live.hands.free(OPERATOR, 'shop-1');
    h.live.request(OPERATOR, { incident: null, ...asked });
    await settle();
    close();
    await settle();
    expect(calls()).toEqual([]);
    h.live.hands.free(OPERATOR, 'shop-1');
    await settle();
    expect(calls()).toEqual(['home']);
  });

  it('gives way to whoever takes it on the way, and returns after them', async () => {
    await moved();
    h.control('shop-1').refuses.add('goHome');
    close();
    await settle();
    const take = { incident: null, action: 'ptz.take', camera: 'shop-1', args: {} } as const;
    h.live.request(OPERATOR, take);
    h.control('shop-1').refuses.delete('goHome');
    await h.clock.advanceAsync(14_000);
    expect(calls()).toEqual(['home']);
    await h.clock.advanceAsync(1_000);
    expect(calls()).toEqual(['home', 'home']);
    expect(ended()).toEqual([{ camera: 'shop-1', outcome: 'returned' }]);
  });

  it('is done at the start when the gateway was killed in between', async () => {
    await moved();
    h.live.hands.free(OPERATOR, 'shop-1');
    h.journal.left = 1;
    close();
    await settle();
    expect(calls()).toEqual([]);
    h.restart();
    await settle();
    expect(calls()).toEqual(['home']);
    h.restart();
    await settle();
    expect(calls()).toEqual(['home']);
  });

  it('is tried five times, and then the operator is told', async () => {
    await moved();
    h.control('shop-1').refuses.add('goHome');
    close();
    await h.clock.advanceAsync(5_000 + 30_000 + 120_000 + 599_000);
    expect(calls()).toHaveLength(4);
    expect(h.live.hands.astray('shop-1')).toBeUndefined();
    h.changes.length = 0;
    await h.clock.advanceAsync(1_000);
    expect(calls()).toHaveLength(5);
    expect(h.live.hands.astray('shop-1')).toMatchObject({ reason: 'the camera does not answer' });
    expect(h.changes).toContainEqual({ kind: 'control', camera: 'shop-1' });
    await h.clock.advanceAsync(3_600_000);
    expect(calls()).toHaveLength(5);
    h.restart();
    expect(h.live.hands.astray('shop-1')).toMatchObject({ reason: 'the camera does not answer' });
    h.control('shop-1').refuses.clear();
    h.live.request(OPERATOR, { incident: null, action: 'ptz.home', camera: 'shop-1', args: {} });
    await settle();
    expect(h.live.hands.astray('shop-1')).toBeUndefined();
  });

  it('is not tried again for a preset that does not exist: the operator is told at once', async () => {
    place({ preset: 'nowhere' });
    await moved();
    close();
    await settle();
    expect(calls()).toEqual([]);
    expect(ended()).toEqual([
      {
        ...{ camera: 'shop-1', outcome: 'given-up' },
        reason: 'this camera has no preset nowhere',
      },
    ]);
  });

  it('does not move it when that cannot be journalled, and does when it can', async () => {
    await moved();
    h.live.hands.free(OPERATOR, 'shop-1');
    h.journal.left = 1;
    close();
    await h.clock.advanceAsync(4_000);
    expect(calls()).toEqual([]);
    h.journal.left = Number.POSITIVE_INFINITY;
    await h.clock.advanceAsync(1_000);
    expect(calls()).toEqual(['home']);
  });

  it('leaves cameras alone that were moved before anybody was said to have them', async () => {
    // As versions before this one wrote it.
    const data = { request: 'req_1', camera: 'shop-1', command: 'home', args: {} };
    h.journal.append({ kind: 'desk.intent', actor: OPERATOR, incident: h.incident, data });
    close();
    h.restart();
    await settle();
    expect(calls()).toEqual([]);
  });

  it('sends nothing any more when the gateway stops', async () => {
    await moved();
    h.control('shop-1').refuses.add('goHome');
    close();
    await settle();
    await h.live.stop();
    await h.clock.advanceAsync(60_000);
    expect(calls()).toEqual(['home']);
    expect(h.clock.timers).toBe(0);
  });
});
