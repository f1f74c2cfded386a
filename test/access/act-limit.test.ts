import { describe, expect, it } from '@jest/globals';
import { ACTS_AT_ONCE, ActLimit } from '../../src/access/act-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

const olga = { user: 'olga' };
const refusal = expect.objectContaining({ code: 'too-many-requests', retryAfterMs: 100 });

describe('how often an account may act', () => {
  it('is so many at once, then ten a second, and never more for having waited', () => {
    const clock = new ManualClock();
    const limit = new ActLimit(clock);
    for (let i = 0; i < ACTS_AT_ONCE; i += 1) limit.take(olga);
    expect(() => limit.take(olga)).toThrow(refusal);
    clock.advance(99);
    expect(() => limit.take(olga)).toThrow();
    clock.advance(1);
    limit.take(olga);
    expect(() => limit.take(olga)).toThrow(refusal);
    clock.advance(3_600_000);
    for (let i = 0; i < ACTS_AT_ONCE; i += 1) limit.take(olga);
    expect(() => limit.take(olga)).toThrow(refusal);
  });

  it('is nobody else’s concern', () => {
    const limit = new ActLimit(new ManualClock());
    for (let i = 0; i < ACTS_AT_ONCE; i += 1) limit.take(olga);
    expect(() => limit.take(olga)).toThrow(refusal);
    limit.take({ user: 'otto' });
  });
});
