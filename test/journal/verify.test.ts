import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Database from 'libsql';
import { entryHash } from '../../src/journal/chain.ts';
import type { Entry } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { type Verdict, verifyJournal, verifyStored } from '../../src/journal/verify.ts';
import { Folder, filled } from './support.ts';

describe('verification', () => {
  let folder: Folder;
  let entries: Entry[];
  beforeEach(() => {
    folder = new Folder();
    const journal = filled(folder.file, 12);
    entries = [...journal.read()];
    journal.close();
  });
  afterEach(() => folder.dispose());

  const at = (index: number): Entry => {
    const entry = entries[index];
    if (!entry) throw new Error(`no entry ${index}`);
    return entry;
  };

  it('finds an untouched journal whole, also an empty one', () => {
    expect(verifyJournal(entries)).toEqual({
      ...{ ok: true, entries: 12, head: { seq: 12, hash: at(11).hash }, removed: 0, signed: null },
      interruptions: [],
    });
    expect(verifyJournal([])).toMatchObject({ ok: true, entries: 0 });
  });

  const changed = (index: number, change: Partial<Entry>) =>
    entries.map((entry, each) => (each === index ? { ...entry, ...change } : entry));
  const rehashed = (index: number, change: Partial<Entry>) => {
    const entry = { ...at(index), ...change };
    return changed(index, { ...change, hash: entryHash(entry) });
  };

  it.each<[string, () => Entry[], number, string]>([
    ['changed data', () => changed(4, { data: { note: 'x' } }), 5, 'its content was changed'],
    ['a changed time', () => changed(4, { timeUnixUs: 1 }), 5, 'its content was changed'],
    [
      'changed data with a new hash',
      () => rehashed(4, { data: {} }),
      6,
      'it does not follow from the entry before',
    ],
    ['a removed entry', () => entries.toSpliced(4, 1), 5, 'it is missing'],
    ['a removed first entry', () => entries.slice(1), 1, 'it is missing'],
    ['two swapped entries', () => entries.toSpliced(4, 2, at(5), at(4)), 5, 'it is missing'],
    [
      'an entry that is there twice',
      () => entries.toSpliced(4, 0, at(3)),
      4,
      'it is out of order or there twice',
    ],
    [
      'an entry added at the end',
      () => [...entries, { ...at(11), seq: 13 }],
      13,
      'it does not follow from the entry before',
    ],
    [
      'an entry removed at the end',
      () => entries.slice(0, 11),
      12,
      'entries are missing at the end',
    ],
    [
      'another last entry',
      () => rehashed(11, { data: {} }),
      12,
      'it is not the entry that the head names',
    ],
  ])('finds %s', (_, tamper, seq, reason) => {
    const head = { seq: 12, hash: at(11).hash };
    expect(verifyJournal(tamper(), { head })).toEqual({ ok: false, seq, reason });
  });

  it('finds any flipped bit of any stored row, whichever column it is in', () => {
    const columns = ['seq', 'time_unix_us', 'kind', 'incident', 'content', 'previous_hash', 'hash'];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...columns),
        fc.nat(),
        fc.integer({ min: 0, max: 6 }),
        (seq, column, where, bit) => {
          const db = new Database(folder.file);
          const row = db.prepare(`SELECT * FROM entries WHERE seq = ?`).get(seq) as Record<
            string,
            unknown
          >;
          const before = row[column];
          const after = flipped(before, where, bit);
          const write = db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`);
          try {
            write.run(after, seq);
          } catch {
            db.close(); // The place is taken: SQLite refuses two entries of one number.
            return;
          }
          const verdict = storedVerdict(folder.file);
          write.run(before, column === 'seq' ? after : seq);
          db.close();
          expect(verdict.ok).toBe(false);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    expect(storedVerdict(folder.file).ok).toBe(true);
  });

  it.each([
    'DELETE FROM entries WHERE seq = 1',
    'DELETE FROM entries WHERE seq = 6',
    'DELETE FROM entries WHERE seq = 12',
    'DELETE FROM entries',
    'UPDATE entries SET content = (SELECT content FROM entries WHERE seq = 3) WHERE seq = 4',
    `UPDATE entries SET content = replace(content, 'regel', 'rege\\u006c')`,
    `UPDATE entries SET content = ' ' || content WHERE seq = 2`,
    `UPDATE entries SET content = replace(content, '\\u001f', '\\u001F')`,
    'UPDATE entries SET incident = NULL WHERE seq = 2',
    'INSERT INTO entries SELECT 13, time_unix_us, kind, incident, content, hash, hash FROM entries WHERE seq = 12',
    'UPDATE head SET hash = upper(hash)',
  ])('finds in the database: %s', (sql) => {
    const db = new Database(folder.file);
    db.exec(sql);
    db.close();
    expect(storedVerdict(folder.file).ok).toBe(false);
  });
});

function storedVerdict(file: string): Verdict {
  const journal = openJournal(file, { create: false, unchecked: true });
  try {
    return verifyStored(journal);
  } finally {
    journal.close();
  }
}

/** The value with one of the low seven bits of one of its characters or bytes flipped. */
function flipped(value: unknown, where: number, bit: number): string | number {
  if (typeof value === 'number') return value + 2 ** bit;
  const text = String(value);
  const at = where % text.length;
  const code = text.charCodeAt(at) ^ (1 << bit);
  return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
}
