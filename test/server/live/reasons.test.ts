import { describe, expect, it } from '@jest/globals';
import { CameraError } from '../../../src/cameras/onvif/camera-error.ts';
import { because } from '../../../src/liveview/reasons.ts';
import { FakeControl } from '../../liveview/harness.ts';
import type { Harness, TestSocket } from '../harness.ts';
import { OPERATOR } from '../harness.ts';
import { domeBench } from './dome-bench.ts';

const ADDRESS = '192.168.7.7';

/** A dome that cannot be reached when it is told to. */
class Dome extends FakeControl {
  unreachable = false;
  override async move(...args: Parameters<FakeControl['move']>): Promise<void> {
    if (!this.unreachable) return super.move(...args);
    throw new CameraError('camera-unreachable', `no answer of ${ADDRESS}:80`);
  }
}

describe('two control rooms that share one incident', () => {
  let harness: Harness;
  let dome: Dome;
  let incident: string;
  let rotterdam: TestSocket;
  let denHaag: TestSocket;
  let operator: TestSocket;
  // Nobody has to hold a joystick in a time that stands still.
  domeBench(
    () => new Dome(),
    async (bench) => {
      ({ harness, dome, incident } = bench);
      const terms = { cameras: ['shop-1'], rights: ['view', 'ptz', 'switch'] } as const;
      harness.liveview.grant(OPERATOR, incident, 'den-haag', terms);
      rotterdam = await harness.live('police', 'dispatcher', 'rotterdam');
      denHaag = await harness.live('police', 'dispatcher', 'den-haag');
      operator = await harness.live('centre', 'operator');
    },
  );

  const move = (id: string, pan = 0.5) => ({
    ...{ type: 'request', id, incident, camera: 'shop-1' },
    ...{ action: 'ptz.move', args: { pan } },
  });
  /** Asks, and the operator accepts. */
  async function steer(room: TestSocket, id: string): Promise<string> {
    room.send(move(id));
    const { request } = await room.next('request', (each) => each.id === id);
    await harness.liveview.accept(OPERATOR, request.id);
    return request.id;
  }
  const told = (room: TestSocket) => JSON.stringify(room.received);

  it('are not told who of the other room moves the camera, in no way of asking', async () => {
    harness.liveview.grant(OPERATOR, incident, 'den-haag', {
      ...{ cameras: ['shop-1'], rights: ['view', 'ptz'], requests: { ptz: 'auto' } },
    });
    await steer(rotterdam, 'theirs');
    denHaag.send(move('again'));
    const refused = await denHaag.next('error', ({ ref }) => ref === 'again');
    const words = 'somebody else has this camera';
    expect(refused).toMatchObject({ code: 'control-taken', message: words });
    const token = harness.token('dispatcher', 'den-haag');
    const { type: _type, id: _id, ...json } = move('http');
    const response = await harness.fetch('police', '/v1/requests', { method: 'POST', token, json });
    expect(await response.json()).toMatchObject({ code: 'control-taken', detail: words });
    expect(told(denHaag)).not.toMatch(/rotterdam/i);
  });

  it('are told by code and in plain words why their request failed, the operator in full', async () => {
    dome.unreachable = true;
    const id = await steer(denHaag, 'mine');
    const failed = await denHaag.next('request', ({ state }) => state === 'failed');
    const words = because('camera-unreachable');
    expect(failed).toMatchObject({ id: 'mine', ...words, request: words });
    const full = { reasonCode: 'camera-unreachable', reason: expect.stringContaining(ADDRESS) };
    const seen = await operator.next('request', ({ state }) => state === 'failed');
    expect(seen).toMatchObject({ id, ...full, request: full });
    const token = harness.token('operator');
    const list = await (await harness.fetch('centre', '/v1/requests', { token })).json();
    expect(list).toContainEqual(expect.objectContaining({ id, ...full }));
    expect(told(denHaag)).not.toContain(ADDRESS);
    await rotterdam.settled();
    expect(rotterdam.of('request')).toEqual([]);
  });

  it('are not told which operator took the camera over', async () => {
    await steer(rotterdam, 'theirs');
    operator.send({ ...move('ours'), incident: undefined });
    const lost = await rotterdam.next('request', ({ state }) => state === 'failed');
    expect(lost).toMatchObject(because('taken-over'));
    const seen = await operator.next('request', ({ state }) => state === 'failed');
    expect(seen).toMatchObject({ reason: 'operator took over the camera' });
  });

  it('each have one question with the operator, however often they press', async () => {
    for (const [index, pan] of [0.25, 0.5, -1].entries()) rotterdam.send(move(`r${index}`, pan));
    denHaag.send(move('d0', 1));
    await rotterdam.next('request', ({ id }) => id === 'r2');
    await denHaag.next('request');
    const ended = rotterdam.of('request').filter(({ state }) => state !== 'pending');
    expect(ended.map(({ id }) => id)).toEqual(['r0', 'r1']);
    for (const each of ended)
      expect(each).toMatchObject({ state: 'expired', ...because('replaced') });
    const late = await harness.live('centre', 'operator');
    await late.settled();
    const asked = late.of('request').map(({ request }) => [request.controlRoom, request.args]);
    expect(asked).toEqual([
      ['rotterdam', { pan: -1 }],
      ['den-haag', { pan: 1 }],
    ]);
    await operator.settled();
    const open = new Set<string>();
    for (const { id, state } of operator.of('request')) {
      if (state === 'pending') open.add(id);
      else open.delete(id);
      expect(open.size).toBeLessThanOrEqual(2);
    }
    expect(open.size).toBe(2);
  });

  it('may choose another camera for a tile while the former choice waits', async () => {
    const choose = (id: string, tile: number) => ({
      ...{ type: 'request', id, incident, action: 'camera.switch' },
      args: { tile, camera: 'shop-2' },
    });
    for (const [id, tile] of [
      ['a', 0],
      ['b', 1],
      ['c', 1],
    ] as const) {
      rotterdam.send(choose(id, tile));
    }
    await rotterdam.next('request', ({ id }) => id === 'c');
    const last = new Map(rotterdam.of('request').map(({ id, state }) => [id, state]));
    expect(Object.fromEntries(last)).toEqual({ a: 'pending', b: 'expired', c: 'pending' });
    expect(harness.liveview.requests({ state: 'pending' })).toHaveLength(2);
  });
});
