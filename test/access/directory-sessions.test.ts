import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { termsHash } from '../../src/access/openid/directory-login.ts';
import { DirectoryLogouts } from '../../src/access/openid/logouts.ts';
import type { DirectoryPerson } from '../../src/access/openid/person.ts';
import { DirectoryStanding } from '../../src/access/openid/standing.ts';
import { SessionFile } from '../../src/access/session-file.ts';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { UserStore } from '../../src/access/users.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { termsOf } from '../support/openid/terms.ts';

const HOUR = 3_600_000;
const limits = { idleMs: HOUR, absoluteMs: 4 * HOUR, perUser: 3 };
const password = new Secret('correct horse battery');
const olga: DirectoryPerson = {
  ...{ username: 'openid:olga', role: 'operator', sites: ['jeweller'], name: 'Olga' },
  ...{ sid: 'there-1', terms: 'as configured' },
};
const HOW = { side: 'centre', address: '192.0.2.1' } as const;

describe('logins of people of the directory', () => {
  let folder: string;
  let clock: ManualClock;
  let users: UserStore;
  let sessions: Sessions;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-directory-'));
    clock = new ManualClock();
    users = new UserStore(folder, clock, { cost: { n: 2 ** 10, r: 8, p: 1 } });
    sessions = start('as configured');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const logouts = () => new DirectoryLogouts(folder, clock);
  const start = (terms?: string) =>
    new Sessions({
      ...{ clock, users, tokens: new TokenStore(folder, clock), limits },
      directory: terms === undefined ? undefined : new DirectoryStanding(terms, logouts()),
      file: new SessionFile(folder, silentLogger),
    });
  const logIn = (person = olga) => sessions.create(person, HOW).cookie.reveal();
  const isIn = (cookie: string) => sessions.find(cookie) !== undefined;

  it('are those of the role and the sites that they came in with', () => {
    const { onEnd: _, session, ...caller } = sessions.create(olga, HOW).caller;
    expect(session).toMatch(/^[0-9a-f]{16}$/);
    expect(caller).toEqual({
      ...{ user: 'openid:olga', name: 'Olga', role: 'operator', sites: ['jeweller'], ...HOW },
    });
  });

  it('end as any other: without use, and after their term', () => {
    const cookie = logIn();
    clock.advance(HOUR - 1);
    expect(isIn(cookie)).toBe(true);
    clock.advance(HOUR);
    expect(isIn(cookie)).toBe(false);
    const open = sessions.create(olga, HOW);
    let ended = false;
    open.caller.onEnd(() => {
      ended = true;
    });
    clock.advance(4 * HOUR - 1);
    expect(ended).toBe(false);
    clock.advance(1_000);
    expect(ended).toBe(true);
  });

  it('hold over a restart with the same configuration, and with no other', () => {
    const cookie = logIn();
    expect(readFileSync(join(folder, 'sessions.json'), 'utf8')).not.toContain(cookie);
    const { session } = sessions.find(cookie) ?? {};
    expect(start('as configured').find(cookie)).toMatchObject({
      ...{ user: 'openid:olga', name: 'Olga', role: 'operator', sites: ['jeweller'], session },
    });
    expect(start('otherwise').find(cookie)).toBeUndefined();
    expect(start().find(cookie)).toBeUndefined();
  });

  it('are nobody of that name among the local users, whatever becomes of those', async () => {
    const cookie = logIn();
    const local = await users.add({ username: 'olga', role: 'admin', password });
    const own = sessions.create(local, HOW).cookie.reveal();
    users.remove('olga');
    expect([isIn(cookie), isIn(own)]).toEqual([true, false]);
    expect(sessions.find(cookie)?.role).toBe('operator');
  });

  it.each<[string, Parameters<Sessions['endOfDirectory']>[0], readonly boolean[]]>([
    ['somebody', { username: 'openid:olga' }, [false, false, false, true, true]],
    ['a session there', { sid: 'there-1' }, [false, true, true, true, true]],
    ['both', { username: 'openid:olga', sid: 'there-1' }, [false, true, false, true, true]],
    ['another of that session', { username: 'openid:an', sid: 'there-1' }, Array(5).fill(true)],
    ['a local name', { username: 'olga' }, Array(5).fill(true)],
    ['a session of nobody', { sid: 'elsewhere' }, Array(5).fill(true)],
  ])('of %s end when the directory says so, and no others', async (_, said, left) => {
    const { sid: _sid, ...without } = olga;
    const local = await users.add({ username: 'olga', role: 'admin', password });
    const cookies = [
      logIn(),
      logIn({ ...olga, sid: 'there-2' }),
      logIn(without),
      logIn({ ...without, username: 'openid:piet' }),
      sessions.create(local, HOW).cookie.reveal(),
    ];
    const told: string[] = [];
    for (const cookie of cookies) sessions.find(cookie)?.onEnd(() => told.push(cookie));
    const ended = sessions.endOfDirectory(said);
    const gone = cookies.filter((_cookie, index) => !left[index]);
    expect(told).toEqual(gone);
    expect(ended).toHaveLength(gone.length);
    expect(cookies.map(isIn)).toEqual(left);
    // Nor does a restart bring them back.
    sessions = start('as configured');
    expect(cookies.map(isIn)).toEqual(left);
  });

  it('end when the command line says so, of one person, and they may come in again', () => {
    const cookie = logIn();
    const piet = logIn({ ...olga, username: 'openid:piet' });
    let ended = false;
    sessions.find(cookie)?.onEnd(() => {
      ended = true;
    });
    // Another process, beside the gateway.
    logouts().logOut('openid:olga');
    clock.advance(500);
    expect([ended, isIn(cookie), isIn(piet)]).toEqual([true, false, true]);
    const again = logIn();
    clock.advance(500);
    expect(isIn(again)).toBe(true);
    expect(start('as configured').find(again)?.user).toBe('openid:olga');
    clock.advance(1);
    logouts().logOut('openid:olga');
    expect([isIn(again), start('as configured').find(again)]).toEqual([false, undefined]);
  });

  it.each([
    'olga',
    'openid:',
    'openid:a b',
    'openid:\u001b[2J',
    'OPENID:olga',
    `openid:${'x'.repeat(256)}`,
  ])('are none of %j', (name) => {
    expect(() => logouts().logOut(name)).toThrow(expect.objectContaining({ code: 'bad-name' }));
  });

  it('are over while nobody knows whom the command line logged out', () => {
    const cookie = logIn();
    writeFileSync(join(folder, 'directory-logouts.json'), '{');
    clock.advance(500);
    rmSync(join(folder, 'directory-logouts.json'));
    expect(isIn(cookie)).toBe(false);
  });

  it('are listed, each person once', () => {
    logIn();
    logIn({ ...olga, sid: 'there-2' });
    logIn({ ...olga, username: 'openid:piet' });
    expect(sessions.ofDirectory().map(({ username }) => username)).toEqual([
      'openid:olga',
      'openid:piet',
    ]);
  });
});

describe('the terms of a login', () => {
  const hash = (more: Parameters<typeof termsOf>[1] = {}) =>
    termsHash(termsOf('https://login.example', more));
  it('are others with another issuer, client, claim, mapping or demand', () => {
    const others: Parameters<typeof termsOf>[1][] = [
      { issuer: 'https://other.example' },
      { clientId: 'other' },
      { roleClaim: ['roles'] },
      { roles: [{ value: 'a', role: 'operator' }] },
      { roles: [{ value: 'a', role: 'operator', sites: ['jeweller'] }] },
      { requireAmr: ['mfa'] },
      { maxAgeSeconds: 60 },
    ];
    expect(new Set([hash(), ...others.map(hash)]).size).toBe(others.length + 1);
  });
  it('are the same with another secret, address of ours, or scope', () => {
    expect(hash({ clientSecret: new Secret('new'), redirectUrl: 'x', scopes: [] })).toBe(hash());
  });
});
