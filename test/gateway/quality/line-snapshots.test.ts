import { describe, expect, it } from '@jest/globals';
import { Permit } from '../../../src/core/permit.ts';
import { Line } from '../../../src/gateway/quality/line.ts';
import { LineSnapshots } from '../../../src/gateway/quality/line-snapshots.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A line of 1 Mbit/s, and snapshots of a megabit each. */
function setUp({ bytes = 125_000 } = {}) {
  const clock = new ManualClock();
  const line = new Line(clock, 1_000);
  const permit = new Permit(clock, 'shop-1');
  let made = 0;
  const snapshots = new LineSnapshots({
    ...{ clock, line },
    take: async () => {
      made += 1;
      return Buffer.alloc(bytes);
    },
  });
  const given: string[] = [];
  /** Notes what becomes of it. */
  const ask = () => {
    snapshots.take(permit, {}).then(
      (jpeg) => given.push(`${jpeg.length}`),
      (error) => given.push(error.code),
    );
  };
  return { clock, line, permit, snapshots, ask, given, made: () => made };
}

describe('snapshots on a line that has a ceiling', () => {
  it('pass one after the other, as what they take is paid for', async () => {
    const { clock, ask, given } = setUp();
    for (let i = 0; i < 3; i += 1) ask();
    const after: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      await clock.advanceAsync(999);
      after.push(given.length);
      await clock.advanceAsync(1);
    }
    expect(after).toEqual([1, 2, 3]);
    expect(given).toEqual(['125000', '125000', '125000']);
  });

  it('count for whoever looks at pictures on it, who has the greater part of it all the while', async () => {
    const { clock, line, ask, given } = setUp();
    const viewer = line.take(4_000);
    let bytes = 0;
    for (let ms = 0; ms < 10_000; ms += 1) {
      if (ms % 100 === 0) ask();
      while (viewer.waitMs() === 0) {
        viewer.took(1_000);
        bytes += 1_000;
      }
      await clock.advanceAsync(1);
    }
    const snapshots = given.filter((each) => each === '125000').length;
    expect(snapshots).toBeGreaterThanOrEqual(4);
    expect(bytes).toBeGreaterThan(10 * 62_500 * 0.95);
    expect(bytes + snapshots * 125_000).toBeLessThan(11 * 125_000 + 125_000);
  });

  it('are refused where it would take too long, with when to ask again; the camera is left alone', async () => {
    const { clock, permit, snapshots, ask, given, made } = setUp({ bytes: 1_000_000 });
    ask();
    await clock.advanceAsync(0);
    expect(given).toEqual(['1000000']);
    const refused = await snapshots.take(permit, {}).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'too-many-requests', retryAfterMs: expect.any(Number) });
    expect(String(refused)).toMatch(/smaller `width`.*try again in 8 s$/);
    expect(made()).toBe(1);
    await clock.advanceAsync(8_000);
    ask();
    await clock.advanceAsync(0);
    expect(given).toEqual(['1000000', '1000000']);
  });

  it('of which many wait are given while there is time, and then refused', async () => {
    const { clock, ask, given } = setUp({ bytes: 120_000 });
    for (let i = 0; i < 10; i += 1) ask();
    await clock.advanceAsync(10_000);
    const passed = given.filter((each) => each === '120000');
    const refused = given.filter((each) => each === 'too-many-requests');
    expect([passed.length, refused.length]).toEqual([5, 5]);
  });

  it('are not given when the right to them ends while they wait', async () => {
    const { clock, permit, ask, given } = setUp();
    for (let i = 0; i < 2; i += 1) ask();
    await clock.advanceAsync(500);
    permit.end({ code: 'grant-withdrawn', reason: 'taken back' });
    await clock.advanceAsync(1_000);
    expect(given).toEqual(['125000', 'grant-withdrawn']);
  });

  it('leave the whole of it to the others once they are paid for, and not before', async () => {
    const { clock, line, ask } = setUp();
    const viewer = line.take(4_000);
    ask();
    await clock.advanceAsync(0);
    expect(viewer.shareKbps).toBe(500);
    await clock.advanceAsync(1_000);
    expect(viewer.shareKbps).toBe(500);
    await clock.advanceAsync(1_100);
    expect(viewer.shareKbps).toBe(1_000);
    expect(clock.timers).toBe(0);
  });
});
