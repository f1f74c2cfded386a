import {
  chmodSync,
  copyFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { verifyStored } from '../../src/journal/verify.ts';
import { Folder, filled, OLGA, SignedJournal } from './support.ts';

describe('a journal that signs itself', () => {
  let folder: Folder;
  let signed: SignedJournal;
  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
  });
  afterEach(() => {
    signed.journal.close();
    folder.dispose();
  });

  const kinds = () => [...signed.journal.read()].map(({ kind }) => kind);
  const keyPath = () => join(folder.path, 'journal.key');
  const note = (index: number) => ({ kind: 'test.done', actor: OLGA, data: { index } });

  it('makes a key for its owner alone, announces it once and signs what is new', () => {
    signed.journal.sign();
    expect(statSync(keyPath()).mode & 0o777).toBe(0o600);
    expect(kinds()).toEqual(['journal.key', 'journal.checkpoint']);
    signed.journal.sign();
    expect(kinds()).toHaveLength(2);
    signed.journal.append(note(1));
    signed.journal.sign();
    expect(kinds().slice(2)).toEqual(['test.done', 'journal.checkpoint']);
  });

  it('signs after 500 entries and when an incident is closed, in the write of the last', () => {
    for (let index = 0; index < 250; index += 1) signed.journal.append(note(index));
    signed.journal.appendAll(Array.from({ length: 249 }, (_, index) => note(index)));
    expect(kinds()).not.toContain('journal.checkpoint');
    signed.journal.append(note(500));
    expect(kinds().slice(-2)).toEqual(['journal.key', 'journal.checkpoint']);
    signed.close('inc_a');
    expect(kinds().slice(-2)).toEqual(['incident.closed', 'journal.checkpoint']);
    expect(verifyStored(signed.journal)).toMatchObject({ ok: true, signed: { seq: 503 } });
  });

  it('signs what it has when it is closed, with the same key the next time', () => {
    signed.journal.append(note(1));
    signed.journal.close();
    const { keys } = signed;
    signed = new SignedJournal(folder.path);
    expect(kinds()).toEqual(['test.done', 'journal.key', 'journal.checkpoint']);
    signed.journal.append(note(2));
    signed.journal.sign();
    expect(signed.keys.signerOf(signed.key)?.key).toBe(keys.signerOf(signed.key)?.key);
    expect(verifyStored(signed.journal, { keys: [signed.key] })).toMatchObject({ ok: true });
  });

  it('counts what other processes append, and signs that too', () => {
    signed.journal.sign();
    const other = openJournal(folder.file);
    other.appendAll(Array.from({ length: 499 }, (_, index) => note(index)));
    other.close();
    signed.journal.append(note(1));
    expect(kinds().slice(-2)).toEqual(['test.done', 'journal.checkpoint']);
  });

  it('goes on with a key that another process announced', () => {
    signed.journal.sign();
    const other = new SignedJournal(folder.path);
    const [announced, make] = [other.key, () => other.keyFile.makeNext()];
    const previous = other.keys.signerOf(announced);
    const next = other.journal.announceKey(OLGA, { announced, previous, make });
    // The other process ends here: it had no time to put the key in its place.
    signed.journal.append(note(1));
    signed.journal.sign();
    const last = [...signed.journal.read()].at(-1);
    expect(last).toMatchObject({ kind: 'journal.checkpoint', data: { key: next.key } });
    expect(signed.keyFile.load()?.key).toBe(next.key);
    expect(signed.keyFile.loadNext()).toBeUndefined();
    other.keyFile.adoptNext(next.key);
    other.journal.close();
  });

  it.each<[string, () => void, RegExp]>([
    ['is gone', () => rmSync(keyPath()), /not in journal\.key.*rekey --lost/],
    ['is another one', () => otherKey(), /not in journal\.key/],
    [
      'may be read by others',
      () => chmodSync(keyPath(), 0o640),
      /others than its owner.*chmod 600/,
    ],
    ['is no key', () => writeFileSync(keyPath(), 'x'), /no private key/],
    ['is a link', () => linked(), /cannot be opened/],
  ])(
    'writes on without signing when its key %s, and says so until it is back',
    (_, spoil, says) => {
      signed.journal.sign();
      const saved = join(folder.path, 'saved.key');
      copyFileSync(keyPath(), saved);
      signed.journal.close();
      spoil();
      signed = new SignedJournal(folder.path);
      signed.close('inc_a');
      signed.journal.sign();
      expect(kinds().at(-1)).toBe('incident.closed');
      expect(signed.journal.signingProblem).toMatch(says);
      rmSync(keyPath(), { force: true });
      renameSync(saved, keyPath());
      signed.clock.advance(5_000);
      signed.journal.sign();
      expect(kinds().at(-1)).toBe('journal.checkpoint');
      expect(signed.journal.signingProblem).toBeUndefined();
    },
  );

  function otherKey(): void {
    const other = new SignedJournal(folder.below('other'));
    other.journal.sign();
    other.journal.close();
    copyFileSync(join(folder.path, 'other', 'journal.key'), keyPath());
  }

  function linked(): void {
    const elsewhere = join(folder.path, 'elsewhere.key');
    renameSync(keyPath(), elsewhere);
    symlinkSync(elsewhere, keyPath());
  }

  it('signs nothing by itself where it is opened without keys', () => {
    const journal = filled(join(folder.below('plain'), 'journal.db'), 600);
    journal.sign();
    journal.close();
    expect(journal.signingProblem).toBeUndefined();
  });
});
