import { describe, expect, it } from '@jest/globals';
import { LoginLimit } from '../../src/access/login-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

const tooOften = expect.objectContaining({ code: 'login-too-often' });

describe('the limit on logins', () => {
  const fail = (limit: LoginLimit, address = 'a', user = 'ada') =>
    limit.begin(address, user)(false);

  it('costs nothing to whoever mistypes twice', () => {
    const limit = new LoginLimit(new ManualClock());
    fail(limit);
    fail(limit);
    limit.begin('a', 'ada')(true);
    fail(limit);
    fail(limit);
    fail(limit);
  });

  it('makes each wrong password after the third wait twice as long, up to a minute', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) fail(limit);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      clock.advance(waitMs - 1);
      expect(() => fail(limit)).toThrow(tooOften);
      clock.advance(1);
      fail(limit);
    }
  });

  it('locks nobody out who comes from elsewhere, nor anybody else from there', () => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 3; i += 1) fail(limit);
    expect(() => fail(limit, 'a', 'ADA')).toThrow(tooOften);
    fail(limit, 'b', 'ada');
    fail(limit, 'a', 'bob');
  });

  it('counts attempts that run at the same time', () => {
    const limit = new LoginLimit(new ManualClock());
    const running = [1, 2, 3].map(() => limit.begin('a', 'ada'));
    expect(() => limit.begin('a', 'ada')).toThrow(tooOften);
    for (const done of running) done(false);
  });

  it('checks few passwords of one address at a time, whatever the names', () => {
    const limit = new LoginLimit(new ManualClock());
    const running = ['a', 'b', 'c', 'd'].map((user) => limit.begin('x', user));
    expect(() => limit.begin('x', 'e')).toThrow(tooOften);
    limit.begin('y', 'e')(false);
    running[0]?.(false);
    limit.begin('x', 'e')(false);
  });

  it('forgets in time, and remembers a bounded number of names', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) fail(limit);
    clock.advance(16 * 60_000);
    fail(limit);
    fail(limit);
    for (let i = 0; i < 10_001; i += 1) fail(limit, 'z', `user${i}`);
    fail(limit);
    fail(limit);
  });
});
