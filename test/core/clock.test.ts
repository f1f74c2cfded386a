import { describe, expect, it } from '@jest/globals';
import { rfc3339, sleep, systemClock } from '../../src/core/clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('the system clock', () => {
  it('agrees with the wall clock and has a fraction of a millisecond', () => {
    const beforeMs = Date.now();
    const samples = Array.from({ length: 50 }, () => systemClock.unixUs());
    const afterMs = Date.now();
    expect((samples[0] ?? 0) / 1000).toBeGreaterThan(beforeMs - 50);
    expect((samples.at(-1) ?? Number.NaN) / 1000).toBeLessThan(afterMs + 50);
    expect(samples.some((us) => us % 1000 !== 0)).toBe(true);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
  });
});

describe('sleep', () => {
  it('resolves when the time has passed, not before', async () => {
    const clock = new ManualClock();
    let woke = false;
    const sleeping = sleep(clock, 100).then(() => {
      woke = true;
    });
    await clock.advanceAsync(99);
    expect(woke).toBe(false);
    await clock.advanceAsync(1);
    await sleeping;
    expect(woke).toBe(true);
  });

  it('rejects with the reason of the signal and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.timers).toBe(0);
    await expect(sleep(clock, 1, controller.signal)).rejects.toThrow('enough');
  });
});

describe('rfc3339', () => {
  it('writes UTC with milliseconds', () => {
    expect(rfc3339(1_767_225_600_123_456)).toBe('2026-01-01T00:00:00.123Z');
  });
});
