import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Line, shares } from '../../../src/gateway/quality/line.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('shares of a line', () => {
  it.each([
    [[], 1_000, []],
    [[4_000], 1_000, [1_000]],
    [[400], 1_000, [1_000]],
    [[4_000, 4_000], 1_000, [500, 500]],
    [[200, 4_000], 1_000, [200, 800]],
    [[4_000, 200, 4_000], 1_000, [400, 200, 400]],
    [[100, 300], 1_000, [400, 600]],
    [[0, 0], 1_000, [500, 500]],
  ])('of those who want %j of %d: %j', (demands, ceiling, expected) => {
    expect(shares(demands, ceiling)).toEqual(expected);
  });

  it('are the ceiling together, the same for the same demand, and more for nobody who wants less', () => {
    const demand = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(
        fc.array(demand, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 100_000 }),
        (demands, ceiling) => {
          const given = shares(demands, ceiling);
          expect(given.reduce((sum, share) => sum + share, 0)).toBeCloseTo(ceiling, 3);
          demands.forEach((wants, i) => {
            demands.forEach((other, j) => {
              const [mine, theirs] = [given[i] ?? 0, given[j] ?? 0];
              if (wants >= other) expect(mine).toBeGreaterThanOrEqual(theirs - 1e-6);
              // Nobody goes without what it wants for the sake of one that has more than it.
              if (mine < wants - 1e-6) expect(theirs).toBeLessThanOrEqual(mine + 1e-6);
            });
          });
        },
      ),
    );
  });
});

describe('a line', () => {
  /** Takes all that it is let, 1,000 bytes at a time, and counts. */
  const run = (clock: ManualClock, ms: number, seats: ReturnType<Line['take']>[]) => {
    const bytes = seats.map(() => 0);
    for (let i = 0; i < ms; i++) {
      for (const [index, seat] of seats.entries()) {
        while (seat.waitMs() === 0) {
          seat.took(1_000);
          bytes[index] = (bytes[index] ?? 0) + 1_000;
        }
      }
      clock.advance(1);
    }
    return bytes;
  };

  it('lets its ceiling pass, in equal parts', () => {
    const clock = new ManualClock();
    const line = new Line(clock, 1_000);
    const seats = [line.take(4_000), line.take(4_000)];
    const [first = 0, second = 0] = run(clock, 10_000, seats);
    // 10 s of 1 Mbit/s, and what each takes last.
    expect(first + second).toBeGreaterThan(1_200_000);
    expect(first + second).toBeLessThanOrEqual(1_250_000 + 2_000);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(2_000);
  });

  it('gives what somebody leaves to the others, and keeps a second of it', () => {
    const clock = new ManualClock();
    const line = new Line(clock, 1_000);
    const [first, second] = [line.take(4_000), line.take(4_000)];
    expect([first.shareKbps, second.shareKbps]).toEqual([500, 500]);
    second.demand(100);
    expect([first.shareKbps, second.shareKbps]).toEqual([900, 100]);
    second.leave();
    second.leave();
    second.demand(9_000);
    expect(first.shareKbps).toBe(1_000);
    clock.advance(60_000);
    const [bytes = 0] = run(clock, 1_000, [first]);
    expect(bytes).toBeLessThanOrEqual(2 * 125_000 + 1_000);
  });

  it('lets no more pass where viewers come and go', () => {
    const clock = new ManualClock();
    const line = new Line(clock, 1_000);
    let bytes = 0;
    for (let i = 0; i < 1_000; i++) {
      const seat = line.take(4_000);
      if (seat.waitMs() === 0) {
        seat.took(50_000);
        bytes += 50_000;
      }
      seat.leave();
      clock.advance(10);
    }
    expect(bytes).toBeLessThanOrEqual(1_250_000 + 50_000);
    expect(bytes).toBeGreaterThan(1_000_000);
  });
});
