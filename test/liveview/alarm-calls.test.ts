import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { motion, raise } from './alarm-reports.ts';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

const MINUTE = 60_000;

describe('an alarm that is open and told again', () => {
  let h: Harness;
  let id: string;
  beforeEach(() => {
    h = new Harness();
    id = raise(h).id;
  });
  afterEach(() => h.dispose());

  const calledAt = () => h.live.alarm(id)?.calledAt;
  const now = () => new Date(h.clock.unixUs() / 1_000).toISOString();
  const called = () => {
    const before = calledAt();
    raise(h);
    return calledAt() !== before;
  };

  it('calls when it had been restored, and says so after a restart too', () => {
    expect(calledAt()).toBe(now());
    h.clock.advance(10_000);
    raise(h, { restored: true });
    h.clock.advance(MINUTE);
    expect(called()).toBe(true);
    const then = now();
    h.restart();
    expect(calledAt()).toBe(then);
    h.clock.advance(MINUTE);
    expect(called()).toBe(false);
  });

  it('calls after five minutes of quiet, and not while it goes on', () => {
    for (let minutes = 0; minutes < 20; minutes += 4) {
      h.clock.advance(4 * MINUTE);
      expect(called()).toBe(false);
    }
    h.clock.advance(5 * MINUTE);
    expect(called()).toBe(true);
  });

  it('calls at once when the first repeats are used up, with what was counted until then', () => {
    for (let index = 0; index < 10; index += 1) raise(h);
    raise(h, { restored: true });
    h.clock.advance(MINUTE - 1);
    expect(called()).toBe(false);
    h.clock.advance(1);
    raise(h, { restored: true });
    expect(called()).toBe(true);
    expect(h.live.alarm(id)?.repeats).toEqual({ count: 12, lastAt: now() });
  });

  it('calls once a minute at most, however its contact flaps', () => {
    const calls = new Set<string | undefined>();
    for (let index = 0; index < 3_000; index += 1) {
      raise(h, { restored: true });
      h.clock.advance(100);
      raise(h);
      calls.add(calledAt());
    }
    // That of the first report, and one in each of the five minutes.
    expect(calls.size).toBe(1 + 5);
  });

  it('calls when a person has verified it and when it belongs to an incident, as the console decides how', () => {
    h.live.openIncident(OPERATOR, { alarm: id });
    raise(h, { restored: true });
    h.clock.advance(MINUTE);
    expect(called()).toBe(true);
  });

  it('does not call when it is not urgent, and does when it becomes so', () => {
    id = raise(h, motion('m')).id;
    const told = h.live.alarm(id)?.at;
    raise(h, { ...motion('m'), restored: true });
    h.clock.advance(10 * MINUTE);
    raise(h, motion('m'));
    expect(calledAt()).toBe(told);
    raise(h, { ...motion('m'), priority: 2 });
    expect(calledAt()).toBe(now());
  });

  it('has called nobody when that cannot be journalled', () => {
    raise(h, { restored: true });
    h.clock.advance(MINUTE);
    const before = calledAt();
    h.journal.full = true;
    expect(codeThrownBy(() => raise(h))).toBe('journal-unwritable');
    expect(calledAt()).toBe(before);
    h.journal.full = false;
    expect(called()).toBe(true);
  });
});
