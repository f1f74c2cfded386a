import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveRequest, Policy } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  DOME,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from './harness.ts';

const MOVE = 'move {"pan":1} 2000';

describe('steering', () => {
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

  describe('a movement', () => {
    it('is not made when the joystick was released before the operator accepted', async () => {
      const request = ask(DISPATCHER);
      await h.clock.advanceAsync(600);
      const accepted = await h.live.accept(OPERATOR, request.id);
      expect(accepted).toMatchObject({
        state: 'done',
        reason: expect.stringContaining('released'),
      });
      expect(calls()).toEqual([]);
    });

    it('is not made either when it was released in so many words', async () => {
      const request = ask(DISPATCHER);
      await h.live.release(DISPATCHER, request.id);
      expect((await h.live.accept(OPERATOR, request.id)).state).toBe('done');
      expect(calls()).toEqual([]);
    });

    it('needs no second question from the same hand for 30 s, and not longer', async () => {
      const first = ask(DISPATCHER);
      await h.live.accept(OPERATOR, first.id);
      await h.holdFor(DISPATCHER, first, 400);
      const second = ask(DISPATCHER, 'ptz.move', { tilt: 0.5 });
      expect(second).toMatchObject({ state: 'running', by: 'olga' });
      expect(state(first)?.state).toBe('done');
      expect(calls()).toEqual([MOVE, 'move {"pan":1,"tilt":0.5} 2000']);
      await h.live.release(DISPATCHER, second.id);
      expect(ask(COLLEAGUE).state).toBe('pending');
      expect(ask(DISPATCHER, 'ptz.home', {}).state).toBe('pending');
      await h.clock.advanceAsync(29_000);
      const third = ask(DISPATCHER);
      expect(third.state).toBe('running');
      await h.live.release(DISPATCHER, third.id);
      await h.clock.advanceAsync(1_000);
      expect(ask(DISPATCHER).state).toBe('pending');
    });

    it('stops within 600 ms of the last heartbeat', async () => {
      start('auto');
      const request = ask(DISPATCHER);
      await settle();
      const running = ask(DISPATCHER);
      expect(running.state).toBe('running');
      await h.holdFor(DISPATCHER, running, 1_000);
      expect(calls()).not.toContain('stop');
      await h.clock.advanceAsync(599);
      expect(calls()).not.toContain('stop');
      await h.clock.advanceAsync(1);
      expect(calls().at(-1)).toBe('stop');
      expect(state(running)).toMatchObject({
        state: 'done',
        reason: expect.stringContaining('nothing was heard'),
      });
      expect(state(request)?.state).toBe('done');
    });

    it.each<[string, (request: LiveRequest) => unknown]>([
      ['it is released', (request) => void h.live.release(DISPATCHER, request.id)],
      ['the socket is gone', (request) => h.live.abandon(DISPATCHER, request.id)],
      ['the centre releases it', (request) => void h.live.release(OPERATOR, request.id)],
      [
        'the incident is closed',
        () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' }),
      ],
      ['the share is withdrawn', () => h.live.withdraw(OPERATOR, h.incident, 'rotterdam')],
      [
        'the camera is left out of a new grant',
        () =>
          h.live.grant(OPERATOR, h.incident, 'rotterdam', {
            cameras: ['shop-2'],
            rights: ['view', 'ptz'],
          }),
      ],
      [
        'the right to move is taken away',
        () =>
          h.live.grant(OPERATOR, h.incident, 'rotterdam', {
            cameras: ['shop-1'],
            rights: ['view'],
          }),
      ],
      ['the gateway stops', () => void h.live.stop()],
    ])('stops in the same tick when %s', async (_, work) => {
      start('auto');
      ask(DISPATCHER);
      await settle();
      const request = ask(DISPATCHER);
      await settle();
      work(request);
      expect(calls().at(-1)).toBe('stop');
      await settle();
      expect(state(request)?.state).toBe('done');
      await h.clock.advanceAsync(10_000);
      expect(calls().filter((call) => call === 'stop')).toHaveLength(1);
    });

    it('stops when the grant expires', async () => {
      start('auto');
      const terms = {
        cameras: ['shop-1'],
        rights: ['view', 'ptz'],
        expiresInMinutes: 0.05,
      } as const;
      h.live.grant(OPERATOR, h.incident, 'rotterdam', terms);
      ask(DISPATCHER);
      await settle();
      const request = ask(DISPATCHER);
      await h.holdFor(DISPATCHER, request, 2_800);
      expect(calls()).not.toContain('stop');
      await h.holdFor(DISPATCHER, request, 200);
      expect(calls().at(-1)).toBe('stop');
      expect(state(request)).toMatchObject({ state: 'done', reason: 'the share has ended' });
    });

    it('keeps on while it is held, with heartbeats that come late for others ignored', async () => {
      start('auto');
      const first = ask(DISPATCHER);
      await settle();
      await h.holdFor(DISPATCHER, first, 5_000);
      expect(calls()).toEqual(Array(6).fill(MOVE));
      await h.live.release(DISPATCHER, first.id);
      expect(() => h.live.hold(DISPATCHER, first.id)).not.toThrow();
      expect(codeThrownBy(() => h.live.hold(OTHER_ROOM, first.id))).toBe('unknown-request');
      await expect(h.live.release(OTHER_ROOM, first.id)).rejects.toMatchObject({
        code: 'unknown-request',
      });
    });
  });

  describe('one hand a camera', () => {
    it('is taken over by the operator, whose movement goes on', async () => {
      start('auto');
      const theirs = ask(DISPATCHER);
      await settle();
      const ours = ask(OPERATOR, 'ptz.move', { tilt: 1 });
      await settle();
      expect(state(theirs)).toMatchObject({ state: 'failed', reason: 'olga took over the camera' });
      expect(state(ours)?.state).toBe('running');
      expect(calls()).toEqual([MOVE, 'stop', 'move {"tilt":1} 2000']);
      expect(codeThrownBy(() => ask(DISPATCHER))).toBe('control-taken');
      expect(codeThrownBy(() => ask(SECOND_OPERATOR))).toBe('control-taken');
      await h.live.release(OPERATOR, ours.id);
      h.live.hands.free(OPERATOR, 'shop-1');
      expect(ask(DISPATCHER).state).toBe('running');
    });

    it('is kept by the first of two dispatchers', async () => {
      start('auto');
      const first = ask(DISPATCHER);
      await settle();
      expect(codeThrownBy(() => ask(COLLEAGUE))).toBe('control-taken');
      expect(state(first)?.state).toBe('running');
    });

    it('is one request at a time when a newer one is accepted while the former runs', async () => {
      const first = ask(DISPATCHER);
      await h.live.accept(OPERATOR, first.id);
      await h.holdFor(DISPATCHER, first, 31_000);
      const second = ask(DISPATCHER, 'ptz.move', { tilt: 1 });
      await h.live.accept(OPERATOR, second.id);
      expect([first, second].map((each) => state(each)?.state)).toEqual(['done', 'running']);
      await h.live.release(DISPATCHER, second.id);
      h.restart();
      expect([first, second].map((each) => state(each)?.state)).toEqual(['done', 'done']);
    });

    it('asks again after the operator took over', async () => {
      const request = ask(DISPATCHER);
      await h.live.accept(OPERATOR, request.id);
      const ours = ask(OPERATOR);
      await settle();
      await h.live.release(OPERATOR, ours.id);
      expect(ask(DISPATCHER).state).toBe('pending');
    });

    it('leaves a request waiting when the camera is taken at the moment of accepting', async () => {
      const request = ask(DISPATCHER, 'ptz.home', {});
      const ours = ask(OPERATOR);
      await settle();
      await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
        code: 'control-taken',
      });
      expect(state(request)?.state).toBe('pending');
      await h.live.release(OPERATOR, ours.id);
      expect((await h.live.accept(OPERATOR, request.id)).state).toBe('done');
      expect(calls().at(-1)).toBe('home');
    });

    it('serves operators outside an incident too', async () => {
      const asked = {
        incident: null,
        action: 'ptz.goto',
        camera: 'square-1',
        args: { pan: 0.1, zoom: 0.5 },
      } as const;
      const request = h.live.request(OPERATOR, asked);
      await settle();
      expect(state(request)).toMatchObject({ state: 'done', by: 'olga' });
      expect(calls('square-1')).toEqual(['goTo {"pan":0.1,"zoom":0.5}']);
    });
  });

  describe('what a camera cannot do', () => {
    const none = { panTilt: false, zoom: false };
    const fixed = { continuous: none, absolute: none, home: false, presets: [] };

    it('is declined by itself as soon as the camera has said so', async () => {
      h.control('shop-1').abilities = fixed;
      const request = ask(DISPATCHER);
      await settle();
      expect(state(request)).toMatchObject({
        state: 'declined',
        reason: 'this camera cannot turn',
      });
      expect(calls()).toEqual([]);
    });

    it('is asked anew each time: a dome may have taken the place of a fixed camera', async () => {
      start('auto');
      h.control('shop-1').abilities = fixed;
      const before = ask(DISPATCHER);
      await settle();
      expect(state(before)).toMatchObject({ state: 'failed', reason: 'this camera cannot turn' });
      h.control('shop-1').abilities = DOME;
      const after = ask(DISPATCHER);
      await settle();
      expect(state(after)?.state).toBe('running');
    });

    it('fails with the reason when it turns out on the way', async () => {
      h.control('shop-1').abilities = fixed;
      const request = ask(OPERATOR, 'ptz.home', {});
      await settle();
      expect(state(request)).toMatchObject({
        state: 'failed',
        reason: 'this camera has no home position',
      });
    });

    it('is refused for a camera that has no control at all', () => {
      h.controls.delete('shop-1');
      expect(codeThrownBy(() => ask(OPERATOR))).toBe('cannot-do');
    });

    it('does not count for a preset that was added since', async () => {
      ask(OPERATOR, 'ptz.home', {});
      await settle();
      const { abilities } = h.control('shop-1');
      h.control('shop-1').abilities = { ...abilities, presets: [{ token: '7', name: 'new' }] };
      const request = ask(OPERATOR, 'ptz.preset', { preset: '7' });
      await settle();
      expect(state(request)?.state).toBe('done');
    });
  });

  describe('a camera that does not answer', () => {
    it('fails a preset with the reason', async () => {
      h.control('shop-1').refuses.add('goToPreset');
      const request = ask(OPERATOR, 'ptz.preset', { preset: '1' });
      await settle();
      expect(state(request)).toMatchObject({
        state: 'failed',
        reason: 'the camera does not answer',
      });
      expect([...h.journal.read()].at(-2)).toMatchObject({
        kind: 'desk.outcome',
        data: { ok: false },
      });
    });

    it('fails a movement at once, and is told to stop all the same', async () => {
      h.control('shop-1').refuses.add('move');
      const request = ask(OPERATOR);
      await settle();
      expect(state(request)?.state).toBe('failed');
      expect(calls()).toEqual([MOVE, 'stop']);
    });

    it('is told to stop again and again, and then the operator is told', async () => {
      const request = ask(OPERATOR);
      await settle();
      h.control('shop-1').refuses.add('stop');
      const released = h.live.release(OPERATOR, request.id);
      await h.clock.advanceAsync(1_000);
      expect(state(request)?.state).toBe('running');
      await h.clock.advanceAsync(9_000);
      await released;
      expect(calls().filter((call) => call === 'stop')).toHaveLength(8);
      expect(state(request)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('did not confirm'),
      });
    });

    it('is stopped again when the velocity was still on its way at the first Stop', async () => {
      ask(OPERATOR, 'ptz.home', {});
      await settle();
      let answer: () => void = () => undefined;
      h.control('shop-1').beforeMove = new Promise((resolve) => {
        answer = resolve;
      });
      const request = ask(OPERATOR);
      const released = h.live.release(OPERATOR, request.id);
      expect(calls()).toEqual(['home', MOVE, 'stop']);
      await settle();
      answer();
      await released;
      expect(calls()).toEqual(['home', MOVE, 'stop', 'stop']);
    });
  });
});
