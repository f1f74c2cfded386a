import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Action } from '../../src/access/permissions.ts';
import { systemClock } from '../../src/core/clock.ts';
import { requestAction } from '../../src/liveview/actions.ts';
import { MESSAGE_ACTIONS } from '../../src/server/live/live-session.ts';
import { clientMessage } from '../../src/server/protocol.ts';
import { until } from '../support/until.ts';
import { DIRECTORY, type Harness, OPERATOR, type TestSocket } from './harness.ts';
import { busySite, type SiteIds, twoSites } from './two-sites.ts';
import { CALLERS, REFUSAL, SIDES, STRANGERS, said, tokenOf } from './who-asks.ts';

let harness: Harness;
let aheadMs = 0;
beforeAll(async () => {
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  const requestable = { by: ['rotterdam'], name: 'Juwelier' };
  const jeweller = { ...DIRECTORY.sites.get('jeweller'), requestable } as never;
  const shop = DIRECTORY.cameras.get('shop-1');
  const requests = { on: 'confirm', off: 'confirm' };
  const light = { id: 'light', kind: 'light', name: { nl: 'Licht', en: 'Light' }, requests };
  const lit = { ...shop, outputs: [light] } as never;
  harness = await twoSites({
    clock,
    directory: {
      ...DIRECTORY,
      sites: new Map([...DIRECTORY.sites, ['jeweller', jeweller]]),
      cameras: new Map([...DIRECTORY.cameras, ['shop-1', lit]]),
    },
  });
});
afterAll(() => harness.stop());

describe('every message of the live socket', () => {
  const open: TestSocket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.ws.terminate();
  });

  const MESSAGES: Record<keyof typeof MESSAGE_ACTIONS, (ids: SiteIds) => object> = {
    hello: () => ({ protocol: 1, codecs: [], formats: ['fmp4'] }),
    watch: ({ camera, incident }) => ({ channel: 1, camera, incident }),
    unwatch: () => ({ channel: 1 }),
    follow: ({ incident }) => ({ incident }),
    unfollow: ({ incident }) => ({ incident }),
    request: () => ({ id: 'r', action: 'ptz.home' }),
    hold: () => ({ id: 'r' }),
    release: () => ({ id: 'r' }),
    free: ({ camera }) => ({ camera }),
    ping: () => ({ t0: 1 }),
    stats: () => ({ channel: 1, latencyMs: 1, bufferedMs: 1, decoded: 1, dropped: 1 }),
  };
  const ARGS: Record<string, (ids: SiteIds) => object> = {
    'ptz.move': () => ({ pan: 0.5 }),
    'ptz.zoom': () => ({ zoom: 0.5 }),
    'ptz.goto': () => ({ pan: 0.5 }),
    'ptz.preset': () => ({ preset: 'p' }),
    'ptz.home': () => ({}),
    'ptz.take': () => ({}),
    'relay.set': () => ({ output: 'light', on: true }),
    'camera.switch': ({ camera }) => ({ tile: 0, camera }),
    'plan.show': ({ plan }) => ({ tile: 0, plan }),
    view: ({ site }) => ({ site, text: 'mogen wij zien?' }),
    note: () => ({ text: 'gezien' }),
  };

  /** Each with the action of the table that it is. */
  function messages(ids: SiteIds): [string, Action, object][] {
    const types = clientMessage.options.map((option) => option.shape.type.value);
    const plain = types
      .filter((type) => type !== 'hello' && type !== 'request' && type !== 'ping')
      .map((type): [string, Action, object] => [
        type,
        MESSAGE_ACTIONS[type],
        { type, ...MESSAGES[type](ids) },
      ]);
    const asked = requestAction.options.map((action, index): [string, Action, object] => {
      const place = action === 'view' ? {} : { incident: ids.incident };
      const camera = ['view', 'note', 'plan.show'].includes(action) ? {} : { camera: ids.camera };
      const ask = { id: `r${index}`, action, ...place, ...camera, args: ARGS[action]?.(ids) };
      return [
        action,
        action === 'note' ? 'note.write' : 'request.make',
        { type: 'request', ...ask },
      ];
    });
    return [...plain, ...asked];
  }

  it.each(SIDES.flatMap((side) => CALLERS[side].map((who) => [side, who.name, who] as const)))(
    'on the %s side, from a %s, is answered as the table says',
    async (side, _name, who) => {
      const ids = await busySite(harness, 'jeweller');
      const socket = harness.connect(side, '/v1/live', { token: tokenOf(harness, who) ?? '' });
      open.push(socket);
      await socket.hello();
      const { plans } = harness.liveview.pictures;
      for (const [name, action, message] of messages(ids)) {
        aheadMs += 200;
        const before = socket.of('error').length;
        socket.send(message);
        await socket.settled();
        const code = socket.of('error')[before]?.code;
        const refusal = REFUSAL[side].refused[1];
        if (said(action, side, who) === 'refused') expect([name, code]).toEqual([name, refusal]);
        else expect([name, code]).not.toEqual([name, refusal]);
      }
      expect(socket.closed).toBeUndefined();
      await plans.remove(OPERATOR, ids.plan);
    },
  );

  it.each(SIDES)(
    'on the %s side, from whoever did not say who they are, ends the socket',
    async (side) => {
      const ids = await busySite(harness, 'jeweller');
      for (const [name, , message] of [
        ...messages(ids),
        ['ping', '', { type: 'ping', t0: 1 }] as const,
      ]) {
        const socket = harness.connect(side, '/v1/live');
        open.push(socket);
        await socket.opened();
        socket.send(message);
        await until('closed', () => socket.closed);
        expect([name, socket.of('error').map(({ code }) => code)]).toEqual([
          name,
          ['hello-expected'],
        ]);
      }
      for (const who of STRANGERS[side]) {
        const socket = harness.connect(side, '/v1/live');
        open.push(socket);
        await socket.opened();
        const token = tokenOf(harness, who);
        const hello = { type: 'hello', ...MESSAGES.hello(ids) };
        socket.send(token === undefined ? hello : { ...hello, token });
        await until('closed', () => socket.closed);
        expect([who.name, socket.received]).toEqual([
          who.name,
          [expect.objectContaining({ type: 'error', code: 'unauthenticated' })],
        ]);
      }
      await harness.liveview.pictures.plans.remove(OPERATOR, ids.plan);
    },
  );
});
