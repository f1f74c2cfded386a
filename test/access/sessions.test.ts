import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import type { User } from '../../src/access/users.ts';
import { UserStore } from '../../src/access/users.ts';
import { Secret } from '../../src/core/secret.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;
/** What has ended is cut within half a second: this, and what the machine takes. */
const SOON = 250;
const password = new Secret('correct horse battery');
const limits = { idleMs: 30 * MINUTE, absoluteMs: 120 * MINUTE, perUser: 3 };

describe('the sessions', () => {
  let folder: string;
  let clock: ManualClock;
  let users: UserStore;
  let tokens: TokenStore;
  let sessions: Sessions;
  let ada: User;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-sessions-'));
    clock = new ManualClock();
    users = new UserStore(folder, clock, { cost: { n: 2 ** 10, r: 8, p: 1 } });
    tokens = new TokenStore(folder, clock);
    sessions = new Sessions({ clock, users, tokens, limits });
    ada = await users.add({ username: 'ada', password, role: 'operator' });
  });
  afterEach(() => {
    sessions.stop();
    rmSync(folder, { recursive: true });
  });

  const logIn = () => {
    const { cookie, caller } = sessions.create(ada, { side: 'centre', address: '192.0.2.1' });
    return { cookie: cookie.reveal(), caller };
  };

  it('know whose cookie it is, and keep a secret apart from the name in the journal', () => {
    const { cookie, caller } = logIn();
    expect(sessions.find(cookie)).toBe(caller);
    expect(caller).toMatchObject({ user: 'ada', role: 'operator', address: '192.0.2.1' });
    expect(cookie).not.toContain(caller.session);
    expect(sessions.find(`${cookie}x`)).toBeUndefined();
    expect(sessions.find('')).toBeUndefined();
  });

  it('end when nobody used them for a while', () => {
    const { cookie } = logIn();
    clock.advance(29 * MINUTE);
    expect(sessions.find(cookie)).toBeDefined();
    clock.advance(29 * MINUTE);
    expect(sessions.find(cookie)).toBeDefined();
    clock.advance(30 * MINUTE);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('last as long as a socket is open, but not for ever', () => {
    const { cookie, caller } = logIn();
    let ended = 0;
    caller.onEnd(() => {
      ended += 1;
    });
    clock.advance(119 * MINUTE);
    expect(ended).toBe(0);
    expect(sessions.find(cookie)).toBeDefined();
    clock.advance(MINUTE + SOON);
    expect(ended).toBe(1);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('are not in use by whoever only wants to know of the end', () => {
    const { cookie, caller } = logIn();
    let ended = 0;
    caller.onEnd(() => {
      ended += 1;
    }, false);
    clock.advance(limits.idleMs + SOON);
    expect(ended).toBe(1);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('that are ended tell everybody once, and whoever comes later', () => {
    const { cookie, caller } = logIn();
    const told: string[] = [];
    caller.onEnd(() => told.push('first'));
    const forget = caller.onEnd(() => told.push('forgotten'));
    forget();
    sessions.end(caller.session);
    sessions.end(caller.session);
    caller.onEnd(() => told.push('late'));
    expect(told).toEqual(['first', 'late']);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('give way to newer ones of the same user', () => {
    const logins = [logIn(), logIn(), logIn(), logIn()];
    expect(logins.map(({ cookie }) => sessions.find(cookie) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('cut open sockets when the user is removed by another process', () => {
    let ended = false;
    logIn().caller.onEnd(() => {
      ended = true;
    });
    new UserStore(folder, clock).remove('ada');
    clock.advance(SOON);
    expect(ended).toBe(true);
  });

  it('end when the password changes', async () => {
    const { cookie } = logIn();
    clock.advance(1_000);
    await users.setPassword('ada', password);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('cut the open sockets of a token that is revoked or expires', () => {
    const wall = tokens.issue({ name: 'wall', role: 'consumer' }).secret.reveal();
    const brief = tokens.issue({ name: 'brief', role: 'consumer', expiresInMs: 60_000 });
    const ended: string[] = [];
    sessions.findToken(wall, 'centre', '192.0.2.1')?.onEnd(() => ended.push('wall'));
    sessions
      .findToken(brief.secret.reveal(), 'centre', '192.0.2.1')
      ?.onEnd(() => ended.push('brief'));
    clock.advance(2_000);
    expect(ended).toEqual([]);
    tokens.revoke('wall');
    clock.advance(SOON);
    expect(ended).toEqual(['wall']);
    clock.advance(58_000 - 2 * SOON);
    expect(ended).toEqual(['wall']);
    clock.advance(2 * SOON);
    expect(ended).toEqual(['wall', 'brief']);
    expect(sessions.findToken(wall, 'centre', '192.0.2.1')).toBeUndefined();
  });

  it('run no timer when nobody is there', () => {
    expect(clock.timers).toBe(0);
    const { caller } = logIn();
    expect(clock.timers).toBe(1);
    sessions.end(caller.session);
    clock.advance(2_000);
    expect(clock.timers).toBe(0);
  });
});
