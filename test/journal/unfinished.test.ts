import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openJournal, type SqliteJournal } from '../../src/journal/sqlite-journal.ts';
import { unfinishedBytes } from '../../src/journal/unfinished.ts';
import { verifyStored } from '../../src/journal/verify.ts';
import { Folder, filled, OLGA } from './support.ts';

/** A commit that was interrupted, wherever: the files of a process that was killed, cut off by hand. */
describe('a write that was not finished', () => {
  let folder: Folder;
  let writing: SqliteJournal;
  /** The files before and after the commit of one more entry. */
  let before: { readonly length: number; readonly head: Buffer };
  let after: number;
  beforeEach(() => {
    folder = new Folder();
    writing = filled(folder.file, 20);
    before = {
      length: readFileSync(`${folder.file}-wal`).length,
      head: readFileSync(join(folder.path, 'journal.head')),
    };
    writing.append({ kind: 'test.last', actor: OLGA, data: { text: 'x'.repeat(9_000) } });
    after = readFileSync(`${folder.file}-wal`).length;
  });
  afterEach(() => {
    writing.close();
    folder.dispose();
  });

  /** As the disk has it when the process stops at a place of the log, before the commit is confirmed. */
  function stoppedAt(length: number, change: (wal: Buffer) => void = () => undefined): string {
    const file = join(folder.below(`at-${length}-${Math.random()}`), 'journal.db');
    copyFileSync(folder.file, file);
    const wal = readFileSync(`${folder.file}-wal`).subarray(0, length);
    change(wal);
    writeFileSync(`${file}-wal`, wal);
    writeFileSync(file.replace('.db', '.head'), before.head);
    return file;
  }

  function entriesOf(file: string): number {
    const journal = openJournal(file, { create: false });
    const verdict = verifyStored(journal);
    journal.recover();
    journal.append({ kind: 'test.on', actor: OLGA, data: {} });
    journal.close();
    return verdict.ok ? verdict.entries : -1;
  }

  it('is measured, left out, and written over, wherever it ends', () => {
    expect(after - before.length).toBeGreaterThan(3 * 4_096);
    const places = [1, 8, 23, 24, 25, 600, 4_119, 4_120, 4_121, 8_240, after - before.length - 1];
    for (const more of places) {
      const file = stoppedAt(before.length + more);
      expect({ more, bytes: unfinishedBytes(file) }).toEqual({ more, bytes: more });
      expect(entriesOf(file)).toBe(20);
      expect(unfinishedBytes(file)).toBe(0);
    }
  });

  it('is nothing where the last write is whole', () => {
    expect(unfinishedBytes(stoppedAt(before.length))).toBe(0);
    const file = stoppedAt(after);
    expect(unfinishedBytes(file)).toBe(0);
    expect(entriesOf(file)).toBe(21);
  });

  it('may be torn in the middle: pages that were written out of order', () => {
    const file = stoppedAt(after, (wal) => wal.fill(0, before.length + 100, before.length + 612));
    expect(unfinishedBytes(file)).toBe(after - before.length);
    expect(entriesOf(file)).toBe(20);
  });

  it('is nothing in a log that was begun anew, with old frames behind the end', () => {
    writing.close();
    const journal = openJournal(folder.file);
    for (let count = 0; count < 199; count += 1) {
      journal.append({ kind: 'test.more', actor: OLGA, data: {} });
    }
    const long = readFileSync(`${folder.file}-wal`).length;
    journal.append({ kind: 'test.more', actor: OLGA, data: {} });
    journal.append({ kind: 'test.more', actor: OLGA, data: {} });
    expect(readFileSync(`${folder.file}-wal`).length).toBeGreaterThanOrEqual(long);
    expect(unfinishedBytes(folder.file)).toBe(0);
    journal.close();
  });

  it('is nothing where there is no log, and all of one that has no whole header', () => {
    expect(unfinishedBytes(join(folder.path, 'none.db'))).toBe(0);
    const file = stoppedAt(before.length);
    truncateSync(`${file}-wal`, 20);
    expect(unfinishedBytes(file)).toBe(20);
  });

  it('is not opened where it was confirmed: then somebody must say that it may go', () => {
    const file = stoppedAt(before.length + 100);
    copyFileSync(join(folder.path, 'journal.head'), file.replace('.db', '.head'));
    const damaged = expect.objectContaining({ code: 'journal-damaged' });
    expect(() => openJournal(file)).toThrow(damaged);
    const journal = openJournal(file, { unchecked: true });
    expect(verifyStored(journal)).toMatchObject({ ok: false, seq: 21 });
    journal.close();
  });
});
