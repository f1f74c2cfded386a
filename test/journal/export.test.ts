import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/journal/canonical.ts';
import { exportJournal, readExport } from '../../src/journal/export.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { DAAN, exported, Folder, fill, filled, OLGA, SignedJournal } from './support.ts';

describe('the export', () => {
  let folder: Folder;
  let lines: string[];
  beforeEach(() => {
    folder = new Folder();
    const journal = filled(folder.file, 9);
    lines = exported(journal);
    journal.close();
  });
  afterEach(() => folder.dispose());

  it('is verified without a database, and reads back as the entries', () => {
    expect(lines).toHaveLength(11);
    expect(verifyExport(lines)).toMatchObject({ ok: true, entries: 9 });
    const { header, entries } = readExport(lines);
    expect(header).toMatchObject({ incident: null, head: { seq: 9 } });
    expect([...entries][0]).toMatchObject({ seq: 1, actor: DAAN, incident: 'inc_a' });
  });

  it('holds the entries of one incident when told, each still verifiable', () => {
    const journal = filled(`${folder.file}-2`, 9);
    const extract = exported(journal, { incident: 'inc_b' });
    journal.close();
    expect(verifyExport(extract)).toMatchObject({ ok: true, entries: 3 });
    const spoilt = extract.map((line) => line.replace('regel 6', 'regel 7'));
    expect(verifyExport(spoilt)).toEqual({ ok: false, seq: 6, reason: 'its content was changed' });
    const foreign = [...extract.slice(0, 3), ...lines.slice(5, 6), ...extract.slice(4)];
    expect(verifyExport(foreign)).toEqual({
      ...{ ok: false, seq: 5, reason: 'it belongs to another incident' },
    });
  });

  it('leaves out what is appended while it is written', () => {
    const journal = filled(`${folder.file}-3`, 3);
    const out: string[] = [];
    for (const line of exportJournal(journal, { timeUnixUs: 1 })) {
      out.push(line);
      journal.append({ kind: 'meanwhile', actor: DAAN, data: {} });
    }
    journal.close();
    expect(verifyExport(out)).toMatchObject({ ok: true, entries: 3 });
  });

  it('with any byte flipped is found out', () => {
    const bytes = Buffer.from(lines.join('\n'));
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        (where, bit) => {
          const spoilt = Buffer.from(bytes);
          spoilt[where] = (spoilt[where] ?? 0) ^ (1 << bit);
          expect(verifyExport(spoilt.toString('utf8').split('\n')).ok).toBe(false);
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });

  it('with lines removed, repeated or moved is found out', () => {
    const order = fc.array(fc.nat({ max: lines.length - 1 }), { maxLength: lines.length + 2 });
    fc.assert(
      fc.property(order, (picked) => {
        fc.pre(picked.some((from, to) => from !== to) || picked.length !== lines.length);
        expect(verifyExport(picked.map((index) => lines[index] ?? '')).ok).toBe(false);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['an empty line', ['']],
    ['text', ['seq;kind']],
    [
      'another form',
      ['{"format":"liveview.journal.v3","head":{"hash":"","seq":0},"incident":null}'],
    ],
    ['a line that nests without end', [`${'['.repeat(200_000)}`]],
  ])('is told apart from %s', (_, other) => {
    expect(verifyExport(other)).toMatchObject({ ok: false, seq: 0 });
  });
});

const NOT_AS_SAID = 'the export is not what its last line says';

/** Of `inc_b`: entries 5, 8 and 10, which closes it. Of the journal itself: 1, 2, 11 and 13. */
describe('an extract of one incident', () => {
  let folder: Folder;
  let signed: SignedJournal;
  let extract: string[];
  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
    signed.journal.sign();
    fill(signed.journal, signed.clock, 7);
    signed.close('inc_b');
    signed.journal.append({ kind: 'user.added', actor: OLGA, data: { username: 'nina' } });
    signed.journal.sign();
    extract = signed.export('inc_b');
  });
  afterEach(() => {
    signed.journal.close();
    folder.dispose();
  });

  const parsed = () => extract.slice(1, -1).map((line) => JSON.parse(line));
  const seqs = () => parsed().map(({ seq }) => seq);

  it('reaches from its first entry to the signature behind its last, with the key', () => {
    expect(seqs()).toEqual([1, 5, 6, 7, 8, 9, 10, 11]);
    expect(verifyExport(extract, { keys: [signed.key] })).toMatchObject({
      ...{ ok: true, incident: 'inc_b', entries: 3, removed: 0 },
      signed: { seq: 10, kept: true },
      exported: { key: signed.key, kept: true },
    });
  });

  it('tells of other things that, when and what kind, and nothing of what or who', () => {
    const foreign = parsed().filter(
      ({ incident, kind }) => incident !== 'inc_b' && !kind.startsWith('journal.'),
    );
    expect(foreign.map((entry) => Object.keys(entry).sort().join())).toEqual(
      Array(3).fill('content,hash,incident,kind,previousHash,seq,timeUnixUs'),
    );
    for (const note of ['regel 4', 'regel 5', 'regel 7'])
      expect(extract.join()).not.toContain(note);
  });

  it.each<[string, (lines: string[]) => string[], number, string]>([
    ['one of its entries left out', (lines) => lines.toSpliced(5, 1), 8, 'it is missing'],
    ['its first entry left out', (lines) => lines.toSpliced(2, 1), 12, NOT_AS_SAID],
    ['the signature left out', (lines) => lines.toSpliced(8, 1), 11, NOT_AS_SAID],
    ['its end cut off', (lines) => lines.slice(0, -1), 12, 'the end of the export is missing'],
    [
      'something behind its end',
      (lines) => [...lines, lines[2] ?? ''],
      12,
      'something follows the end of the export',
    ],
    [
      'the content of its own left out',
      (lines) => lines.with(2, bareLine(lines[2] ?? '')),
      5,
      'its content was left out',
    ],
  ])('with %s does not hold', (_, spoil, seq, reason) => {
    expect(verifyExport(spoil(extract))).toEqual({ ok: false, seq, reason });
  });

  it('of which nothing was signed yet is covered by the signature of the export', () => {
    signed.journal.append({ kind: 'incident.opened', actor: OLGA, incident: 'inc_c', data: {} });
    extract = signed.export('inc_c');
    expect(seqs()).toEqual([1, 14]);
    expect(verifyExport(extract, { keys: [signed.key] })).toMatchObject({
      ...{ ok: true, entries: 1, signed: null, exported: { kept: true } },
    });
  });

  it('has the keys that came before and after', () => {
    const next = signed.rekey();
    const first = String(parsed()[0].data.key);
    extract = signed.export('inc_b');
    expect(seqs()).toEqual([1, 5, 6, 7, 8, 9, 10, 11, 14]);
    expect(verifyExport(extract, { keys: [first] })).toMatchObject({
      ...{ ok: true, exported: { key: next.key, kept: true } },
    });
  });

  it('signed with a key of another journal does not hold', () => {
    const other = new SignedJournal(folder.below('other'));
    other.journal.sign();
    const signer = other.keys.signerOf(other.key);
    const lines = exported(signed.journal, { incident: 'inc_b', signer });
    const reason = 'it is signed with a key of no journal';
    expect(verifyExport(lines)).toEqual({ ok: false, seq: 12, reason });
    other.journal.close();
  });

  it('of the form without signatures is still read', () => {
    const [header = '', ...lines] = extract.slice(0, -1);
    const own = lines.filter((line) => line.includes('"incident":"inc_b"'));
    const old = [header.replace('journal.v2', 'journal.v1'), ...own];
    expect(verifyExport(old)).toMatchObject({ ok: true, entries: 3, exported: null });
  });
});

function bareLine(line: string): string {
  const { actor: _a, data: _d, salt: _s, ...rest } = JSON.parse(line);
  return canonicalJson({ ...rest, content: 'ab'.repeat(32) });
}
