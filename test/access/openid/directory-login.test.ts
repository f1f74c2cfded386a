import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DirectoryLogin, type Return } from '../../../src/access/openid/directory-login.ts';
import { Sessions } from '../../../src/access/sessions.ts';
import { TokenStore } from '../../../src/access/tokens.ts';
import { UserStore } from '../../../src/access/users.ts';
import { LiveViewError } from '../../../src/core/errors.ts';
import { type LogFields, silentLogger } from '../../../src/core/log.ts';
import type { NewEntry } from '../../../src/journal/record.ts';
import { openJournal, type SqliteJournal } from '../../../src/journal/sqlite-journal.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import {
  idClaims,
  type Key,
  makeKey,
  ScriptedDirectory,
  sign,
} from '../../support/openid/scripted-directory.ts';
import { termsOf } from '../../support/openid/terms.ts';

const ADDRESS = '192.0.2.1';

describe('a login at the directory', () => {
  let folder: string;
  let key: Key;
  let clock: ManualClock;
  let directory: ScriptedDirectory;
  let journal: SqliteJournal;
  let login: DirectoryLogin;
  let sessions: Sessions;
  let logged: { message: string; fields: LogFields | undefined }[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liveview-directory-login-'));
    clock = new ManualClock();
    key = await makeKey('one');
    directory = await ScriptedDirectory.showing(key);
    journal = openJournal(join(folder, 'journal.db'), { clock, log: silentLogger });
    logged = [];
    const users = new UserStore(folder, clock);
    sessions = new Sessions({ clock, users, tokens: new TokenStore(folder, clock) });
    const warn = (message: string, fields?: LogFields) => logged.push({ message, fields });
    login = new DirectoryLogin({
      terms: termsOf(directory.issuer, { roles: [{ value: 'operators', role: 'operator' }] }),
      ...{ sessions, journal, clock, log: { ...silentLogger, warn } },
    });
  });
  afterEach(async () => {
    await directory.stop();
    sessions.stop();
    journal.close();
    rmSync(folder, { recursive: true });
  });

  async function goneThere(change: Record<string, unknown>, address: string): Promise<Return> {
    const { url, cookie } = await login.begin();
    const { searchParams: asked } = new URL(url);
    const unixS = Math.floor(clock.unixUs() / 1e6);
    const claims = idClaims(directory.issuer, asked.get('nonce') ?? '', unixS);
    directory.idToken = await sign(key, { ...claims, ...change });
    const answer = new URLSearchParams({ code: 'c', state: asked.get('state') ?? '' });
    return { answer, cookie: cookie.reveal(), address };
  }
  const comeBack = async (change: Record<string, unknown> = {}, address = ADDRESS) =>
    login.finish(await goneThere(change, address));
  const kinds = () => [...journal.read()].map(({ kind }) => kind);

  it('lets nobody in whom the journal does not know', async () => {
    const { append } = journal;
    let full = true;
    journal.append = (entry: NewEntry) => {
      if (full) throw new LiveViewError('journal-unwritable', 'the disk is full');
      return append.call(journal, entry);
    };
    await expect(comeBack()).rejects.toMatchObject({ code: 'journal-unwritable' });
    expect(sessions.ofDirectory()).toEqual([]);
    full = false;
    expect((await comeBack()).caller.user).toBe('openid:olga');
    expect(kinds()).toEqual(['session.opened']);
  });

  it('that leads to nobody fills neither the log nor the journal', async () => {
    directory.answers.set('/token', (_request, response) => response.end('x'));
    for (let time = 0; time < 200; time += 1) {
      await comeBack().catch(() => undefined);
      clock.advance(100);
    }
    // Thirty at once, and one in two seconds.
    expect(directory.asks('/token')).toBe(39);
    expect(logged.length).toBeLessThanOrEqual(21);
    expect(logged[1]?.fields).toMatchObject({ code: 'openid-failed', unlogged: 9 });
    expect(kinds()).toHaveLength(39);
    for (let time = 0; time < 200; time += 1) {
      const { url } = await login.begin();
      const state = new URL(url).searchParams.get('state') ?? '';
      const answer = new URLSearchParams({ code: 'c', state });
      const forged = { answer, cookie: 'forged', address: ADDRESS };
      await expect(login.finish(forged)).rejects.toMatchObject({ code: 'openid-expired' });
    }
    // Sixty a minute; the rest is counted.
    expect(kinds()).toHaveLength(60);
    clock.advance(60_000);
    await comeBack().catch(() => undefined);
    const [, counted] = [...journal.read()].slice(-2);
    expect([...journal.read()].at(-2)?.data).toEqual({ count: 179 });
    expect(counted?.data).toMatchObject({ user: '(unknown)', reason: 'openid-failed' });
  });

  it('is taken to the directory four at a time for one address, and no more', async () => {
    const waiting: (() => void)[] = [];
    directory.answers.set('/token', (_request, response) => {
      waiting.push(() => response.end('x'));
    });
    const tries = Array.from({ length: 6 }, () => comeBack().then(String, (error) => error.code));
    const refused = await Promise.race(tries);
    expect(refused).toBe('login-too-often');
    while (waiting.length < 4) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of waiting) answer();
    const codes = await Promise.all(tries);
    expect(codes.filter((code) => code === 'login-too-often')).toHaveLength(2);
    expect(codes.filter((code) => code === 'openid-failed')).toHaveLength(4);
  });

  it('gets its turn, however many others keep the directory busy', async () => {
    const waiting: (() => void)[] = [];
    directory.answers.set('/token', (_request, response) => {
      waiting.push(() => response.end('x'));
    });
    const crowd = Array.from({ length: 32 }, (_, i) => comeBack({}, `203.0.${i % 8}.1`));
    const over = Promise.allSettled(crowd);
    while (waiting.length < 32) await settle();
    directory.answers.delete('/token');
    // In the line before there is room.
    const newcomer = login.finish(await goneThere({}, '198.51.100.1'));
    waiting[0]?.();
    expect((await newcomer).caller.user).toBe('openid:olga');
    for (const answer of waiting.slice(1)) answer();
    await over;
  });
});
