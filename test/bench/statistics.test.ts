import { describe, expect, it } from '@jest/globals';
import { spreadOf } from '../../bench/statistics.ts';

describe('the spread of times', () => {
  it('takes the value that so many per cent do not exceed', () => {
    const times = Array.from({ length: 200 }, (_, i) => 200 - i);
    expect(spreadOf(times)).toEqual({ count: 200, p50Ms: 100, p95Ms: 190, p99Ms: 198, maxMs: 200 });
  });

  it('is that one value when there is one', () => {
    expect(spreadOf([7])).toEqual({ count: 1, p50Ms: 7, p95Ms: 7, p99Ms: 7, maxMs: 7 });
  });

  it('sorts by size and leaves what it was given alone', () => {
    const times = [10, 9, 100];
    expect(spreadOf(times)).toMatchObject({ p50Ms: 10, maxMs: 100 });
    expect(times).toEqual([10, 9, 100]);
  });

  it('refuses to make figures out of nothing', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});
