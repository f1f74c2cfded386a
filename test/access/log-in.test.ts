import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Attempt, LogIn, type LogInOptions } from '../../src/access/log-in.ts';
import { HASH_COST, hashPassword } from '../../src/access/password.ts';
import { newTotpSecret } from '../../src/access/second-factor.ts';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import { UserStore } from '../../src/access/users.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Journal } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { ManualClock } from '../support/manual-clock.ts';

const PASSWORD = 'correct horse battery';
const cost = { n: 2 ** 10, r: 8, p: 1 };

describe('getting in', () => {
  let folder: string;
  let clock: ManualClock;
  let users: UserStore;
  let sessions: Sessions;
  let journal: Journal & { close(): void };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-log-in-'));
    clock = new ManualClock();
    users = new UserStore(folder, clock, { cost });
    sessions = new Sessions({ clock, users, tokens: new TokenStore(folder, clock) });
    journal = openJournal(join(folder, 'journal.db'));
    await users.add({ username: 'olga', password: new Secret(PASSWORD), role: 'operator' });
  });
  afterEach(() => {
    sessions.stop();
    journal.close();
    rmSync(folder, { recursive: true });
  });

  const desk = (more: Partial<LogInOptions> = {}) =>
    new LogIn({ users, sessions, journal, clock, ...more });
  const olga: Attempt = {
    ...{ username: 'olga', password: PASSWORD, side: 'centre', address: '192.0.2.1' },
  };
  const refusals = () =>
    [...journal.read()].map(({ kind, data }) => [kind, data['reason'] ?? data['user']]);
  const refuses = (code: string) => expect.objectContaining({ code });

  const codeIn = (secret: string, steps: number) =>
    totpCode(fromBase32(secret), totpStep(clock.unixUs() / 1000) + steps);
  const enrol = () => {
    const secret = newTotpSecret();
    const recoveryCodes = users.setSecondFactor('olga', secret, codeIn(secret, 0));
    return { recoveryCodes, code: (steps: number) => codeIn(secret, steps) };
  };

  it('asks for a code after the right password alone', async () => {
    enrol();
    const at = desk();
    await expect(at.open({ ...olga, password: 'wrong wrong' })).rejects.toEqual(
      refuses('login-failed'),
    );
    await expect(at.open(olga)).rejects.toEqual(refuses('second-factor-needed'));
    expect(refusals()).toEqual([['session.refused', 'wrong-password']]);
  });

  it('lets a code in once, not the one of the enrolment, and not after another password', async () => {
    const { code } = enrol();
    const at = desk();
    const wrong = refuses('second-factor-wrong');
    await expect(at.open({ ...olga, code: code(0) })).rejects.toEqual(wrong);
    const next = { ...olga, code: code(1) };
    const misled = { ...next, password: 'wrong wrong' };
    await expect(at.open(misled)).rejects.toEqual(refuses('login-failed'));
    expect((await at.open(next)).caller.user).toBe('olga');
    await expect(at.open(next)).rejects.toEqual(wrong);
    expect(refusals()).toEqual([
      ['session.refused', 'wrong-code'],
      ['session.refused', 'wrong-password'],
      ['session.opened', undefined],
      ['session.refused', 'wrong-code'],
    ]);
  });

  it('lets one of two in who show the same code at once', async () => {
    const { code } = enrol();
    const at = desk();
    const both = [1, 2].map(() => at.open({ ...olga, code: code(1) }));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('lets each recovery code in once, however it is typed, and records that', async () => {
    const { recoveryCodes } = enrol();
    expect(new Set(recoveryCodes).size).toBe(10);
    const code = recoveryCodes[3] ?? '';
    expect(code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    const stored = readFileSync(join(folder, 'users.json'), 'utf8');
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(code.replaceAll('-', ''));
    const at = desk();
    await at.open({ ...olga, code: code.toLowerCase().replaceAll('-', ' ') });
    await expect(at.open({ ...olga, code })).rejects.toEqual(refuses('second-factor-wrong'));
    expect(refusals()).toEqual([
      ['session.recovery-code', 'olga'],
      ['session.opened', undefined],
      ['session.refused', 'wrong-code'],
    ]);
  });

  it('slows down guessing of codes, also with the right password alone in between', async () => {
    enrol();
    const at = desk();
    for (let i = 0; i < 3; i += 1) {
      await expect(at.open(olga)).rejects.toEqual(refuses('second-factor-needed'));
      const guess = at.open({ ...olga, code: 'wrong' });
      await expect(guess).rejects.toEqual(refuses('second-factor-wrong'));
    }
    await expect(at.open(olga)).rejects.toEqual(refuses('login-too-often'));
  });

  it('slows down guessing of codes from ever other addresses, though the password is right', async () => {
    const { code } = enrol();
    const at = desk();
    for (let i = 1; i <= 10; i += 1) {
      const guess = at.open({ ...olga, address: `198.51.100.${i}`, code: 'wrong' });
      await expect(guess).rejects.toEqual(refuses('second-factor-wrong'));
    }
    const next = { ...olga, address: '198.51.100.11', code: code(1) };
    await expect(at.open(next)).rejects.toEqual(refuses('login-too-often'));
  });

  it('makes whoever guesses codes where their owner got in a stranger there, and records it', async () => {
    const { code } = enrol();
    const at = desk();
    await at.open({ ...olga, code: code(1) });
    for (let i = 0; i < 31; i += 1) {
      clock.advance(60_000);
      const guess = at.open({ ...olga, code: 'wrong' });
      await expect(guess).rejects.toEqual(refuses('second-factor-wrong'));
    }
    clock.advance(60_000);
    await expect(at.open({ ...olga, code: code(0) })).rejects.toEqual(refuses('login-too-often'));
    const told = [...journal.read()].filter(({ kind }) => kind === 'session.guessing');
    expect(told.map(({ data }) => data)).toEqual([
      { user: 'olga', guessed: 'code' },
      { user: 'olga', guessed: 'known-place' },
    ]);
  });

  it('counts what fails on our side against nobody', async () => {
    const { code } = enrol();
    const [at, lock] = [desk(), join(folder, 'users.json.lock')];
    writeFileSync(lock, '');
    for (let i = 0; i < 10; i += 1) {
      await expect(at.open({ ...olga, code: code(1) })).rejects.toEqual(refuses('state-file-busy'));
    }
    rmSync(lock);
    expect((await at.open({ ...olga, code: code(1) })).caller.user).toBe('olga');
  });

  it('knows somebody nowhere after a new second factor, and counts their codes anew', async () => {
    const at = desk();
    await at.open(olga);
    clock.advance(1);
    enrol();
    for (let i = 0; i < 11; i += 1) {
      const guess = at.open({ ...olga, address: `198.51.100.${i}`, code: 'wrong' });
      await expect(guess).rejects.toBeDefined();
    }
    const atHome = () => at.open({ ...olga, code: 'wrong' });
    await expect(atHome()).rejects.toEqual(refuses('login-too-often'));
    clock.advance(1);
    enrol();
    await expect(atHome()).rejects.toEqual(refuses('second-factor-wrong'));
  });

  it('is refused without a second factor to whose role needs one', async () => {
    const at = desk({ secondFactorFor: ['operator'] });
    await expect(at.open(olga)).rejects.toEqual(refuses('second-factor-missing'));
    const { code } = enrol();
    expect((await at.open({ ...olga, code: code(1) })).caller.user).toBe('olga');
    expect(refusals()).toEqual([
      ['session.refused', 'no-second-factor'],
      ['session.opened', undefined],
    ]);
  });

  it('ends what is open when a second factor comes or goes, and when somebody is logged out', async () => {
    const at = desk();
    let ended = 0;
    const open = async (code?: string) => {
      const { caller } = await at.open({ ...olga, code });
      caller.onEnd(() => {
        ended += 1;
      });
      clock.advance(1_000);
    };
    await open();
    const { code } = enrol();
    clock.advance(2_000);
    expect(ended).toBe(1);
    await open(code(1));
    users.removeSecondFactor('olga');
    clock.advance(2_000);
    expect(ended).toBe(2);
    await open();
    users.logOut('olga');
    clock.advance(2_000);
    expect(ended).toBe(3);
    await open();
  });

  it('records that a name is guessed at from many places, and lets its owner in', async () => {
    const at = desk();
    const guess = async (address: string) => {
      const attempt = at.open({ ...olga, password: 'wrong wrong', address });
      await expect(attempt).rejects.toEqual(refuses('login-failed'));
    };
    for (let i = 0; i < 22; i += 1) await guess(`203.0.113.${i}`);
    expect(refusals().filter(([kind]) => kind === 'session.guessing')).toEqual([
      ['session.guessing', 'olga'],
    ]);
    expect((await at.open(olga)).caller.user).toBe('olga');
  });

  it('records so many refusals a minute and counts the others', async () => {
    const at = desk();
    const fail = async (address: string) => {
      const attempt = at.open({ ...olga, username: address, password: 'wrong wrong', address });
      await expect(attempt).rejects.toEqual(refuses('login-failed'));
    };
    for (let i = 0; i < 100; i += 1) await fail(`203.0.113.${i}`);
    expect(refusals()).toHaveLength(60);
    clock.advance(60_000);
    await fail('203.0.113.100');
    expect([...journal.read()].slice(60).map(({ data }) => data)).toEqual([
      { count: 40 },
      expect.objectContaining({ reason: 'wrong-password' }),
    ]);
  });

  it('hashes a password anew that was hashed at another cost, and ends nothing', async () => {
    const login = await desk().open(olga);
    const raised = new UserStore(folder, clock, { cost: { n: 2 ** 11, r: 8, p: 1 } });
    const stored = () => JSON.parse(readFileSync(join(folder, 'users.json'), 'utf8')).users[0];
    await raised.authenticate('olga', new Secret('wrong wrong'));
    expect(stored().password.n).toBe(2 ** 10);
    expect(await raised.authenticate('olga', new Secret(PASSWORD))).toBeDefined();
    expect(stored().password.n).toBe(2 ** 11);
    expect(await raised.authenticate('olga', new Secret(PASSWORD))).toBeDefined();
    expect(sessions.find(login.cookie.reveal())).toBeDefined();
  });

  it('keeps a password to one of the settings of scrypt that OWASP holds to be enough', async () => {
    const enough = [17, 16, 15, 14, 13].map((power, i) => {
      return { n: 2 ** power, r: 8, p: [1, 2, 3, 5, 10][i] };
    });
    expect(enough).toContainEqual(HASH_COST);
    expect(await hashPassword(new Secret(PASSWORD))).toMatchObject(HASH_COST);
  });
});
