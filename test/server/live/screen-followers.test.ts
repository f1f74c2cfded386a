import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Screen } from '../../../src/liveview/model.ts';
import { madeOf } from '../../support/made-pictures.ts';
import { Harness, OPERATOR, type TestSocket } from '../harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await new Harness().start();
});
afterAll(() => harness.stop());

const ROOMS = ['rotterdam', 'den-haag'] as const;

/** An incident that two control rooms share, each followed on two sockets, and by the centre on one. */
async function followed() {
  const cameras = ['shop-1', 'shop-2'];
  const incident = harness.shared(cameras);
  for (const room of ROOMS) {
    const rights = ['view', 'switch', 'plan'] as const;
    const requests = { plan: 'confirm', switch: 'confirm' } as const;
    harness.liveview.grant(OPERATOR, incident, room, { cameras, rights: [...rights], requests });
  }
  const sockets = await Promise.all([
    harness.live('centre', 'operator'),
    ...ROOMS.flatMap((room) => [1, 2].map(() => harness.live('police', 'dispatcher', room))),
  ]);
  for (const socket of sockets) {
    socket.send({ type: 'follow', incident });
    await socket.next('screen');
  }
  return { incident, sockets };
}

interface Followed {
  readonly incident: string;
  readonly sockets: readonly TestSocket[];
}

/** Every follower hears of it in one message, and of nothing in between. */
async function hearsOnce({ incident, sockets }: Followed, change: () => unknown, screen: Screen) {
  const before = sockets.map((socket) => socket.of('screen').length);
  await change();
  for (const [index, socket] of sockets.entries()) {
    await socket.settled();
    expect(socket.of('screen').slice(before[index])).toEqual([
      { type: 'screen', incident, ...screen },
    ]);
  }
}

it('tiles, focus and layout change in one message for everybody who follows', async () => {
  const all = await followed();
  const token = harness.token('operator');
  const change = (screen: Screen) => () =>
    harness.fetch('centre', `/v1/incidents/${all.incident}/screen`, {
      ...{ method: 'PUT', token, body: JSON.stringify(screen) },
      headers: { 'content-type': 'application/json' },
    });
  const screens: Screen[] = [
    { tiles: [{ camera: 'shop-2' }, { camera: 'shop-1' }], focus: 1, layout: '1+3' },
    { tiles: [{ camera: 'shop-1' }], focus: null, layout: '1' },
    {
      tiles: [{ camera: 'shop-1' }, { empty: true }, { camera: 'shop-2' }],
      focus: 2,
      layout: '3x3',
    },
    { tiles: [{ camera: 'shop-2' }, { camera: 'shop-1' }], focus: null, layout: '2x2' },
  ];
  for (const screen of screens) await hearsOnce(all, change(screen), screen);
});

it('so does what a control room asked for, when the centre accepts it, and not before', async () => {
  const all = await followed();
  const { id: plan } = await harness.liveview.pictures.plans.add(OPERATOR, {
    ...{ site: 'jeweller', name: 'Begane grond' },
    picture: madeOf('a plan'),
  });
  const [, dispatcher] = all.sockets;
  const wishes = [
    { action: 'camera.switch', camera: 'shop-2', args: { tile: 0, camera: 'shop-2' } },
    { action: 'plan.show', args: { tile: 1, plan } },
  ];
  const becomes: Screen[] = [
    { tiles: [{ camera: 'shop-2' }], focus: null },
    { tiles: [{ camera: 'shop-2' }, { plan }], focus: null },
  ];
  for (const [index, wish] of wishes.entries()) {
    const before = all.sockets.map((socket) => socket.of('screen').length);
    dispatcher?.send({ type: 'request', id: `wish-${index}`, incident: all.incident, ...wish });
    const asked = await dispatcher?.next(
      'request',
      (message) => message.id === `wish-${index}` && message.state === 'pending',
    );
    expect(all.sockets.map((socket) => socket.of('screen').length)).toEqual(before);
    const request = asked?.request?.id ?? '';
    const [screen] = becomes.slice(index);
    if (!screen) throw new Error('nothing is expected');
    await hearsOnce(all, () => harness.liveview.accept(OPERATOR, request), screen);
  }
});

it('whoever follows no longer hears of it no longer', async () => {
  const all = await followed();
  const [, dispatcher] = all.sockets;
  dispatcher?.send({ type: 'unfollow', incident: all.incident });
  await dispatcher?.settled();
  const count = dispatcher?.of('screen').length;
  const screen: Screen = { tiles: [{ camera: 'shop-2' }], focus: null };
  const others = { ...all, sockets: all.sockets.filter((socket) => socket !== dispatcher) };
  await hearsOnce(others, () => harness.liveview.setScreen(OPERATOR, all.incident, screen), screen);
  await dispatcher?.settled();
  expect(dispatcher?.of('screen')).toHaveLength(count ?? 0);
});
