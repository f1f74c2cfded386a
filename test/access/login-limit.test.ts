import { describe, expect, it } from '@jest/globals';
import { LoginLimit, type Outcome } from '../../src/access/login-limit.ts';
import { TooOftenError } from '../../src/access/too-often.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const tooOften = expect.objectContaining({ code: 'login-too-often' });
const MINUTE = 60_000;

describe('the limit on logins', () => {
  const ends =
    (outcome: Outcome) =>
    async (limit: LoginLimit, address = 'a', user = 'ada') =>
      (await limit.begin(address, user))(outcome);
  const [succeed, half, fail] = [ends('right'), ends('half'), ends('wrong')];
  const ada = { username: 'ada', changedAt: '2026-01-01T00:00:00Z' };
  /** Twenty wrong passwords for one name, each from a place of its own. */
  const guess = async (limit: LoginLimit, user = 'ada') => {
    for (let i = 0; i < 20; i += 1) await fail(limit, `203.0.113.${i}`, user);
  };

  it('costs nothing to whoever mistypes twice', async () => {
    const limit = new LoginLimit(new ManualClock());
    await fail(limit);
    await fail(limit);
    await succeed(limit);
    await fail(limit);
    await fail(limit);
    await fail(limit);
  });

  it('makes each wrong password after the third wait twice as long, up to a minute', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) await fail(limit);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, MINUTE, MINUTE]) {
      clock.advance(waitMs - 1);
      await expect(fail(limit)).rejects.toEqual(tooOften);
      clock.advance(1);
      await fail(limit);
    }
  });

  it('locks nobody out who comes from elsewhere, nor anybody else from there', async () => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 3; i += 1) await fail(limit);
    await expect(fail(limit, 'a', 'ADA')).rejects.toEqual(tooOften);
    await fail(limit, 'b', 'ada');
    await fail(limit, 'a', 'bob');
  });

  it('counts attempts that run at the same time', async () => {
    const limit = new LoginLimit(new ManualClock());
    const running = [1, 2, 3].map(() => limit.begin('a', 'ada'));
    const refused = expect(limit.begin('a', 'ada')).rejects.toEqual(tooOften);
    for (const done of running) (await done)('wrong');
    await refused;
  });

  it('keeps no place for a check when it cannot tell of guessing', async () => {
    let told = 0;
    const onGuessed = () => {
      told += 1;
      throw new Error('the journal is full');
    };
    const limit = new LoginLimit(new ManualClock(), { onGuessed });
    await guess(limit);
    for (let i = 0; i < 10; i += 1) await fail(limit, `198.51.100.${i}`);
    expect(told).toBe(1);
    const checks = [1, 2, 3, 4].map((i) => limit.begin('198.51.100.0', `somebody-${i}`));
    expect(checks).toHaveLength(4);
  });

  it('slows down codes after a stolen password, from however many places, and not where the owner got in', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    await succeed(limit, '192.0.2.1', 'ada');
    const guessed = (index: number) => {
      const address = `2001:db8:${index.toString(16)}::1`;
      limit.beginCode(address, ada);
      limit.wrongCode(address, ada);
    };
    for (let i = 0; i < 10; i += 1) guessed(i);
    expect(() => guessed(11)).toThrow(TooOftenError);
    limit.beginCode('192.0.2.1', ada);
    limit.beginCode('2001:db8:1::1', { ...ada, username: 'otto' });
    limit.beginCode('2001:db8:1::1', { ...ada, changedAt: 'by a new password' });
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
    expect(tries).toBeLessThan(40);
  });

  it('neither counts nor clears a right password without the code that is to come', async () => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 10; i += 1) await half(limit, 'a', 'ada');
    // The code is guessed at, with the right password in between.
    for (let i = 0; i < 3; i += 1) {
      await fail(limit);
      if (i < 2) await half(limit, 'a', 'ada');
    }
    await expect(limit.begin('a', 'ada')).rejects.toEqual(tooOften);
  });

  it('lets many guessers of one name guess once each, and tells of them once', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const onGuessed = (...what: string[]) => told.push(what.join(' '));
    const limit = new LoginLimit(clock, { onGuessed });
    await guess(limit);
    expect(told).toEqual([]);
    for (let i = 0; i < 5; i += 1) await fail(limit, `198.51.100.${i}`);
    expect(told).toEqual(['ada 198.51.100.0 password']);
    clock.advance(MINUTE - 1);
    await expect(fail(limit, '198.51.100.0')).rejects.toEqual(tooOften);
    clock.advance(1);
    await fail(limit, '198.51.100.0');
    clock.advance(2 * MINUTE - 1);
    await expect(fail(limit, '198.51.100.0')).rejects.toEqual(tooOften);
    await fail(limit, '198.51.100.200', 'bob');
    await fail(limit, '198.51.100.200', 'bob');
  });

  it('lets the owner of a name in at the first try while it is guessed at, from wherever', async () => {
    const limit = new LoginLimit(new ManualClock());
    await guess(limit);
    await fail(limit, 'elsewhere');
    await succeed(limit, 'new place');
    await half(limit, 'another place', 'ada');
    await succeed(limit, 'another place');
  });

  it('hinders nobody by guesses elsewhere where they got in before', async () => {
    const limit = new LoginLimit(new ManualClock());
    await succeed(limit, 'home');
    await guess(limit);
    await fail(limit, 'elsewhere');
    await fail(limit, 'home');
    await fail(limit, 'home');
    await succeed(limit, 'home');
  });

  /** A month of somebody in the owner's network who tries whenever they may, while the owner gets in each day. */
  const guessAMonth = async (wrong: (limit: LoginLimit) => Promise<void>) => {
    const clock = new ManualClock();
    const told: string[] = [];
    const limit = new LoginLimit(clock, { onGuessed: (...what) => told.push(what.join(' ')) });
    let tries = 0;
    let days = 0;
    for (let minute = 0; minute < 30 * 24 * 60; minute += 1) {
      const isDue = minute >= days * 24 * 60;
      const attempt = isDue ? succeed(limit, 'home') : wrong(limit);
      const isTried = await attempt.then(
        () => true,
        () => false,
      );
      if (isTried && isDue) days += 1;
      else if (isTried) tries += 1;
      clock.advance(MINUTE);
    }
    expect(days).toBe(30);
    return { tries, told };
  };

  it('makes a code take longer than years to guess where its owner gets in, and tells of it', async () => {
    const { tries, told } = await guessAMonth(async (limit) => {
      const done = await limit.begin('home', 'ada');
      done('wrong');
      limit.beginCode('home', ada);
      limit.wrongCode('home', ada);
    });
    // Of a million codes three are right at a time.
    expect(tries).toBeLessThan(1_200);
    expect(told.slice(0, 2)).toEqual(['ada home code', 'ada home known-place']);
    expect(told.filter((each) => !each.endsWith('password')).length).toBeLessThan(60);
  });

  it('takes a known place away by wrong passwords from there alone, and gives it back with a right one', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const limit = new LoginLimit(clock, { onGuessed: (...what) => told.push(what.join(' ')) });
    const failAll = async (times: number, address: string) => {
      for (let i = 0; i < times; i += 1) {
        await fail(limit, address);
        clock.advance(MINUTE);
      }
    };
    await succeed(limit, 'home');
    await succeed(limit, 'office');
    await failAll(30, 'home');
    for (let i = 0; i < 60; i += 1) await fail(limit, `203.0.113.${i}`, 'ada');
    expect(told).toEqual(['ada 203.0.113.20 password']);
    // Known still: the name is guessed at, and this place is not concerned.
    await failAll(1, 'home');
    expect(told).toEqual(['ada 203.0.113.20 password', 'ada home known-place']);
    await failAll(1, 'office');
    await failAll(1, 'office');
    await failAll(1, 'home');
    await expect(fail(limit, 'home')).rejects.toEqual(tooOften);
    clock.advance(15 * MINUTE);
    await succeed(limit, 'home');
    await guess(limit);
    await fail(limit, 'elsewhere');
    await succeed(limit, 'home');
  });

  it('forgets mistakes where somebody got in: one in six hours takes no place away', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const limit = new LoginLimit(clock, { onGuessed: (name) => told.push(name) });
    await succeed(limit, 'home');
    for (let i = 0; i < 100; i += 1) {
      await fail(limit, 'home');
      clock.advance(6 * 60 * MINUTE);
    }
    expect(told).toEqual([]);
  });

  it('gives an address that tries many names thirty, then one in two seconds', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 30; i += 1) await fail(limit, 'a', `user${i}`);
    await expect(fail(limit, 'a', 'user30')).rejects.toEqual(tooOften);
    await fail(limit, 'b', 'user30');
    clock.advance(2_000);
    await fail(limit, 'a', 'user30');
    await expect(fail(limit, 'a', 'user31')).rejects.toEqual(tooOften);
  });

  it('lets a hundred colleagues in behind one address, and again while a neighbour tries many names', async () => {
    const limit = new LoginLimit(new ManualClock());
    const colleagues = Array.from({ length: 100 }, (_, i) => `colleague${i}`);
    for (const each of colleagues) await succeed(limit, 'proxy', each);
    for (let i = 0; i < 30; i += 1) await fail(limit, 'proxy', `user${i}`);
    await expect(fail(limit, 'proxy', 'user30')).rejects.toEqual(tooOften);
    for (const each of colleagues) await succeed(limit, 'proxy', each);
  });

  it('checks four passwords of one address at a time, waiting ones too, whatever the names', async () => {
    const limit = new LoginLimit(new ManualClock());
    await succeed(limit, 'x', 'known');
    const running = ['a', 'b', 'c', 'd'].map((user) => limit.begin('x', user));
    await expect(limit.begin('x', 'e')).rejects.toEqual(tooOften);
    await succeed(limit, 'x', 'known');
    (await running[0])?.('wrong');
    const next = limit.begin('x', 'e');
    for (const done of running.slice(1)) (await done)('wrong');
    (await next)('wrong');
  });

  it('gives a newcomer a turn after one check of each address that guesses, and who got in before at once', async () => {
    const limit = new LoginLimit(new ManualClock());
    await succeed(limit, 'home');
    const checked: string[] = [];
    const running: (() => void)[] = [];
    const begin = (place: string, user: string) =>
      void limit.begin(place, user).then((done) => {
        checked.push(place);
        running.push(() => done('wrong'));
      });
    const guessers = Array.from({ length: 12 }, (_, i) => `203.0.${i}.1`);
    for (const place of guessers) for (const user of ['a', 'b', 'c', 'd']) begin(place, user);
    begin('198.51.100.1', 'bob');
    await settle();
    expect(checked).toEqual(['203.0.0.1', '203.0.0.1', '203.0.0.1']);
    await succeed(limit, 'home');
    while (!checked.includes('198.51.100.1')) {
      running.shift()?.();
      await settle();
    }
    expect(checked.slice(3)).toEqual([...guessers, '198.51.100.1']);
  });

  it('counts no guess of whoever gets no turn, and looks again when there is one', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    const running = [1, 2, 3].map((i) => limit.begin(`192.0.${i}.1`, 'somebody'));
    const waiting = limit.begin('a', 'ada');
    clock.advance(8_000);
    await expect(waiting).rejects.toEqual(tooOften);
    for (const done of running) (await done)('wrong');
    for (let i = 0; i < 2; i += 1) await fail(limit);
    const three = [1, 2, 3].map((i) => limit.begin(`198.51.${i}.1`, 'somebody'));
    const [third, fourth] = [limit.begin('a', 'ada'), limit.begin('a', 'ada')];
    const refused = expect(fourth).rejects.toEqual(tooOften);
    for (const done of three) (await done)('right');
    (await third)('wrong');
    await refused;
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['::1', '::2', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('holds %s and %s to be one place: %s', async (first, second, isOne) => {
    const limit = new LoginLimit(new ManualClock());
    for (let i = 0; i < 3; i += 1) await fail(limit, first);
    if (isOne) await expect(fail(limit, second)).rejects.toEqual(tooOften);
    else await fail(limit, second);
  });

  it('forgets in time', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let i = 0; i < 3; i += 1) await fail(limit);
    clock.advance(16 * MINUTE);
    await fail(limit);
    await fail(limit);
  });

  it('remembers a bounded number of failures, which push out nobody who got in', async () => {
    const limit = new LoginLimit(new ManualClock());
    await succeed(limit, 'home');
    for (let i = 0; i < 3; i += 1) await fail(limit, 'a', 'bob');
    for (let i = 0; i < 10_001; i += 1) await fail(limit, `place${i}`, `user${i}`);
    await fail(limit, 'a', 'bob');
    await guess(limit);
    await fail(limit, 'elsewhere');
    await fail(limit, 'home');
    await succeed(limit, 'home');
  });
});
