import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../src/core/backoff.ts';

const OPTIONS = { firstMs: 100, maxMs: 1000, jitter: 0.5 };

describe('Backoff', () => {
  it('doubles up to its maximum and begins again after a reset', () => {
    const backoff = new Backoff(OPTIONS, () => 0);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.nextMs())).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    backoff.reset();
    expect(backoff.nextMs()).toBe(100);
  });

  it('takes away at most its share of jitter', () => {
    expect(new Backoff(OPTIONS, () => 1).nextMs()).toBe(50);
  });

  it('stays at the maximum however often it is asked', () => {
    const backoff = new Backoff(OPTIONS, () => 0);
    for (let i = 0; i < 5000; i += 1) backoff.nextMs();
    expect(backoff.nextMs()).toBe(1000);
  });
});
