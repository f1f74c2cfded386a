import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportJournal, readExport, verifyExport } from '../../src/journal/export.ts';
import { DAAN, Folder, filled } from './support.ts';

describe('the export', () => {
  let folder: Folder;
  let lines: string[];
  beforeEach(() => {
    folder = new Folder();
    const journal = filled(folder.file, 9);
    lines = [...exportJournal(journal)];
    journal.close();
  });
  afterEach(() => folder.dispose());

  it('is verified without a database, and reads back as the entries', () => {
    expect(lines).toHaveLength(10);
    expect(verifyExport(lines)).toMatchObject({ ok: true, entries: 9 });
    const { header, entries } = readExport(lines);
    expect(header).toMatchObject({ incident: null, head: { seq: 9 } });
    expect([...entries][0]).toMatchObject({ seq: 1, actor: DAAN, incident: 'inc_a' });
  });

  it('holds the entries of one incident when told, each still verifiable', () => {
    const journal = filled(`${folder.file}-2`, 9);
    const extract = [...exportJournal(journal, { incident: 'inc_b' })];
    journal.close();
    expect(verifyExport(extract)).toMatchObject({ ok: true, entries: 3 });
    const spoilt = extract.map((line) => line.replace('regel 6', 'regel 7'));
    expect(verifyExport(spoilt)).toEqual({ ok: false, seq: 6, reason: 'its content was changed' });
    const foreign = [...extract.slice(0, 2), ...lines.slice(5, 6), ...extract.slice(2)];
    expect(verifyExport(foreign)).toMatchObject({ ok: false, seq: 5 });
  });

  it('leaves out what is appended while it is written', () => {
    const journal = filled(`${folder.file}-3`, 3);
    const out: string[] = [];
    for (const line of exportJournal(journal)) {
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
      ['{"format":"liveview.journal.v2","head":{"hash":"","seq":0},"incident":null}'],
    ],
    ['a line that nests without end', [`${'['.repeat(200_000)}`]],
  ])('is told apart from %s', (_, other) => {
    expect(verifyExport(other)).toMatchObject({ ok: false, seq: 0 });
  });
});
