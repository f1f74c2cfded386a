import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from '../../src/core/token-bucket.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('a token bucket', () => {
  const taken = (bucket: TokenBucket, times: number) =>
    Array.from({ length: times }, () => bucket.take());

  it('gives so many at once, and says how long the next one takes', () => {
    const bucket = new TokenBucket(new ManualClock(), { atOnce: 3, perSecond: 2 });
    expect(taken(bucket, 5)).toEqual([0, 0, 0, 500, 500]);
  });

  it('gives so many a second after that', () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { atOnce: 1, perSecond: 0.5 });
    expect(bucket.take()).toBe(0);
    clock.advance(1_500);
    expect(bucket.take()).toBe(500);
    clock.advance(500);
    expect(taken(bucket, 2)).toEqual([0, 2_000]);
  });

  it('saves up no more than it gives at once', () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { atOnce: 2, perSecond: 10 });
    clock.advance(3_600_000);
    expect(taken(bucket, 3)).toEqual([0, 0, 100]);
  });

  it('is paid for what was taken beyond it, up to the most that is owed', () => {
    const bucket = new TokenBucket(new ManualClock(), { atOnce: 4, perSecond: 10 });
    bucket.owe(2, 5);
    expect(taken(bucket, 3)).toEqual([0, 0, 100]);
    bucket.owe(1, 5);
    expect(bucket.take()).toBe(200);
    bucket.owe(100, 5);
    expect(bucket.take()).toBe(600);
    bucket.owe(1, 0);
    expect(bucket.take()).toBe(600);
  });
});
