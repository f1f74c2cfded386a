import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import { HOLD_UP, motion, PANEL, raise } from './alarm-reports.ts';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

describe('a storm of alarms', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  const storms = (): Alarm[] =>
    h.live.alarms().filter(({ source, state }) => source.type === 'gateway' && state === 'open');
  const entries = () => h.journal.writes.length;

  it('of one button is one alarm: repeats are counted, and written now and then', () => {
    const { id } = raise(h);
    for (let index = 0; index < 1_000; index += 1) {
      raise(h);
      h.clock.advance(100);
    }
    // 1 first, 4 repeats as they came, and what came within each half minute.
    expect(entries()).toBeLessThanOrEqual(1 + 4 + 4 + 4);
    h.clock.advance(30_000);
    expect(h.live.alarm(id)?.repeats.count).toBe(1_000);
    expect(h.live.alarms()).toHaveLength(1);
    h.restart();
    expect(h.live.alarm(id)?.repeats).toMatchObject({ count: 1_000 });
  });

  it('of an input that flaps is one alarm, which ends up as it was told last', () => {
    const { id } = raise(h, motion('m'));
    for (let index = 0; index < 500; index += 1) {
      raise(h, { ...motion('m'), restored: true });
      raise(h, motion('m'));
      h.clock.advance(100);
    }
    raise(h, { ...motion('m'), restored: true });
    h.clock.advance(30_000);
    expect(h.live.alarm(id)).toMatchObject({ repeats: { count: 500 } });
    expect(h.live.alarm(id)?.restoredAt).toBe('2026-01-01T00:00:50.000Z');
    expect(entries()).toBeLessThan(20);
  });

  it('writes the counts of many alarms at once', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `m-${index}`);
    for (const key of keys) raise(h, motion(key));
    const before = entries();
    for (let index = 0; index < 20; index += 1) for (const key of keys) raise(h, motion(key));
    expect(entries() - before).toBeLessThanOrEqual(32);
    h.clock.advance(30_000);
    expect(h.live.alarms().map(({ repeats }) => repeats.count)).toEqual(keys.map(() => 20));
    expect(entries() - before).toBeLessThanOrEqual(33);
  });

  it('of new alarms is told once, and what exceeds is counted', () => {
    for (let index = 0; index < 200; index += 1) raise(h, motion(`m-${index}`));
    const [storm, ...others] = storms();
    expect(others).toEqual([]);
    expect(storm).toMatchObject({ site: 'jeweller', kind: 'technical', priority: 3 });
    expect(storm?.text).toEqual({
      nl: 'Te veel alarmen van onvif shop-1: verdere worden alleen geteld',
      en: 'Too many alarms from onvif shop-1: further ones are only counted',
    });
    expect(h.live.alarms().filter(({ kind }) => kind === 'motion')).toHaveLength(32);
    h.clock.advance(30_000);
    expect(storms()[0]?.repeats.count).toBe(200 - 32 - 1);
  });

  it('that goes on slowly fills half of the places of its source, and no more', () => {
    for (let index = 0; index < 80; index += 1) {
      raise(h, motion(`m-${index}`));
      h.clock.advance(2_000);
    }
    expect(h.live.alarms().filter(({ kind }) => kind === 'motion')).toHaveLength(32);
    expect(storms()).toHaveLength(1);
  });

  it('of several sources fills half of the places of its site, and no more', () => {
    for (let source = 0; source < 4; source += 1) {
      for (let index = 0; index < 30; index += 1) {
        raise(h, { ...motion(`m-${index}`), source: { type: 'onvif', id: `cam-${source}` } });
      }
    }
    expect(h.live.alarms().filter(({ kind }) => kind === 'motion')).toHaveLength(64);
    expect(storms().map(({ details }) => details['source'])).toEqual([
      'onvif cam-2',
      'onvif cam-3',
    ]);
  });

  it('leaves room for what is urgent, of the same source too', () => {
    for (let index = 0; index < 200; index += 1) raise(h, motion(`m-${index}`));
    const urgent = h.live.raise(PANEL, { ...HOLD_UP, source: { type: 'onvif', id: 'shop-1' } });
    expect(urgent).toMatchObject({ kind: 'hold-up', priority: 1, state: 'open' });
  });

  it('that is urgent is told as urgent, at once', () => {
    for (let index = 0; index < 40; index += 1) raise(h, { key: `a-${index}`, priority: 2 });
    expect(storms()[0]?.priority).toBe(2);
    expect(raise(h, { key: 'b' })).toMatchObject({ source: { type: 'gateway' }, priority: 1 });
  });

  it('is told anew when somebody has seen it and it goes on', () => {
    for (let index = 0; index < 40; index += 1) raise(h, motion(`m-${index}`));
    const [first] = storms();
    h.live.judging.end(OPERATOR, first?.id ?? '', '');
    raise(h, motion('more'));
    expect(storms()).toHaveLength(1);
    expect(storms()[0]?.id).not.toBe(first?.id);
  });

  it('is over when the alarms are ended and it has calmed down', () => {
    for (let index = 0; index < 40; index += 1) raise(h, motion(`m-${index}`));
    for (const { id } of h.live.alarms()) h.live.judging.end(OPERATOR, id, '');
    h.clock.advance(60_000);
    expect(raise(h, motion('m'))).toMatchObject({ kind: 'motion', state: 'open' });
  });

  it('forgets the oldest of very many alarms that ended, and none that is open', () => {
    const open = raise(h, { key: 'open' });
    for (let index = 0; index < 2_005; index += 1) {
      h.clock.advance(2_000);
      const { id } = raise(h, motion('m'));
      h.live.judging.end(OPERATOR, id, '');
    }
    expect(h.live.alarms()).toHaveLength(2_000);
    expect(h.live.alarm(open.id)).toEqual(open);
  });

  it('is not counted while it cannot be journalled, and what was counted before is written when it can', () => {
    const { id } = raise(h);
    for (let index = 0; index < 5; index += 1) raise(h);
    expect(h.live.alarm(id)?.repeats.count).toBe(4);
    h.journal.full = true;
    h.clock.advance(30_000);
    for (let index = 0; index < 10; index += 1) {
      expect(codeThrownBy(() => raise(h))).toBe('journal-unwritable');
    }
    h.journal.full = false;
    h.clock.advance(30_000);
    expect(h.live.alarm(id)?.repeats.count).toBe(5);
  });

  it('has its last counts written when the gateway stops', async () => {
    const { id } = raise(h);
    for (let index = 0; index < 10; index += 1) raise(h);
    expect(h.live.alarm(id)?.repeats.count).toBe(4);
    await h.live.stop();
    expect(h.live.alarm(id)?.repeats.count).toBe(10);
  });
});

