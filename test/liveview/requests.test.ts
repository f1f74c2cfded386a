import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/journal/record.ts';
import type { LiveRequest, Policy } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
} from './harness.ts';

describe('requests', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
    h.shared();
  });
  afterEach(() => h.dispose());

  const start = (ptz: Policy = 'confirm', change: Policy = 'confirm') => {
    h.dispose();
    h = new Harness(directory(ptz, change));
    h.shared();
  };
  const ask = (...asked: Parameters<Harness['ask']>) => h.ask(...asked);
  const state = (request: LiveRequest) => h.stateOf(request);
  const calls = (camera = 'shop-1') => h.control(camera).calls;

  describe('what may be asked', () => {
    it.each<[string, string, () => unknown]>([
      ['a room without a grant', 'not-shared', () => ask(OTHER_ROOM)],
      [
        'a camera that is not in the grant',
        'not-shared',
        () => ask(DISPATCHER, 'ptz.move', { pan: 1 }, 'shop-2'),
      ],
      [
        'a camera that does not exist',
        'not-shared',
        () => ask(DISPATCHER, 'ptz.move', { pan: 1 }, 'nothing'),
      ],
      [
        'a switch to a camera of another site',
        'not-shared',
        () => ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'square-1' }),
      ],
      ['no axis', 'invalid-request', () => ask(DISPATCHER, 'ptz.move', {})],
      ['too fast', 'invalid-request', () => ask(DISPATCHER, 'ptz.move', { pan: 1.1 })],
      ['not a number', 'invalid-request', () => ask(DISPATCHER, 'ptz.move', { pan: Number.NaN })],
      [
        'an argument nobody knows',
        'invalid-request',
        () => ask(DISPATCHER, 'ptz.home', { fast: 1 }),
      ],
      [
        'a tenth tile',
        'invalid-request',
        () => ask(DISPATCHER, 'camera.switch', { tile: 9, camera: 'shop-1' }),
      ],
      [
        'two cameras in one request',
        'invalid-request',
        () => ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-1' }, 'shop-2'),
      ],
      [
        'an unknown camera of the centre',
        'unknown-camera',
        () => ask(OPERATOR, 'ptz.move', { pan: 1 }, 'nothing'),
      ],
      [
        'a camera elsewhere of the centre',
        'camera-not-at-site',
        () => ask(OPERATOR, 'ptz.move', { pan: 1 }, 'square-1'),
      ],
      [
        'a switch without an incident',
        'invalid-request',
        () =>
          h.live.request(OPERATOR, {
            incident: null,
            action: 'camera.switch',
            args: { tile: 0, camera: 'shop-1' },
          }),
      ],
      [
        'no incident, from a control room',
        'not-shared',
        () =>
          h.live.request(DISPATCHER, {
            incident: null,
            action: 'ptz.home',
            camera: 'shop-1',
            args: {},
          }),
      ],
    ])('%s: %s', (_, code, work) => {
      expect(codeThrownBy(work)).toBe(code);
      expect(h.live.requests()).toEqual([]);
      expect(calls()).toEqual([]);
    });

    it('is refused without the right in the grant', () => {
      h.live.grant(OPERATOR, h.incident, 'rotterdam', { cameras: ['shop-1'], rights: ['view'] });
      expect(codeThrownBy(() => ask(DISPATCHER))).toBe('not-allowed');
      expect(
        codeThrownBy(() => ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-1' })),
      ).toBe('not-allowed');
    });

    it('is bounded: a control room cannot bury the operator', () => {
      const askAll = (actor: Actor, tiles: number) => {
        for (let tile = 0; tile < tiles; tile += 1) {
          ask(actor, 'camera.switch', { tile, camera: 'shop-1' });
        }
        ask(actor, 'ptz.home', {});
      };
      askAll(DISPATCHER, 9);
      askAll(COLLEAGUE, 9);
      expect(h.live.requests({ state: 'pending' })).toHaveLength(20);
      expect(codeThrownBy(() => ask(COLLEAGUE))).toBe('not-allowed');
      expect(ask(COLLEAGUE, 'ptz.home', {}).state).toBe('pending');
    });

    it('is bounded in its rate: what comes too fast is neither journalled nor done', () => {
      start('never');
      const { seq } = h.journal.head();
      const codes = Array.from({ length: 1_000 }, () => codeThrownBy(() => ask(DISPATCHER)));
      expect(codes.filter((code) => code === 'too-many-requests')).toHaveLength(980);
      expect(h.journal.head().seq - seq).toBe(20);
      expect(ask(COLLEAGUE).state).toBe('declined');
      h.clock.advance(100);
      expect(ask(DISPATCHER).state).toBe('declined');
      expect(codeThrownBy(() => ask(DISPATCHER))).toBe('too-many-requests');
      expect(h.logged).toContainEqual(expect.objectContaining({ user: 'daan', refused: 980 }));
    });
  });

  describe('the policy', () => {
    it('auto: done at once, without the operator', async () => {
      start('auto');
      const request = ask(DISPATCHER, 'ptz.preset', { preset: '1' });
      await settle();
      expect(state(request)).toMatchObject({ state: 'done' });
      expect(calls()).toEqual(['preset 1']);
      expect(h.kinds().slice(-5)).toEqual([
        'request.made',
        'control.taken',
        'desk.intent',
        'desk.outcome',
        'request.done',
      ]);
    });

    it('never: declined with a reason, and recorded', () => {
      start('never');
      const request = ask(DISPATCHER);
      expect(request).toMatchObject({
        state: 'declined',
        reason: expect.stringContaining('does not let'),
      });
      expect(h.kinds().at(-1)).toBe('request.made');
      expect(calls()).toEqual([]);
    });

    it('confirm: waits for the operator, who may decline', async () => {
      const request = ask(DISPATCHER, 'ptz.home', {});
      expect(request.state).toBe('pending');
      const declined = h.live.decline(OPERATOR, request.id, 'looking at the door');
      expect(declined).toMatchObject({
        state: 'declined',
        reason: 'looking at the door',
        by: 'olga',
      });
      await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
        code: 'request-decided',
      });
      expect(codeThrownBy(() => h.live.decline(OPERATOR, request.id, ''))).toBe('request-decided');
      expect(calls()).toEqual([]);
    });

    it('only the centre decides', async () => {
      const request = ask(DISPATCHER);
      await expect(h.live.accept(DISPATCHER, request.id)).rejects.toMatchObject({
        code: 'not-allowed',
      });
      expect(codeThrownBy(() => h.live.decline(COLLEAGUE, request.id, ''))).toBe('not-allowed');
      await expect(h.live.accept(OPERATOR, 'req_x')).rejects.toMatchObject({
        code: 'unknown-request',
      });
    });

    it('expires what nobody decides on', () => {
      const request = ask(DISPATCHER);
      h.clock.advance(59_999);
      expect(state(request)?.state).toBe('pending');
      h.clock.advance(1);
      expect(state(request)).toMatchObject({ state: 'expired', reason: 'nobody decided in time' });
    });
  });

  describe('a switch', () => {
    const toThree = { tile: 2, camera: 'shop-3' };

    it('to a shared camera changes the tile, and tells it, under auto', () => {
      start('confirm', 'auto');
      h.changes.length = 0;
      const request = ask(DISPATCHER, 'camera.switch', { tile: 1, camera: 'shop-1' });
      expect(request.state).toBe('done');
      expect(h.live.incident(h.incident)?.screen.tiles).toEqual([
        { camera: 'shop-1' },
        { camera: 'shop-1' },
      ]);
      expect(h.changes.map(({ kind }) => kind)).toEqual(['incident', 'screen', 'request']);
    });

    it('to a camera that is not shared waits for the operator, even under auto', async () => {
      start('confirm', 'auto');
      const request = ask(DISPATCHER, 'camera.switch', toThree);
      expect(request.state).toBe('pending');
      await h.live.accept(OPERATOR, request.id);
      const seen = h.live.visibleIncident(DISPATCHER, h.incident);
      expect(seen?.grants[0]?.cameras).toEqual(['shop-1', 'shop-3']);
      expect(seen?.screen.tiles).toEqual([
        { camera: 'shop-1' },
        { empty: true },
        { camera: 'shop-3' },
      ]);
    });

    it('shares nothing when it is declined', () => {
      const request = ask(DISPATCHER, 'camera.switch', toThree);
      h.live.decline(OPERATOR, request.id, 'nothing to see there');
      expect(h.live.incident(h.incident)?.grants[0]?.cameras).toEqual(['shop-1']);
      expect(h.live.incident(h.incident)?.screen.tiles).toHaveLength(2);
    });

    it('by the operator happens at once and shares nothing', () => {
      expect(ask(OPERATOR, 'camera.switch', toThree).state).toBe('done');
      expect(h.live.incident(h.incident)?.grants[0]?.cameras).toEqual(['shop-1']);
    });
  });

  describe('what is asked and not decided', () => {
    it.each<[string, () => unknown]>([
      [
        'the incident is closed',
        () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' }),
      ],
      ['the share is withdrawn', () => h.live.withdraw(OPERATOR, h.incident, 'rotterdam')],
      ['the asker is gone', () => h.live.abandon(DISPATCHER, h.live.requests()[0]?.id ?? '')],
    ])('expires when %s', async (_, work) => {
      const request = ask(DISPATCHER);
      work();
      expect(state(request)?.state).toBe('expired');
      await h.clock.advanceAsync(120_000);
      expect(calls()).toEqual([]);
    });

    it('is not abandoned by somebody else', () => {
      const request = ask(DISPATCHER);
      h.live.abandon(OTHER_ROOM, request.id);
      h.live.abandon(DISPATCHER, 'req_unknown');
      expect(state(request)?.state).toBe('pending');
    });

    it('can be found by state, incident and control room', () => {
      const request = ask(DISPATCHER);
      ask(OPERATOR, 'camera.switch', { tile: 0, camera: 'shop-2' });
      expect(h.live.requests({ state: 'pending' })).toEqual([request]);
      expect(h.live.requests({ incident: h.incident, controlRoom: 'rotterdam' })).toEqual([
        request,
      ]);
      expect(h.live.requests({ incident: 'inc_other' })).toEqual([]);
    });
  });
});
