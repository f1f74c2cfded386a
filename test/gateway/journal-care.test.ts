import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { type Logger, silentLogger } from '../../src/core/log.ts';
import { JournalCare } from '../../src/gateway/journal-care.ts';
import { Folder, OLGA, SignedJournal } from '../journal/support.ts';

describe('the care for the journal', () => {
  let folder: Folder;
  let signed: SignedJournal;
  let care: JournalCare;
  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
    const { journal, clock } = signed;
    care = new JournalCare({
      ...{ journal, clock, log: silentLogger, keepDays: 30 },
      forget: () => undefined,
    });
    care.start();
  });
  afterEach(() => {
    care.stop();
    signed.journal.close();
    folder.dispose();
  });

  const kinds = () => [...signed.journal.read()].map(({ kind }) => kind);
  const note = () => signed.journal.append({ kind: 'test.done', actor: OLGA, data: {} });

  it('signs at the start, and within five minutes what was written', () => {
    expect(kinds()).toEqual(['journal.key', 'journal.checkpoint']);
    note();
    signed.clock.advance(4 * 60_000);
    expect(kinds()).toHaveLength(3);
    signed.clock.advance(60_000);
    expect(kinds().slice(2)).toEqual(['test.done', 'journal.checkpoint']);
    signed.clock.advance(60 * 60_000);
    expect(kinds()).toHaveLength(4);
  });

  it('leaves it to the first act that is recorded again to say that there was a time without', () => {
    const other = new Database(folder.file);
    other.exec('BEGIN IMMEDIATE');
    expect(note).toThrow();
    other.exec('ROLLBACK');
    other.close();
    note();
    expect(kinds().slice(2)).toEqual(['journal.resumed', 'test.done']);
    signed.clock.advance(60_000);
    expect(kinds()).toHaveLength(4);
  });

  it('tries every two seconds to write again, and says in the journal that there was a time without', () => {
    const told: boolean[] = [];
    signed.journal.onHealth((healthy) => told.push(healthy));
    const other = new Database(folder.file);
    other.exec('BEGIN IMMEDIATE');
    expect(note).toThrow(expect.objectContaining({ code: 'journal-unwritable' }));
    signed.clock.advance(4_000);
    expect(told).toEqual([false]);
    other.exec('ROLLBACK');
    other.close();
    signed.clock.advance(2_000);
    expect(told).toEqual([false, true]);
    expect(kinds().slice(2)).toEqual(['journal.resumed']);
    const [resumed] = [...signed.journal.read({ after: 2 })];
    expect(resumed?.data).toEqual({ sinceUnixUs: (resumed?.timeUnixUs ?? 0) - 6_000_000 });
    signed.clock.advance(60_000);
    expect(kinds()).toHaveLength(3);
  });

  it('outlives a database that cannot be read, and says that nothing is recorded', () => {
    note();
    const other = new Database(folder.file);
    other.exec('ALTER TABLE head RENAME TO lost');
    signed.clock.advance(5 * 60_000);
    expect(signed.journal.healthy).toBe(false);
    signed.clock.advance(60_000);
    other.exec('ALTER TABLE lost RENAME TO head');
    other.close();
    signed.clock.advance(2_000);
    expect(signed.journal.healthy).toBe(true);
    expect(kinds().slice(2)).toEqual(['test.done', 'journal.resumed']);
  });

  it('logs what fails in a way that nobody thought of, and goes on', () => {
    const logged: unknown[] = [];
    const log: Logger = { ...silentLogger, error: (_, context) => logged.push(context?.['error']) };
    const unforeseen = new TypeError('unforeseen');
    const { journal, clock } = signed;
    journal.sign = () => {
      throw unforeseen;
    };
    const other = new JournalCare({
      ...{ journal, clock, log, keepDays: 30 },
      forget: () => undefined,
    });
    other.start();
    clock.advance(5 * 60_000);
    other.stop();
    expect(logged).toEqual([unforeseen, unforeseen]);
  });
});
