import { describe, expect, it } from '@jest/globals';
import { LoginLimit } from '../../src/access/login-limit.ts';
import { TooOftenError } from '../../src/access/too-often.ts';
import { ManualClock } from '../support/manual-clock.ts';

const tooOften = expect.objectContaining({ code: 'login-too-often' });
const MINUTE = 60_000;

describe('the limit on logins', () => {
  const fail = (limit: LoginLimit, address = 'a', user = 'ada') =>
    limit.begin(address, user)('wrong');
  const succeed = (limit: LoginLimit, address = 'a', user = 'ada') =>
    limit.begin(address, user)('right');
  /** Twenty wrong passwords for one name, each from a place of its own. */
  const guess = (limit: LoginLimit, user = 'ada') => {
    for (let i = 0; i < 20; i += 1) fail(limit, `203.0.113.${i}`, user);
  };

  it('costs nothing to whoever mistypes twice', () => {
    const limit = new LoginLimit(new ManualClock());
    fail(limit);
    fail(limit);
    succeed(limit);
    fail(limit);
    fail(limit);
    fail(limit);
  });

  it('makes each wrong password after the third wait twice as long, up to a minute', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) fail(limit);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, MINUTE, MINUTE]) {
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
    for (const done of running) done('wrong');
  });

  it('keeps no place for a check when it cannot tell of guessing', () => {
    let told = 0;
    const onGuessed = () => {
      told += 1;
      throw new Error('the journal is full');
    };
    const limit = new LoginLimit(new ManualClock(), { onGuessed });
    guess(limit);
    for (let i = 0; i < 10; i += 1) fail(limit, `198.51.100.${i}`);
    expect(told).toBe(1);
    const checks = [1, 2, 3, 4].map((i) => limit.begin('198.51.100.0', `somebody-${i}`));
    expect(checks).toHaveLength(4);
  });

  it('slows down codes after a stolen password, from however many places, and not where the owner got in', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    limit.begin('192.0.2.1', 'ada')('right');
    const guessed = (index: number) => {
      limit.beginCode(`2001:db8:${index.toString(16)}::1`, 'ada');
      limit.wrongCode('Ada');
    };
    for (let i = 0; i < 10; i += 1) guessed(i);
    expect(() => guessed(11)).toThrow(TooOftenError);
    limit.beginCode('192.0.2.1', 'ada');
    limit.beginCode('2001:db8:1::1', 'otto');
    let tries = 0;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      clock.advance(60_000);
      try {
        guessed(100 + minute);
        tries += 1;
      } catch {
        // Too often.
      }
    }
    // Of a million codes three are right at a time.
    expect(tries).toBeLessThan(120);
  });

  it('neither counts nor clears a right password without the code that is to come', () => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 10; i += 1) limit.begin('a', 'ada')('half');
    // The code is guessed at, with the right password in between.
    for (let i = 0; i < 3; i += 1) {
      fail(limit);
      if (i < 2) limit.begin('a', 'ada')('half');
    }
    expect(() => limit.begin('a', 'ada')).toThrow(tooOften);
  });

  it('lets many guessers of one name guess once each, and tells of them once', () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const onGuessed = (user: string, address: string) => told.push(`${user} from ${address}`);
    const limit = new LoginLimit(clock, { onGuessed });
    guess(limit);
    expect(told).toEqual([]);
    for (let i = 0; i < 5; i += 1) fail(limit, `198.51.100.${i}`);
    expect(told).toEqual(['ada from 198.51.100.0']);
    clock.advance(MINUTE - 1);
    expect(() => fail(limit, '198.51.100.0')).toThrow(tooOften);
    clock.advance(1);
    fail(limit, '198.51.100.0');
    clock.advance(2 * MINUTE - 1);
    expect(() => fail(limit, '198.51.100.0')).toThrow(tooOften);
    fail(limit, '198.51.100.200', 'bob');
    fail(limit, '198.51.100.200', 'bob');
  });

  it('lets the owner of a name in at the first try while it is guessed at, from wherever', () => {
    const limit = new LoginLimit(new ManualClock());
    guess(limit);
    fail(limit, 'elsewhere');
    succeed(limit, 'new place');
    limit.begin('another place', 'ada')('half');
    succeed(limit, 'another place');
  });

  it('hinders nobody by guesses elsewhere where they got in before', () => {
    const limit = new LoginLimit(new ManualClock());
    succeed(limit, 'home');
    guess(limit);
    fail(limit, 'elsewhere');
    fail(limit, 'home');
    fail(limit, 'home');
    succeed(limit, 'home');
  });

  it('gives an address that tries many names thirty, then one in two seconds', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 30; i += 1) fail(limit, 'a', `user${i}`);
    expect(() => fail(limit, 'a', 'user30')).toThrow(tooOften);
    fail(limit, 'b', 'user30');
    clock.advance(2_000);
    fail(limit, 'a', 'user30');
    expect(() => fail(limit, 'a', 'user31')).toThrow(tooOften);
  });

  it('lets a hundred colleagues in behind one address, and again while a neighbour tries many names', () => {
    const limit = new LoginLimit(new ManualClock());
    const colleagues = Array.from({ length: 100 }, (_, i) => `colleague${i}`);
    for (const each of colleagues) succeed(limit, 'proxy', each);
    for (let i = 0; i < 30; i += 1) fail(limit, 'proxy', `user${i}`);
    expect(() => fail(limit, 'proxy', 'user30')).toThrow(tooOften);
    for (const each of colleagues) succeed(limit, 'proxy', each);
  });

  it('checks few passwords of one address at a time, whatever the names', () => {
    const limit = new LoginLimit(new ManualClock());
    succeed(limit, 'x', 'known');
    const running = ['a', 'b', 'c', 'd'].map((user) => limit.begin('x', user));
    expect(() => limit.begin('x', 'e')).toThrow(tooOften);
    fail(limit, 'y', 'e');
    succeed(limit, 'x', 'known');
    running[0]?.('wrong');
    fail(limit, 'x', 'e');
  });

  it('checks few passwords of strangers at a time in all, and those of who got in before besides', () => {
    const limit = new LoginLimit(new ManualClock());
    succeed(limit, 'home');
    const running = Array.from({ length: 32 }, (_, i) => limit.begin(`place${i}`, `user${i}`));
    expect(() => limit.begin('place33', 'bob')).toThrow(tooOften);
    succeed(limit, 'home');
    for (const done of running) done('wrong');
    succeed(limit, 'place33', 'bob');
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['::1', '::2', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('holds %s and %s to be one place: %s', (first, second, isOne) => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 3; i += 1) fail(limit, first);
    if (isOne) expect(() => fail(limit, second)).toThrow(tooOften);
    else fail(limit, second);
  });

  it('forgets in time', () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) fail(limit);
    clock.advance(16 * MINUTE);
    fail(limit);
    fail(limit);
  });

  it('remembers a bounded number of failures, which push out nobody who got in', () => {
    const limit = new LoginLimit(new ManualClock());
    succeed(limit, 'home');
    for (let i = 0; i < 3; i += 1) fail(limit, 'a', 'bob');
    for (let i = 0; i < 10_001; i += 1) fail(limit, `place${i}`, `user${i}`);
    fail(limit, 'a', 'bob');
    guess(limit);
    fail(limit, 'elsewhere');
    fail(limit, 'home');
    succeed(limit, 'home');
  });
});
