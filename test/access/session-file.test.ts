import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalTerms } from '../../src/access/account.ts';
import { EndedSessions } from '../../src/access/ended-sessions.ts';
import { LogIn } from '../../src/access/log-in.ts';
import { newTotpSecret } from '../../src/access/second-factor.ts';
import { SessionFile, type StoredLogin } from '../../src/access/session-file.ts';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import type { User } from '../../src/access/users.ts';
import { UserStore } from '../../src/access/users.ts';
import { LiveViewError } from '../../src/core/errors.ts';
import { createLogger, silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const MINUTE = 60_000;
const password = new Secret('correct horse battery');
const FULL = new LiveViewError('state-file-unwritable', 'the disk is full');
const limits = { idleMs: 30 * MINUTE, absoluteMs: 120 * MINUTE, perUser: 3 };

describe('logins, over the end of the process', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let users: UserStore;
  let sessions: Sessions;
  let dora: User;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-sessions-'));
    path = join(folder, 'sessions.json');
    clock = new ManualClock();
    users = new UserStore(folder, clock, { cost: { n: 2 ** 10, r: 8, p: 1 } });
    sessions = start();
    dora = await users.add({
      ...{ username: 'dora', password, role: 'dispatcher', controlRoom: 'rotterdam' },
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (
    file: Pick<SessionFile, 'read' | 'write'> = new SessionFile(folder, silentLogger),
    ended = new EndedSessions(folder),
    local: LocalTerms = {},
  ) =>
    new Sessions({
      ...{ clock, users, limits, file, ended, local },
      tokens: new TokenStore(folder, clock),
    });
  const logIn = () => {
    const { cookie, caller } = sessions.create(dora, { side: 'police', address: '192.0.2.1' });
    return { cookie: cookie.reveal(), caller };
  };

  const diskThatFills = () => {
    const file = new SessionFile(folder, silentLogger);
    return {
      isFull: false,
      read: () => file.read(),
      write(logins: readonly StoredLogin[]) {
        if (this.isFull) throw FULL;
        file.write(logins);
      },
    };
  };

  it('hold after a crash, under the same name in the journal', () => {
    const { cookie, caller } = logIn();
    const { onEnd: _, ...same } = caller;
    expect(start().find(cookie)).toMatchObject(same);
  });

  it('that were ended by the command line while nothing ran do not come back', () => {
    const { cookie, caller } = logIn();
    const stays = logIn();
    const ended = new EndedSessions(folder);
    ended.end({ session: caller.session, username: 'dora' });
    const again = start(new SessionFile(folder, silentLogger), ended);
    expect(again.find(cookie)).toBeUndefined();
    expect(again.find(stays.cookie)).toMatchObject({ user: 'dora' });
  });

  it('hold for nobody while it cannot be read which were ended', () => {
    const { cookie } = logIn();
    writeFileSync(join(folder, 'ended-sessions.json'), '{');
    const again = start(new SessionFile(folder, silentLogger), new EndedSessions(folder));
    expect(() => again.find(cookie)).toThrow(
      expect.objectContaining({ code: 'state-file-unreadable' }),
    );
  });

  it('of a connection with a certificate are bound to that after a crash too', () => {
    const how = { side: 'police', address: '192.0.2.1', certified: true } as const;
    const { cookie } = sessions.create(dora, how);
    const { cookie: free } = logIn();
    const restarted = start();
    expect(restarted.find(cookie.reveal())).toMatchObject({ user: 'dora', certified: true });
    expect(restarted.find(free)?.user).toBe('dora');
    expect(restarted.find(free)).not.toHaveProperty('certified');
  });

  it('are not used by whoever may not, and run out meanwhile', () => {
    const { cookie } = logIn();
    clock.advance(limits.idleMs - 1);
    expect(sessions.find(cookie, () => false)).toBeUndefined();
    clock.advance(1);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it('hold after an orderly stop, which cuts what is open', () => {
    const { cookie, caller } = logIn();
    let cut = false;
    caller.onEnd(() => {
      cut = true;
    });
    sessions.stop();
    expect(cut).toBe(true);
    expect(sessions.find(cookie)).toBeUndefined();
    expect(start().find(cookie)).toBeDefined();
  });

  it('are kept without what opens them, for their owner alone', () => {
    const { cookie } = logIn();
    expect(readFileSync(path, 'utf8')).not.toContain(cookie);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { logins } = JSON.parse(readFileSync(path, 'utf8'));
    expect(start().find(logins[0].sha256)).toBeUndefined();
  });

  it('that were ended stay ended', () => {
    const [one, two] = [logIn(), logIn()];
    sessions.end(one.caller.session);
    expect(start().find(one.cookie)).toBeUndefined();
    expect(start().find(two.cookie)).toBeDefined();
  });

  it('are over when the password was changed or the user removed meanwhile', async () => {
    const { cookie } = logIn();
    clock.advance(1_000);
    await users.setPassword('dora', password);
    expect(start().find(cookie)).toBeUndefined();
    const changed = users.find('dora');
    if (!changed) throw new Error('no user');
    const again = sessions
      .create(changed, { side: 'police', address: '192.0.2.1' })
      .cookie.reveal();
    expect(start().find(again)).toBeDefined();
    users.remove('dora');
    expect(start().find(again)).toBeUndefined();
  });

  it('are over when the configuration no longer lets them in so', async () => {
    const olga = await users.add({ username: 'olga', password, role: 'operator' });
    const desk = sessions.create(olga, { side: 'centre', address: '192.0.2.2' }).cookie.reveal();
    const room = logIn().cookie;
    const under = (local: LocalTerms) => {
      const restarted = start(undefined, undefined, local);
      return [desk, room].map((cookie) => restarted.find(cookie)?.user);
    };
    expect(under({ localUsers: true, secondFactorFor: ['admin'] })).toEqual(['olga', 'dora']);
    expect(under({ localUsers: false })).toEqual([undefined, 'dora']);
    expect(under({ secondFactorFor: ['dispatcher'] })).toEqual(['olga', undefined]);
    const secret = newTotpSecret();
    const unixMs = clock.unixUs() / 1000;
    users.setSecondFactor('dora', secret, totpCode(fromBase32(secret), totpStep(unixMs)));
    const again = sessions.create(users.get('dora'), { side: 'police', address: '192.0.2.1' });
    const restarted = start(undefined, undefined, { secondFactorFor: ['dispatcher'] });
    expect(restarted.find(again.cookie.reveal())?.user).toBe('dora');
  });

  it('end at their time all the same', () => {
    const { cookie } = logIn();
    clock.advance(29 * MINUTE);
    expect(start().find(cookie)).toBeDefined();
    clock.advance(MINUTE);
    expect(start().find(cookie)).toBeUndefined();
  });

  it('end twelve hours after they began, however often the gateway began anew', () => {
    const { cookie, caller } = logIn();
    caller.onEnd(() => undefined);
    clock.advance(100 * MINUTE);
    const next = start();
    next.find(cookie)?.onEnd(() => undefined);
    clock.advance(19 * MINUTE);
    expect(next.find(cookie)).toBeDefined();
    clock.advance(MINUTE);
    expect(start().find(cookie)).toBeUndefined();
    expect(next.find(cookie)).toBeUndefined();
  });

  it('that are used are known as used, within some minutes', () => {
    const { cookie, caller } = logIn();
    caller.onEnd(() => undefined);
    clock.advance(60 * MINUTE);
    expect(start().find(cookie)).toBeDefined();
  });

  it('are nobody’s when the file is damaged, which is said, and new ones are kept again', async () => {
    const { cookie } = logIn();
    writeFileSync(path, '{"version":1,');
    const stream = new PassThrough({ encoding: 'utf8' });
    sessions = start(
      new SessionFile(folder, createLogger({ level: 'warn', format: 'json', stream })),
    );
    const said = await until('a warning', () => stream.read());
    expect(said).toContain(`${path} cannot be read or is damaged: everybody has to log in again`);
    expect(sessions.find(cookie)).toBeUndefined();
    const later = logIn().cookie;
    expect(start().find(later)).toBeDefined();
  });

  it('are written when one begins or ends, and not when it is used', () => {
    const file = new SessionFile(folder, silentLogger);
    let written = 0;
    sessions = start({
      read: () => file.read(),
      write: () => {
        written += 1;
      },
    });
    const { cookie, caller } = logIn();
    for (let request = 0; request < 100; request++) {
      clock.advance(1_000);
      sessions.find(cookie);
    }
    expect(written).toBe(1);
    sessions.end(caller.session);
    clock.advance(10 * MINUTE);
    expect(written).toBe(2);
  });

  it('that were ended on a full disk are recorded as ended', () => {
    const disk = diskThatFills();
    sessions = start(disk);
    const { caller } = logIn();
    disk.isFull = true;
    const journal = openJournal(join(folder, 'journal.db'));
    const desk = new LogIn({ users, sessions, journal, clock });
    expect(() => desk.close(caller)).toThrow(FULL);
    expect([...journal.read()].map(({ kind }) => kind)).toEqual(['session.closed']);
    journal.close();
  });

  it('are not made when they cannot be kept, and an end that was not written is written later', () => {
    const disk = diskThatFills();
    sessions = start(disk);
    const { cookie, caller } = logIn();
    disk.isFull = true;
    expect(logIn).toThrow(FULL);
    expect(() => sessions.end(caller.session)).toThrow(FULL);
    expect(sessions.find(cookie)).toBeUndefined();
    disk.isFull = false;
    clock.advance(2_000);
    expect(JSON.parse(readFileSync(path, 'utf8')).logins).toEqual([]);
  });
});
