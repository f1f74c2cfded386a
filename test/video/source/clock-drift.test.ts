import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ClockDrift } from '../../../src/video/source/clock-drift.ts';

const MINUTE_MS = 60_000;

interface Camera {
  readonly forMs: number;
  /** Its clock against ours: 1.001 runs a thousandth fast. */
  readonly rate: number;
  /** How late a picture comes, ms; of its moment. */
  readonly lateMs?: (atMs: number) => number;
}

/** A picture every 200 ms; gives the drift at the end. */
function watch({ forMs, rate, lateMs = () => 0 }: Camera, drift = new ClockDrift()): number {
  for (let atMs = 0; atMs < forMs; atMs += 200) {
    drift.picture(atMs + lateMs(atMs), atMs * rate * 90);
  }
  return drift.ms;
}

describe('the drift of a camera clock', () => {
  it.each([
    ['an exact clock', 1, 0],
    ['a crystal 50 millionths fast', 1.000_05, -30],
    ['a clock a thousandth fast', 1.001, -590],
    ['a clock a thousandth slow', 0.999, 590],
  ])('of %s', (_what, rate, expectedMs) => {
    const driftMs = watch({ forMs: 30 * MINUTE_MS, rate });
    expect(driftMs).toBeGreaterThanOrEqual(expectedMs - 15);
    expect(driftMs).toBeLessThanOrEqual(expectedMs + 15);
  });

  it('is none, however late most pictures are, as long as some come at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 24, maxLength: 24 }), (late) => {
        const lateMs = (atMs: number) => late[(atMs / 200) % 25] ?? 0;
        expect(watch({ forMs: 2 * MINUTE_MS, rate: 1, lateMs })).toBe(0);
      }),
    );
  });

  it('shows that every picture comes later than at first', () => {
    const lateMs = (atMs: number) => (atMs < MINUTE_MS ? 0 : 800);
    expect(watch({ forMs: 2 * MINUTE_MS, rate: 1, lateMs })).toBe(800);
  });

  it('forgets after ten minutes that the clock was set once', () => {
    const lateMs = (atMs: number) => (atMs < MINUTE_MS ? 0 : 2_000);
    expect(watch({ forMs: 9 * MINUTE_MS, rate: 1, lateMs })).toBe(2_000);
    expect(watch({ forMs: 12 * MINUTE_MS, rate: 1, lateMs })).toBe(0);
  });

  it('begins anew with another connection', () => {
    const drift = new ClockDrift();
    expect(watch({ forMs: 20 * MINUTE_MS, rate: 0.999 }, drift)).toBeGreaterThan(500);
    drift.reset();
    expect(drift.ms).toBe(0);
  });
});
