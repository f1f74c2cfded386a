import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BuildOptions, build } from 'esbuild';
import Database from 'libsql';
import { confirmedPath } from '../../src/journal/confirmed.ts';
import { RESUMED_KIND } from '../../src/journal/interruption.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { verifyStored } from '../../src/journal/verify.ts';
import { appendAtLast } from './append-at-last.ts';
import { DAAN, Folder, filled, OLGA } from './support.ts';

/** A program that appends forty entries to the journal named as its first argument. */
const APPENDER: BuildOptions = {
  stdin: {
    contents: `
      import { openJournal } from './src/journal/sqlite-journal.ts';
      import { appendAtLast } from './test/journal/append-at-last.ts';
      const [file, user] = process.argv.slice(2);
      const journal = openJournal(file);
      for (let index = 0; index < 40; index += 1) {
        appendAtLast(journal, { kind: 'user.added', actor: { user, role: 'admin' }, data: { index } });
      }
      journal.close();`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  logLevel: 'error',
};

const UNWRITABLE = expect.objectContaining({ code: 'journal-unwritable' });

describe('the journal in SQLite', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.dispose());

  it('gives back what was appended, after it was closed and opened again', () => {
    const before = openJournal(folder.file);
    expect(before.head()).toEqual({ seq: 0, hash: '0'.repeat(64) });
    const data = { camera: 'shop-1', args: { pan: 0.25 }, list: [1, 'twee', null, true] };
    const first = before.append({ kind: 'desk.intent', actor: DAAN, incident: 'inc_1', data });
    const second = before.append({ kind: 'user.added', actor: OLGA, data: {} });
    expect(first).toMatchObject({
      seq: 1,
      kind: 'desk.intent',
      actor: DAAN,
      incident: 'inc_1',
      data,
    });
    expect(second).toMatchObject({ seq: 2, previousHash: first.hash });
    before.close();
    const after = openJournal(folder.file);
    expect([...after.read()]).toEqual([first, second]);
    expect(after.head()).toEqual({ seq: 2, hash: second.hash });
    after.close();
  });

  it('reads by place, by incident and up to a limit, over many pages', () => {
    const journal = filled(folder.file, 1_203);
    const seqs = (options: Parameters<typeof journal.read>[0]) =>
      [...journal.read(options)].map((entry) => entry.seq);
    expect(seqs({})).toHaveLength(1_203);
    expect(seqs({ after: 1_201 })).toEqual([1_202, 1_203]);
    expect(seqs({ incident: 'inc_b', limit: 2 })).toEqual([3, 6]);
    expect(seqs({ incident: 'inc_b', after: 6, limit: 1 })).toEqual([9]);
    expect(seqs({ limit: 501 })).toHaveLength(501);
    expect(seqs({ incident: "' OR 1=1 --" })).toEqual([]);
    journal.close();
  });

  it('can be appended to while it is being read', () => {
    const journal = filled(folder.file, 5);
    const seen: number[] = [];
    for (const entry of journal.read()) {
      seen.push(entry.seq);
      if (entry.seq <= 3) journal.append({ kind: 'meanwhile', actor: OLGA, data: {} });
    }
    expect(seen.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(verifyStored(journal)).toMatchObject({ ok: true, entries: 8 });
    journal.close();
  });

  it('lets nobody else read its files', () => {
    const journal = filled(folder.file, 1);
    const names = readdirSync(folder.path);
    expect(names).toContain('journal.db-wal');
    for (const name of names) expect(statSync(join(folder.path, name)).mode & 0o077).toBe(0);
    journal.close();
  });

  it('is one chain however many processes append', async () => {
    const script = join(folder.path, 'append.cjs');
    await build({ ...APPENDER, outfile: script });
    const env = { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') };
    const run = (user: string) =>
      promisify(execFile)(process.execPath, [script, folder.file, user], { env });
    const journal = openJournal(folder.file);
    const others = Promise.all([run('one'), run('two')]);
    for (let index = 0; index < 40; index += 1) {
      appendAtLast(journal, { kind: 'incident.updated', actor: OLGA, data: { index } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await others;
    expect(verifyStored(journal)).toMatchObject({ ok: true });
    // Whoever had to wait for too long says so.
    const appended = [...journal.read()].filter(({ kind }) => kind !== RESUMED_KIND);
    expect(appended).toHaveLength(120);
    journal.close();
  });

  it.each([
    ['another process holds the lock', 'BEGIN IMMEDIATE'],
    ['entries are missing at the end', 'DELETE FROM entries WHERE seq = 3'],
    ['the head was changed', 'UPDATE head SET seq = 2'],
    ['the table is gone', 'DROP TABLE entries'],
  ])('refuses to append, and stays as it was, when %s', (_, sql) => {
    const journal = filled(folder.file, 3);
    const head = journal.head();
    const other = new Database(folder.file);
    other.exec(sql);
    expect(() => journal.append({ kind: 'x', actor: OLGA, data: {} })).toThrow(UNWRITABLE);
    expect(journal.head().seq).toBeLessThanOrEqual(head.seq);
    other.close();
    journal.close();
  });

  it('refuses what it could not give back unchanged', () => {
    const journal = filled(folder.file, 1);
    const data = { note: 'half \ud800' };
    expect(() => journal.append({ kind: 'x', actor: OLGA, data })).toThrow(UNWRITABLE);
    expect(journal.append({ kind: 'x', actor: OLGA, data: {} }).seq).toBe(2);
    journal.close();
  });

  it('writes many as one chain in one transaction, all of them or none', () => {
    const journal = filled(folder.file, 1);
    const entry = (index: number) => ({ kind: 'x', actor: OLGA, data: { index } });
    const written = journal.appendAll([entry(1), entry(2), entry(3)]);
    expect(written.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    const bad = { kind: 'x', actor: OLGA, data: { note: 'half \ud800' } };
    expect(() => journal.appendAll([entry(4), bad])).toThrow(UNWRITABLE);
    expect(journal.appendAll([])).toEqual([]);
    expect(verifyStored(journal)).toMatchObject({ ok: true, entries: 4 });
    journal.close();
  });

  it('is not healthy from the first append that did not reach the disk to the next that does', () => {
    const journal = filled(folder.file, 1);
    const append = (note = '') => journal.append({ kind: 'x', actor: OLGA, data: { note } });
    const other = new Database(folder.file);
    expect(journal.healthy).toBe(true);
    expect(() => append('half \ud800')).toThrow(UNWRITABLE);
    expect(journal.healthy).toBe(true);
    other.exec('BEGIN IMMEDIATE');
    expect(() => append()).toThrow(UNWRITABLE);
    expect(journal.healthy).toBe(false);
    other.exec('ROLLBACK');
    append();
    expect(journal.healthy).toBe(true);
    other.close();
    journal.close();
  });

  it('refuses to append when it is closed', () => {
    const journal = filled(folder.file, 1);
    journal.close();
    journal.close();
    expect(() => journal.append({ kind: 'x', actor: OLGA, data: {} })).toThrow(UNWRITABLE);
  });

  it('says so when the file is not a journal, or is not there', () => {
    const unreadable = expect.objectContaining({ code: 'journal-unreadable' });
    writeFileSync(folder.file, 'this is not a database, but it is long enough to look like one');
    expect(() => openJournal(folder.file)).toThrow(unreadable);
    const missing = join(folder.path, 'missing.db');
    expect(() => openJournal(missing, { create: false })).toThrow(unreadable);
    expect(existsSync(missing)).toBe(false);
    expect(() => openJournal(join(folder.path, 'no/such/folder.db'))).toThrow(unreadable);
  });

  it('leaves the file beside the database closed when confirmed entries are missing', () => {
    filled(folder.file, 1).close();
    const path = confirmedPath(folder.file);
    writeFileSync(path, `${'9'.padStart(16)} ${'ab'.repeat(32)}\n`);
    const damaged = expect.objectContaining({ code: 'journal-damaged' });
    expect(() => openJournal(folder.file)).toThrow(damaged);
    const open = readdirSync('/proc/self/fd').map((descriptor) => linkOf(descriptor));
    expect(open).not.toContain(path);
  });

  /** What a descriptor of this process is of; nothing when it was closed meanwhile. */
  function linkOf(descriptor: string): string {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return '';
    }
  }

  it('has recorded what it recorded, whatever whoever listens makes of it', () => {
    const journal = filled(folder.file, 1);
    const told: boolean[] = [];
    journal.onHealth(() => {
      throw new TypeError('unforeseen');
    });
    journal.onHealth((healthy) => told.push(healthy));
    const other = new Database(folder.file);
    other.exec('BEGIN IMMEDIATE');
    const note = () => journal.append({ kind: 'test.done', actor: OLGA, data: {} });
    expect(note).toThrow(UNWRITABLE);
    other.exec('ROLLBACK');
    other.close();
    expect(note().seq).toBe(3);
    expect(journal.healthy).toBe(true);
    expect(told).toEqual([false, true]);
    journal.close();
  });
});