describe('a report that is told twice', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  it('by the same name is told once, after a restart and after its end too', () => {
    const first = raise(h, { once: 'r-1' });
    expect(raise(h, { once: 'r-1' })).toEqual(first);
    h.restart();
    expect(raise(h, { once: 'r-1' })).toEqual(first);
    const ended = h.live.judging.end(OPERATOR, first.id, '');
    expect(raise(h, { once: 'r-1' })).toEqual(ended);
    expect(raise(h, { once: 'r-2' }).id).not.toBe(first.id);
  });

  it('of what is open already counts once', () => {
    const { id } = raise(h, { once: 'r-1' });
    raise(h, { once: 'r-2' });
    raise(h, { once: 'r-2' });
    expect(h.live.alarm(id)?.repeats.count).toBe(1);
  });

  it('by the name of another report is refused, and by that of another source is its own', () => {
    const first = raise(h, { once: 'r-1', fingerprint: 'a' });
    h.live.judging.end(OPERATOR, first.id, '');
    const other = () => raise(h, { once: 'r-1', fingerprint: 'b' });
    expect(codeThrownBy(other)).toBe('report-name-taken');
    h.restart();
    expect(codeThrownBy(other)).toBe('report-name-taken');
    expect(raise(h, { once: 'r-1', fingerprint: 'a' }).id).toBe(first.id);
    raise(h, { ...motion('m'), once: 'r-1', fingerprint: 'b' });
    expect(h.live.alarms()).toHaveLength(2);
  });

  it.each([false, true])('a day later is told anew (restarted: %s)', (isRestarted) => {
    const first = raise(h, { once: 'r-1', fingerprint: 'a' });
    h.live.judging.end(OPERATOR, first.id, '');
    h.clock.advance(24 * 3_600_000 - 1);
    if (isRestarted) h.restart();
    expect(raise(h, { once: 'r-1', fingerprint: 'a' }).id).toBe(first.id);
    h.clock.advance(1);
    if (isRestarted) h.restart();
    const second = raise(h, { once: 'r-1', fingerprint: 'b' });
    expect(second).toMatchObject({ state: 'open' });
    expect(second.id).not.toBe(first.id);
  });

  it('as a repeat or a restoral is told once, after its end and a restart too', () => {
    const { id } = raise(h, { once: 'r-1' });
    for (let index = 2; index <= 9; index += 1) raise(h, { once: `r-${index}` });
    raise(h, { once: 'over', restored: true });
    h.live.judging.end(OPERATOR, id, '');
    h.restart();
    for (const once of ['r-2', 'r-9', 'over']) {
      expect(raise(h, { once })).toMatchObject({ id, state: 'ended', repeats: { count: 8 } });
    }
    expect(h.live.alarms()).toHaveLength(1);
  });

  it('as one of too many is told once, after a restart too', () => {
    for (let index = 0; index < 40; index += 1) raise(h, { key: `k-${index}`, once: `r-${index}` });
    const [storm] = h.live.alarms().filter(({ source }) => source.type === 'gateway');
    h.clock.advance(30_000);
    h.restart();
    for (const once of ['r-32', 'r-39']) expect(raise(h, { key: 'k', once }).id).toBe(storm?.id);
    expect(h.live.alarm(storm?.id ?? '')?.repeats.count).toBe(7);
  });

  it('is not remembered when it could not be taken', () => {
    h.journal.full = true;
    expect(codeThrownBy(() => raise(h, { once: 'r-1' }))).toBe('journal-unwritable');
    h.journal.full = false;
    expect(raise(h, { once: 'r-1' }).state).toBe('open');
  });
});
