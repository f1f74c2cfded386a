import { describe, expect, it } from '@jest/globals';
import { ClockOffset } from '../../src/client/clock-offset.ts';

describe('ClockOffset', () => {
  it('knows nothing before the first answer', () => {
    const offset = new ClockOffset();
    expect(offset.offsetMs).toBeUndefined();
    expect(offset.rttMs).toBeUndefined();
  });

  it('takes the middle of the round trip as the moment of the answer', () => {
    const offset = new ClockOffset();
    offset.add(1_000, 6_005, 1_010);
    expect(offset.offsetMs).toBe(5_000);
  });

  it('believes the shortest round trip, whatever came later', () => {
    const offset = new ClockOffset();
    offset.add(1_000, 6_002, 1_004);
    offset.add(2_000, 7_400, 2_500);
    offset.add(3_000, 8_090, 3_100);
    expect(offset.offsetMs).toBe(5_000);
    expect(offset.rttMs).toBe(4);
  });

  it('forgets old exchanges, so that a drifting clock is followed', () => {
    const offset = new ClockOffset();
    offset.add(0, 5_000, 0);
    for (let n = 1; n <= 16; n += 1) offset.add(n * 1000, n * 1000 + 5_008 + 5, n * 1000 + 10);
    expect(offset.offsetMs).toBe(5_008);
  });

  it('ignores an answer that came before its question or has no time', () => {
    const offset = new ClockOffset();
    offset.add(1_000, 6_000, 990);
    offset.add(1_000, Number.NaN, 1_010);
    expect(offset.offsetMs).toBeUndefined();
  });

  it('begins anew after a reset', () => {
    const offset = new ClockOffset();
    offset.add(0, 5_000, 0);
    offset.reset();
    offset.add(0, 7_000, 100);
    expect(offset.offsetMs).toBe(6_950);
  });
});
