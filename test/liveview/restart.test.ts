import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyFile } from '../../src/journal/key-file.ts';
import { KeyRing } from '../../src/journal/key-ring.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import { because } from '../../src/liveview/reasons.ts';
import { madeOf } from '../support/made-pictures.ts';
import { settle } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { raise } from './alarm-reports.ts';
import { codeThrownBy, DISPATCHER, directory, Harness, OPERATOR, OTHER_ROOM } from './harness.ts';

const CAMERAS = ['shop-1', 'shop-2', 'shop-3', 'square-1'];

/** Anything that somebody could do, sensible or not; what is refused changes nothing. */
const step = fc.record({
  what: fc.constantFrom(
    'open',
    'note',
    'share',
    'share',
    'withdraw',
    'screen',
    'close',
    'ask',
    'ask',
    'own',
    'accept',
    'decline',
    'watch',
    'wait',
    'alarm',
    'alarm',
    'look',
    'judge',
    'link',
  ),
  incident: fc.nat({ max: 2 }),
  room: fc.constantFrom('rotterdam', 'den-haag'),
  cameras: fc.subarray(CAMERAS, { minLength: 1 }),
  action: fc.constantFrom('ptz.move', 'ptz.home', 'camera.switch' as const),
  number: fc.nat({ max: 8 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(h: Harness, ids: string[], next: Step): Promise<void> {
  const id = ids[next.incident % Math.max(1, ids.length)] ?? 'inc_none';
  const [camera = 'shop-1'] = next.cameras;
  const caller = next.room === 'rotterdam' ? DISPATCHER : OTHER_ROOM;
  const args = {
    'ptz.move': { pan: 0.25 },
    'ptz.home': {},
    'camera.switch': { tile: next.number, camera },
  };
  const asked = {
    incident: id,
    action: next.action as LiveRequest['action'],
    camera,
    args: args[next.action as keyof typeof args],
  };
  const pending = h.live.requests({ state: 'pending' })[0]?.id ?? 'req_none';
  const { live } = h;
  const open = live.alarms().filter(({ state }) => state === 'open');
  const alarm = open[next.number % Math.max(1, open.length)]?.id ?? 'alarm_none';
  const judgement =
    next.number < 3
      ? ({ status: 'false', cause: 'test' } as const)
      : ({ status: 'verified', method: 'camera' } as const);
  const steps: Record<string, () => unknown> = {
    open: () => ids.push(h.opened().id),
    note: () =>
      live.updateIncident(OPERATOR, id, {
        note: `note ${next.number}`,
        counts: { injured: next.number },
      }),
    share: () =>
      live.grant(OPERATOR, id, next.room, {
        cameras: next.cameras,
        rights: ['view', 'ptz', 'switch'],
        expiresInMinutes: next.number + 1,
      }),
    withdraw: () => live.withdraw(OPERATOR, id, next.room),
    screen: () =>
      live.setScreen(OPERATOR, id, {
        tiles: next.cameras.map((each) => ({ camera: each })),
        focus: 0,
      }),
    close: () => next.number < 3 && live.close(OPERATOR, id, { outcome: 'resolved', note: '' }),
    ask: () => live.request(caller, asked),
    own: () => live.request(OPERATOR, asked),
    decline: () => live.decline(OPERATOR, pending, 'no'),
    watch: () => live.gate.permit(next.room, id, camera),
    wait: () => h.clock.advance(next.number * 10_000),
    alarm: () => raise(h, { key: `zone-${next.number % 3}`, restored: next.number === 8 }),
    look: () => live.judging.look(OPERATOR, alarm),
    judge: () => live.judging.judge(OPERATOR, alarm, judgement),
    link: () => live.judging.link(OPERATOR, alarm, id),
  };
  if (next.what === 'accept') await live.accept(OPERATOR, pending).catch(() => undefined);
  else codeThrownBy(() => steps[next.what]?.());
  await settle();
}

describe('a restart', () => {
  it('finds every incident, share, screen and request as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const h = new Harness();
        try {
          const ids = [h.opened().id];
          for (const next of steps) await take(h, ids, next);
          const incidents = h.live.incidents();
          const requests = h.live.requests();
          const alarms = h.live.alarms();
          h.restart();
          expect(h.live.incidents()).toEqual(incidents);
          expect(h.live.alarms()).toEqual(alarms);
          expect(h.live.requests()).toEqual(requests.map(afterRestart));
        } finally {
          h.dispose();
        }
      }),
      { numRuns: 60, seed: 23 },
    );
  }, 60_000);

  it('stops a camera that was moving, and fails the request', async () => {
    const h = new Harness();
    h.shared();
    const request = h.ask(OPERATOR);
    await settle();
    h.restart();
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    expect(h.stateOf(request)).toMatchObject({
      state: 'failed',
      reason: 'the gateway was restarted',
    });
    await settle();
    h.dispose();
  });

  it('lets questions wait on, no longer than they would have', async () => {
    const h = new Harness();
    h.shared();
    const request = h.ask(DISPATCHER, 'ptz.home', {});
    h.clock.advance(40_000);
    h.restart();
    h.clock.advance(19_999);
    expect(h.stateOf(request)?.state).toBe('pending');
    h.clock.advance(1);
    expect(h.stateOf(request)?.state).toBe('expired');
    h.dispose();
  });

  it('strikes off what ran out in the meantime', () => {
    const h = new Harness();
    h.shared();
    h.clock.stepWall(3_600_000_000);
    h.restart();
    expect(h.live.incident(h.incident)?.grants).toEqual([]);
    expect(h.kinds().at(-1)).toBe('grant.expired');
    h.dispose();
  });

  it('is refused when the journal holds what this version does not know', () => {
    const h = new Harness();
    h.journal.append({
      kind: 'incident.opened',
      actor: OPERATOR,
      incident: 'inc_1',
      data: { type: 'party' },
    });
    expect(() => h.restart()).toThrow(expect.objectContaining({ code: 'journal-unreadable' }));
    h.dispose();
  });

  it('goes on past an entry that does not fit those before it, and says which', () => {
    const h = new Harness();
    h.shared();
    const request = h.ask(OPERATOR, 'camera.switch', { tile: 0, camera: 'shop-1' });
    const data = { request: request.id, reason: 'written by another process' };
    const { seq } = h.journal.append({ kind: 'request.failed', actor: OPERATOR, data });
    h.live.updateIncident(OPERATOR, h.incident, { note: 'afterwards' });
    h.restart();
    expect(h.stateOf(request)?.state).toBe('done');
    expect(h.live.incident(h.incident)?.notes).toHaveLength(1);
    expect(h.logged).toContainEqual(
      expect.objectContaining({ level: 'error', seq, kind: 'request.failed' }),
    );
    h.dispose();
  });

  it('takes no notice of entries that are not its own', () => {
    const h = new Harness();
    h.journal.append({ kind: 'user.added', actor: OPERATOR, data: { username: 'x' } });
    expect(() => h.restart()).not.toThrow();
    h.dispose();
  });

  it('knows nothing more of an incident of which the content was removed, now or after a restart', async () => {
    const h = new Harness({ ...directory(), imageDays: 365 });
    const first = h.shared();
    await h.live.pictures.images.add(OPERATOR, first, { name: 'Still', picture: madeOf('still') });
    await h.live.pictures.plans.add(OPERATOR, {
      site: 'jeweller',
      name: 'Plan',
      picture: madeOf('plan'),
    });
    h.live.close(OPERATOR, first, { outcome: 'resolved', note: '' });
    raise(h);
    const day = 86_400_000;
    h.clock.advance(31 * day);
    const second = h.shared();
    const beforeUnixUs = h.clock.unixUs() - 30 * day * 1_000;
    const keys = new KeyRing(new KeyFile(dirname(h.file)));
    const kept = openJournal(h.file, { clock: h.clock, keys });
    kept.sign();
    while (kept.removeContent({ keepDays: 30, beforeUnixUs }, 100) > 0);
    kept.close();
    h.live.forgetBefore(beforeUnixUs);
    const known = () => h.live.incidents().map(({ id }) => id);
    const isKnown = () => [known(), h.live.alarms()];
    expect(isKnown()).toEqual([[second], []]);
    const files = () => [...h.pictures.kept.values()].map(String);
    await until('its still is gone', () => files().join() === 'plan');
    h.logged.length = 0;
    h.restart();
    expect(isKnown()).toEqual([[second], []]);
    expect(h.logged).toEqual([]);
    expect(h.live.pictures.plans.all().map(({ name }) => name)).toEqual(['Plan']);
    h.dispose();
  });
});

/** Nobody holds the joystick any more. */
function afterRestart(request: LiveRequest): LiveRequest {
  if (request.state !== 'running' && request.state !== 'accepted') return request;
  return { ...request, state: 'failed', ...because('gateway-restarted') };
}
