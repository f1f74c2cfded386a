import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/journal/record.ts';
import type { GrantTerms } from '../../src/liveview/grants.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from './harness.ts';

const SUPERVISOR: Actor = { user: 'saar', role: 'supervisor' };

/** One person has a camera at a time. */
describe('a camera', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness(directory('auto'));
    h.shared();
  });
  afterEach(() => h.dispose());

  const calls = () => h.control('shop-1').calls;
  const holder = () => h.live.hands.held('shop-1')?.actor.user;
  const take = async (actor: Actor) => {
    const request = h.ask(actor, 'ptz.take', {});
    await settle();
    return request;
  };
  const move = async (actor: Actor) => {
    const request = h.ask(actor);
    await settle();
    expect(h.stateOf(request)?.state).toBe('running');
    return request;
  };
  const entries = (kind: string) =>
    [...h.journal.read()]
      .filter((entry) => entry.kind === kind)
      .map(({ actor, data }) => ({ by: actor.user, ...data }));
  const state = (request: LiveRequest) => {
    const now = h.stateOf(request);
    return [now?.state, now?.reasonCode];
  };

  describe('is taken', () => {
    it('by moving it, in the same write as the intent', async () => {
      await move(DISPATCHER);
      expect(holder()).toBe('daan');
      expect(h.kinds().slice(-4)).toEqual([
        ...['request.made', 'control.taken', 'desk.intent', 'desk.outcome'],
      ]);
      expect(h.journal.writes.slice(-3)).toEqual([1, 2, 1]);
      expect(h.changes).toContainEqual({ kind: 'control', camera: 'shop-1' });
    });

    it('once, however often it is moved then', async () => {
      const first = await move(DISPATCHER);
      h.ask(DISPATCHER, 'ptz.move', { tilt: 1 });
      await h.live.release(DISPATCHER, first.id);
      h.ask(DISPATCHER, 'ptz.home', {});
      await settle();
      expect(entries('control.taken')).toEqual([{ by: 'daan', camera: 'shop-1' }]);
    });

    it('in so many words, by a request that runs for as long as it is held', async () => {
      const request = await take(DISPATCHER);
      expect(state(request)).toEqual(['running', undefined]);
      expect(calls()).toEqual([]);
      expect(codeThrownBy(() => h.ask(COLLEAGUE))).toBe('control-taken');
      await h.live.release(DISPATCHER, request.id);
      expect(state(request)).toEqual(['done', 'released']);
      expect(holder()).toBeUndefined();
      expect(entries('control.released')).toEqual([
        { by: 'daan', camera: 'shop-1', user: 'daan', controlRoom: 'rotterdam', why: 'released' },
      ]);
    });

    it('not when it cannot be moved', async () => {
      const none = { panTilt: false, zoom: false };
      h.control('shop-1').abilities = {
        ...{ continuous: none, absolute: none, home: false, presets: [] },
      };
      const request = await take(OPERATOR);
      expect(h.stateOf(request)).toMatchObject({
        state: 'failed',
        reasonCode: 'cannot-do',
        reason: 'this camera cannot be moved',
      });
      expect(holder()).toBeUndefined();
    });

    it('not when that cannot be journalled', async () => {
      h.ask(OPERATOR, 'ptz.home', {});
      await settle();
      h.live.hands.free(OPERATOR, 'shop-1');
      h.journal.left = 1;
      const request = await take(DISPATCHER);
      expect(state(request)).toEqual(['failed', 'journal-unwritable']);
      expect(holder()).toBeUndefined();
    });
  });

  describe('is free again', () => {
    it('when nobody uses it for 15 s, counted from the end of the last movement', async () => {
      const request = await move(DISPATCHER);
      await h.holdFor(DISPATCHER, request, 20_000);
      await h.live.release(DISPATCHER, request.id);
      await h.clock.advanceAsync(14_999);
      expect(holder()).toBe('daan');
      await h.clock.advanceAsync(1);
      expect(holder()).toBeUndefined();
      expect(entries('control.released')).toMatchObject([{ by: 'gateway', why: 'control-idle' }]);
    });

    it('after each use the time starts anew, and the times can be asked for', async () => {
      await take(DISPATCHER);
      const from = h.clock.unixUs();
      const at = (seconds: number) => new Date(from / 1000 + seconds * 1000).toISOString();
      await h.clock.advanceAsync(10_000);
      expect(h.live.hands.held('shop-1')).toMatchObject({
        ...{ since: at(0), lastUsed: at(0), until: at(15) },
      });
      h.ask(DISPATCHER, 'ptz.home', {});
      await h.clock.advanceAsync(10_000);
      expect(h.live.hands.held('shop-1')).toMatchObject({
        ...{ since: at(0), lastUsed: at(10), until: at(25) },
      });
      await h.clock.advanceAsync(5_000);
      expect(holder()).toBeUndefined();
    });

    it('when it is given up; a movement stops', async () => {
      const request = await move(DISPATCHER);
      h.live.hands.free(COLLEAGUE, 'shop-1');
      expect(holder()).toBe('daan');
      h.live.hands.free(DISPATCHER, 'shop-1');
      expect(calls().at(-1)).toBe('stop');
      expect(holder()).toBeUndefined();
      await settle();
      expect(state(request)).toEqual(['done', 'released']);
    });

    it('when whoever took it goes away', async () => {
      const request = await take(DISPATCHER);
      h.live.abandon(COLLEAGUE, request.id);
      expect(holder()).toBe('daan');
      h.live.abandon(DISPATCHER, request.id);
      expect(holder()).toBeUndefined();
      expect(state(request)).toEqual(['done', 'asker-gone']);
    });

    it('when whoever moved it last goes away, and not when they use it from elsewhere', async () => {
      const here = await move(DISPATCHER);
      await h.live.release(DISPATCHER, here.id);
      const elsewhere = await move(DISPATCHER);
      h.live.hands.leave(DISPATCHER, 'shop-1', here.id);
      expect(holder()).toBe('daan');
      h.live.hands.leave(DISPATCHER, 'shop-1', elsewhere.id);
      expect(holder()).toBeUndefined();
      expect(calls().at(-1)).toBe('stop');
    });

    it('not when whoever took it goes away from one place and uses it at another', async () => {
      const taken = await take(DISPATCHER);
      const elsewhere = await move(DISPATCHER);
      h.live.hands.leave(DISPATCHER, 'shop-1', taken.id);
      expect(holder()).toBe('daan');
      expect(calls().at(-1)).not.toBe('stop');
      h.live.hands.leave(DISPATCHER, 'shop-1', elsewhere.id);
      expect(holder()).toBeUndefined();
    });

    it.each<[string, string, () => unknown]>([
      [
        'the incident is closed',
        'incident-closed',
        () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' }),
      ],
      [
        'the share is withdrawn',
        'share-ended',
        () => h.live.withdraw(OPERATOR, h.incident, 'rotterdam'),
      ],
      [
        'the right to move is taken away',
        'share-ended',
        () => {
          const terms = { cameras: ['shop-1'], rights: ['view' as const] };
          h.live.grant(OPERATOR, h.incident, 'rotterdam', terms);
        },
      ],
      [
        'the share runs out',
        'share-ended',
        () => {
          const terms = { cameras: ['shop-1'], rights: ['view', 'ptz'], expiresInMinutes: 0.1 };
          h.live.grant(OPERATOR, h.incident, 'rotterdam', terms as GrantTerms);
          h.clock.advance(6_000);
        },
      ],
    ])('when %s, in the same tick', async (_, why, work) => {
      const request = await take(DISPATCHER);
      if (why === 'share-ended') await h.holdFor(DISPATCHER, await move(DISPATCHER), 400);
      work();
      expect(holder()).toBeUndefined();
      expect(entries('control.released').at(-1)).toMatchObject({ by: 'gateway', why });
      expect(state(request)).toEqual(['done', why]);
    });

    it('when its incident is closed, also for the centre; not when another one is', async () => {
      await move(OPERATOR);
      const other = h.opened();
      h.live.close(OPERATOR, other.id, { outcome: 'resolved', note: '' });
      expect(holder()).toBe('olga');
      h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
      expect(holder()).toBeUndefined();
      expect(calls().at(-1)).toBe('stop');
    });

    it('not with an incident for which it is used no longer, also when that cannot be journalled', async () => {
      await move(OPERATOR);
      const ask = { incident: null, action: 'ptz.home', camera: 'shop-1', args: {} } as const;
      h.live.request(OPERATOR, ask);
      await settle();
      const close = () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
      h.journal.full = true;
      close();
      expect(holder()).toBe('olga');
      h.journal.full = false;
      expect(holder()).toBe('olga');
      h.live.hands.free(OPERATOR, 'shop-1');
      const released = [...h.journal.read()].find(({ kind }) => kind === 'control.released');
      expect(released?.incident).toBeUndefined();
    });

    it('when it is no longer configured', async () => {
      const request = await take(OPERATOR);
      (h.directory.cameras as Map<string, unknown>).delete('shop-1');
      h.live.directoryChanged();
      expect(holder()).toBeUndefined();
      expect(state(request)).toEqual(['done', 'unknown-camera']);
    });

    it('when the gateway stops, and when it was killed', async () => {
      const killed = await take(DISPATCHER);
      h.restart();
      expect(holder()).toBeUndefined();
      expect(state(killed)).toEqual(['failed', 'gateway-restarted']);
      expect(entries('control.released')).toMatchObject([
        { by: 'gateway', why: 'gateway-restarted' },
      ]);
      const stopped = await take(DISPATCHER);
      await h.live.stop();
      expect(state(stopped)).toEqual(['done', 'gateway-stopping']);
      h.restart();
      expect(entries('control.released')).toHaveLength(2);
    });

    it('also when that cannot be journalled', async () => {
      await move(DISPATCHER);
      h.journal.full = true;
      h.live.hands.free(DISPATCHER, 'shop-1');
      expect(holder()).toBeUndefined();
      expect(calls().at(-1)).toBe('stop');
    });
  });

  describe('is taken over', () => {
    it('by the operator from a dispatcher who does not move it', async () => {
      const theirs = await take(DISPATCHER);
      const ours = await take(OPERATOR);
      expect([holder(), state(theirs), state(ours)]).toEqual([
        'olga',
        ['failed', 'taken-over'],
        ['running', undefined],
      ]);
      expect(entries('control.taken').at(-1)).toEqual({
        ...{ by: 'olga', camera: 'shop-1', request: ours.id },
        from: { user: 'daan', controlRoom: 'rotterdam' },
      });
      expect(codeThrownBy(() => h.ask(DISPATCHER))).toBe('control-taken');
    });

    it('in so many words, which stops what moved it', async () => {
      const theirs = await move(DISPATCHER);
      await take(OPERATOR);
      expect(calls()).toEqual(['move {"pan":1} 2000', 'stop']);
      expect(state(theirs)).toEqual(['failed', 'taken-over']);
      h.live.hold(DISPATCHER, theirs.id);
      await h.clock.advanceAsync(5_000);
      expect(calls()).toHaveLength(2);
    });

    it('not by equals, nor by a supervisor without force', async () => {
      await take(OPERATOR);
      expect(codeThrownBy(() => h.ask(SECOND_OPERATOR, 'ptz.take', {}))).toBe('control-taken');
      expect(codeThrownBy(() => h.ask(SUPERVISOR))).toBe('control-taken');
    });

    it('keeps what somebody does with a camera that is theirs already', async () => {
      const moving = await move(OPERATOR);
      const request = await take(OPERATOR);
      expect([state(moving), state(request)]).toEqual([
        ['running', undefined],
        ['running', undefined],
      ]);
      expect(calls()).toEqual(['move {"pan":1} 2000']);
      const again = await take(OPERATOR);
      expect([state(request), state(again)]).toEqual([
        ['done', 'replaced'],
        ['running', undefined],
      ]);
    });
  });

  describe('is released by force', () => {
    it('which stops it, whoever moves it, and says by whom and why', async () => {
      const moving = await move(OPERATOR);
      h.live.hands.forceFree(SUPERVISOR, 'shop-1', 'stuck');
      expect(calls().at(-1)).toBe('stop');
      expect(holder()).toBeUndefined();
      await settle();
      expect(state(moving)).toEqual(['failed', 'control-forced']);
      expect(entries('control.released')).toEqual([
        { by: 'saar', camera: 'shop-1', user: 'olga', why: 'control-forced', note: 'stuck' },
      ]);
      h.live.hands.forceFree(SUPERVISOR, 'shop-1');
      expect(entries('control.released')).toHaveLength(1);
      await move(SECOND_OPERATOR);
    });

    it('by an operator too when a control room took it; only a supervisor takes it from equals', async () => {
      const theirs = await take(DISPATCHER);
      await h.live.release(OPERATOR, theirs.id);
      expect(state(theirs)).toEqual(['failed', 'control-forced']);
      const ours = await take(OPERATOR);
      await expect(h.live.release(SECOND_OPERATOR, ours.id)).rejects.toMatchObject({
        code: 'control-taken',
      });
      await expect(h.live.release(DISPATCHER, ours.id)).rejects.toMatchObject({
        code: 'unknown-request',
      });
      expect(holder()).toBe('olga');
    });
  });

  describe('is asked for', () => {
    beforeEach(() => {
      h.dispose();
      h = new Harness();
      h.shared();
    });

    it('and given: what is then done with it needs no further question, until it is free', async () => {
      const request = await take(DISPATCHER);
      expect(state(request)).toEqual(['pending', undefined]);
      await h.live.accept(OPERATOR, request.id);
      expect(state(request)).toEqual(['running', undefined]);
      for (let seconds = 0; seconds < 60; seconds += 10) {
        const preset = h.ask(DISPATCHER, 'ptz.preset', { preset: '1' });
        expect(preset).toMatchObject({ state: 'accepted', by: 'olga' });
        await h.clock.advanceAsync(10_000);
      }
      await h.clock.advanceAsync(5_000);
      expect(state(request)).toEqual(['done', 'control-idle']);
      expect(h.ask(DISPATCHER, 'ptz.home', {}).state).toBe('pending');
    });

    it('and asked for again after the operator took over', async () => {
      const request = await take(DISPATCHER);
      await h.live.accept(OPERATOR, request.id);
      await take(OPERATOR);
      h.live.hands.free(OPERATOR, 'shop-1');
      expect(h.ask(DISPATCHER).state).toBe('pending');
    });

    it('of the operator who has it and says yes: it is handed over, in one write', async () => {
      await take(OPERATOR);
      const request = h.ask(DISPATCHER);
      await h.live.accept(OPERATOR, request.id);
      expect([holder(), state(request)]).toEqual(['daan', ['running', undefined]]);
      expect(entries('control.released')).toMatchObject([{ by: 'olga', why: 'handed-over' }]);
      expect(h.journal.writes).toContain(2);
    });

    it('by one room while another has it: yes passes it on, unless it is being moved', async () => {
      h.live.grant(OPERATOR, h.incident, 'den-haag', {
        cameras: ['shop-1'],
        rights: ['view', 'ptz'],
      });
      const theirs = await take(DISPATCHER);
      await h.live.accept(OPERATOR, theirs.id);
      const moving = h.ask(DISPATCHER);
      await settle();
      const request = h.ask(OTHER_ROOM, 'ptz.home', {});
      await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
        code: 'control-taken',
      });
      await h.live.release(DISPATCHER, moving.id);
      await h.live.accept(OPERATOR, request.id);
      expect([holder(), state(theirs), state(request)]).toEqual([
        'dirk',
        ['done', 'handed-over'],
        ['done', undefined],
      ]);
      expect(codeThrownBy(() => h.live.hands.free(DISPATCHER, 'shop-1'))).toBe(
        'nothing was thrown',
      );
      expect(holder()).toBe('dirk');
    });

    it('of one operator while another has it: it waits', async () => {
      await take(SECOND_OPERATOR);
      const request = h.ask(DISPATCHER);
      await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
        code: 'control-taken',
        message: 'otto has this camera',
      });
      expect(state(request)).toEqual(['pending', undefined]);
    });
  });
});
