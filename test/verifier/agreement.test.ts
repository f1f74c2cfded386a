import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Kept } from '../../src/journal/verify.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { verify } from '../../src/verifier/verify.ts';
import { exported, Folder, fill, OLGA, SignedJournal } from '../journal/support.ts';

const DAY_MS = 86_400_000;

/** Two verifiers that share no line of code, over the same files: what one of them misses the other may find. */
describe('both verifiers', () => {
  let folder: Folder;
  let key: string;
  let files: Record<'small' | 'whole' | 'extract' | 'unsigned' | 'old', string[]>;

  beforeAll(() => {
    folder = new Folder();
    const signed = new SignedJournal(folder.path);
    const { journal, clock } = signed;
    journal.append({ kind: 'user.added', actor: OLGA, data: { username: 'olga' } });
    journal.sign();
    key = signed.key;
    const small = signed.export();
    journal.append({ kind: 'user.added', actor: OLGA, data: { username: 'nina' } });
    clock.advance(31 * DAY_MS);
    fill(journal, clock, 3);
    const beforeUnixUs = clock.unixUs() - 30 * DAY_MS * 1_000;
    journal.removeContent({ keepDays: 30, beforeUnixUs }, 10);
    signed.close('inc_b');
    signed.rekey();
    journal.sign();
    const whole = signed.export();
    const extract = signed.export('inc_b');
    const [header = '', ...rest] = whole.slice(0, -1);
    files = {
      ...{ small, whole, extract, unsigned: exportedWithoutKey(signed) },
      old: [header.replace('journal.v2', 'journal.v1'), ...rest],
    };
    journal.close();
  });
  afterAll(() => folder.dispose());

  const kept = (): Kept => ({ keys: [key] });

  /** As a verifier reads it from a file. */
  function linesOf(bytes: Uint8Array): string[] {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = Buffer.from(bytes).toString('latin1');
    return text.split('\n').map((line) => {
      try {
        return decoder.decode(Buffer.from(line, 'latin1'));
      } catch {
        return '';
      }
    });
  }

  function agreeOn(lines: string[], wanted: Kept = {}): boolean {
    const ours = verifyExport(lines, wanted);
    const other = verify(lines, { keys: wanted.keys ?? [], head: wanted.head });
    const seqOf = (verdict: typeof ours | typeof other) => (verdict.ok ? 'whole' : verdict.seq);
    if (seqOf(ours) !== seqOf(other)) expect({ lines, ours }).toEqual({ lines, ours: other });
    return ours.ok;
  }

  it.each(['small', 'whole', 'extract', 'unsigned', 'old'] as const)(
    'find the %s export whole',
    (name) => {
      expect(agreeOn(files[name])).toBe(true);
      expect(agreeOn(files[name], kept())).toBe(true);
      const ours = verifyExport(files[name], kept());
      expect(verify(files[name], { keys: [key] })).toMatchObject({
        ...{ ok: true, entries: ours.ok && ours.entries, removed: ours.ok && ours.removed },
        ...{ signedSeq: ours.ok && ours.signed?.seq, signedByKept: true },
        exportSigned: ours.ok && ours.exported !== null,
      });
    },
  );

  it.each<[keyof typeof files, number]>([
    ['small', 1],
    ['whole', 17],
    ['extract', 17],
    ['unsigned', 17],
    ['old', 17],
  ])(
    'find a flipped bit of the %s export at the same entry, in every byte (of the larger: every %ith)',
    (name, step) => {
      const bytes = Buffer.from(files[name].join('\n'));
      const missed: number[] = [];
      for (let at = 0; at < bytes.length; at += step) {
        // Another bit of each byte, so that the eight bits all have their turn.
        const bit = 1 << (at % 8);
        bytes[at] = (bytes[at] ?? 0) ^ bit;
        if (agreeOn(linesOf(bytes))) missed.push(at);
        bytes[at] = (bytes[at] ?? 0) ^ bit;
      }
      expect(missed).toEqual([]);
    },
  );

  it('find lines that are removed, repeated or moved, at the same entry', () => {
    const name = fc.constantFrom('whole', 'extract', 'unsigned', 'old' as const);
    const order = fc.array(fc.nat({ max: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(name, order, (which, picked) => {
        const lines = files[which];
        const chosen = picked.map((index) => lines[index % lines.length] ?? '');
        fc.pre(chosen.join('\n') !== lines.join('\n'));
        expect(agreeOn(chosen)).toBe(false);
      }),
      { numRuns: 150 },
    );
    for (const lines of Object.values(files)) {
      for (let at = 0; at < lines.length; at += 1) {
        expect(agreeOn(lines.toSpliced(at, 1))).toBe(false);
        expect(agreeOn(lines.toSpliced(at, 0, lines[at] ?? ''))).toBe(false);
        const next = lines[at + 1];
        if (next !== undefined) {
          expect(agreeOn(lines.toSpliced(at, 2, next, lines[at] ?? ''))).toBe(false);
        }
      }
    }
  });

  it('find an end that is cut off, wherever', () => {
    for (const lines of Object.values(files)) {
      for (let length = 0; length < lines.length; length += 1) {
        expect(agreeOn(lines.slice(0, length))).toBe(false);
      }
    }
  });

  it.each<[string, Kept]>([
    ['another key', { keys: ['ab'.repeat(32)] }],
    ['no key at all that exists', { keys: ['00'.repeat(32)] }],
    ['a head of another journal', { head: { seq: 5, hash: 'ab'.repeat(32) } }],
    ['a head that is not there yet', { head: { seq: 500, hash: 'ab'.repeat(32) } }],
  ])('say the same of %s', (_, wanted) => {
    for (const lines of Object.values(files)) expect(agreeOn(lines, wanted)).toBe(false);
  });

  it('say the same of what is no export', () => {
    for (const lines of [[], [''], ['{}'], ['[]'], [`${'['.repeat(100)}`], ['null', 'null']]) {
      expect(agreeOn(lines)).toBe(false);
    }
  });
});

function exportedWithoutKey(signed: SignedJournal): string[] {
  const lines = exported(signed.journal);
  expect(lines.at(-1)).toMatch(/^\{"sha256":"[0-9a-f]{64}"\}$/);
  return lines;
}
