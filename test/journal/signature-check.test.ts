import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bare, entryHash } from '../../src/journal/chain.ts';
import type { AnyEntry, Entry } from '../../src/journal/record.ts';
import { isBare } from '../../src/journal/record.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { Folder, fill, SignedJournal } from './support.ts';

/** Keys 1 and 2 of which the first vouches for the second; entries 1–9 by the first, the rest by the second. */
describe('signatures', () => {
  let folder: Folder;
  let signed: SignedJournal;
  let entries: AnyEntry[];
  let keys: [string, string];

  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
    const { journal, clock } = signed;
    journal.sign();
    fill(journal, clock, 5);
    signed.close('inc_a');
    const first = signed.key;
    signed.rekey();
    fill(journal, clock, 2);
    journal.sign();
    keys = [first, signed.key];
    entries = [...journal.chain()];
  });
  afterEach(() => {
    signed.journal.close();
    folder.dispose();
  });

  const kinds = () => entries.map(({ kind }) => kind.replace('incident.', ''));

  it('are entries of their own, after what they sign', () => {
    expect(kinds()).toEqual([
      ...['journal.key', 'journal.checkpoint'],
      ...['updated', 'updated', 'updated', 'updated', 'updated', 'closed', 'journal.checkpoint'],
      ...['journal.key', 'updated', 'updated', 'journal.checkpoint'],
    ]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each<[string, () => string[], boolean]>([
    ['no kept key', () => [], false],
    ['the first key kept', () => [keys[0]], true],
    ['the second key kept', () => [keys[1]], true],
  ])('with %s hold up to the newest', (_, kept, isKept) => {
    const verdict = verifyJournal(entries, { kept: { keys: kept() } });
    expect(verdict).toMatchObject({
      ok: true,
      signed: { seq: 12, key: keys[1], kept: isKept },
    });
  });

  it('by no kept key are none', () => {
    const kept = { keys: ['ab'.repeat(32)] };
    const reason = 'nothing in it is signed with the kept key';
    expect(verifyJournal(entries, { kept })).toEqual({ ok: false, seq: 0, reason });
  });

  it('do not cover what follows them', () => {
    expect(verifyJournal(entries.slice(0, 12))).toMatchObject({ ok: true, signed: { seq: 8 } });
  });

  /** The entry with other data, and every entry after it hashed anew: a chain that holds. */
  function forged(seq: number, change: (data: Entry['data']) => Entry['data']): AnyEntry[] {
    let previousHash = '0'.repeat(64);
    return entries.map((entry) => {
      const next = { ...entry, previousHash };
      const changed =
        entry.seq === seq && !isBare(next) ? { ...next, data: change(next.data) } : next;
      previousHash = entryHash(changed);
      return { ...changed, hash: previousHash };
    });
  }

  it('find a chain that was hashed anew by whoever has no key', () => {
    const reason = 'its signature does not hold';
    expect(verifyJournal(forged(5, () => ({})))).toEqual({ ok: false, seq: 9, reason });
    expect(verifyJournal(forged(1, ({ key, ...rest }) => ({ key: key ?? null, ...rest })))).toEqual(
      verifyJournal(entries),
    );
  });

  it.each<[string, number, (data: Entry['data']) => Entry['data'], string]>([
    [
      'another signature',
      13,
      (data) => ({ ...data, signature: 'ab'.repeat(64) }),
      'its signature does not hold',
    ],
    [
      'another key',
      13,
      (data) => ({ ...data, key: 'ab'.repeat(32) }),
      'it is signed with a key that was not announced',
    ],
    ['no signature', 13, ({ signature: _, ...data }) => data, 'it holds no signature'],
    [
      'another new key',
      10,
      (data) => ({ ...data, key: 'ab'.repeat(32) }),
      'its signature does not hold',
    ],
    [
      'another old key',
      10,
      (data) => ({ ...data, previous: 'ab'.repeat(32) }),
      'its key is not vouched for by the last',
    ],
    ['no key', 10, () => ({}), 'it announces no key'],
    [
      'nobody who vouches',
      10,
      (data) => ({ ...data, previous: null }),
      'its signature does not hold',
    ],
  ])('with %s do not hold', (_, seq, change, reason) => {
    expect(verifyJournal(forged(seq, change))).toEqual({ ok: false, seq, reason });
  });

  it('are never without their content', () => {
    const cut = entries.map((entry) => (entry.seq === 9 ? bare(entry) : entry));
    const reason = 'its content may not be missing';
    expect(verifyJournal(cut)).toEqual({ ok: false, seq: 9, reason });
  });

  it('go on with a key that nobody vouches for, which is said, and refused to whoever kept one', () => {
    signed.rekey(true);
    signed.journal.sign();
    entries = [...signed.journal.chain()];
    expect(verifyJournal(entries)).toMatchObject({ ok: true, newKeyAt: 14, signed: { seq: 14 } });
    const reason =
      'another key takes over, and neither the key before it nor a kept one vouches for it';
    const kept = { keys: [keys[0]] };
    expect(verifyJournal(entries, { kept })).toEqual({ ok: false, seq: 14, reason });
    const both = { keys: [keys[0], signed.key] };
    expect(verifyJournal(entries, { kept: both })).toMatchObject({ ok: true, newKeyAt: 14 });
  });
});
