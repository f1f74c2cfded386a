import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../src/journal/canonical.ts';
import { bare, entryHash, NO_HASH } from '../../src/journal/chain.ts';
import { checkpoint, placeOf } from '../../src/journal/checkpoint.ts';
import { entryJson } from '../../src/journal/export.ts';
import { KeyFile } from '../../src/journal/key-file.ts';
import { type AnyEntry, isBare } from '../../src/journal/record.ts';
import { type Range, removal } from '../../src/journal/removal.ts';
import { parseEntry } from '../../src/journal/schema.ts';
import type { Signer } from '../../src/journal/signature.ts';
import type { Kept } from '../../src/journal/verify.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { verify } from '../../src/verifier/verify.ts';
import { Folder, OLGA, SignedJournal } from '../journal/support.ts';

const DAY_MS = 86_400_000;

function sha256Of(lines: readonly string[]): string {
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
}

/**
 * What somebody writes who has an export, or the database, and all the time in the world, but not the
 * private key; given to both verifiers, with the public key that an auditor kept.
 */
describe('a forged journal', () => {
  let folder: Folder;
  let signed: SignedJournal;
  let thief: Signer;
  beforeEach(() => {
    folder = new Folder();
    signed = new SignedJournal(folder.path);
    thief = new KeyFile(folder.below('thief')).make();
    signed.journal.sign();
    note('inc_a', 'incident.opened');
    note('inc_a', 'viewing.started');
    note('inc_b', 'incident.opened');
    signed.journal.sign();
    note('inc_a', 'viewing.ended');
    signed.close('inc_a');
    note('inc_b', 'incident.updated');
  });
  afterEach(() => {
    signed.journal.close();
    folder.dispose();
  });

  function note(incident: string, kind: string): void {
    signed.journal.append({ kind, actor: OLGA, incident, data: { note: 'é' } });
  }

  const entriesOf = (lines: readonly string[]) =>
    lines.slice(1, -1).map((line, index) => parseEntry(JSON.parse(line), index));

  /** A file of its own, with an end that nobody signed. */
  function file(entries: readonly AnyEntry[], incident: string | null = null): string[] {
    const { seq, hash } = entries.at(-1) ?? { seq: 0, hash: NO_HASH };
    const header = { format: 'liveview.journal.v2', head: { hash, seq }, incident };
    const lines = [canonicalJson(header), ...entries.map((each) => canonicalJson(entryJson(each)))];
    return [...lines, canonicalJson({ sha256: sha256Of(lines) })];
  }

  /** The chain anew, so that every hash and link holds. */
  function relinked(entries: readonly AnyEntry[]): AnyEntry[] {
    let previousHash = NO_HASH;
    return entries.map((each, index) => {
      const moved = { ...each, seq: index + 1, previousHash };
      previousHash = entryHash(moved);
      return { ...moved, hash: previousHash };
    });
  }

  /** Of both; they must say the same. */
  function verdict(lines: readonly string[], kept: Kept = { keys: [signed.key] }) {
    const ours = verifyExport(lines, kept);
    const other = verify(lines, { keys: kept.keys ?? [], head: kept.head });
    expect({ ok: other.ok, ...(other.ok ? {} : { seq: other.seq }) }).toEqual({
      ok: ours.ok,
      ...(ours.ok ? {} : { seq: ours.seq }),
    });
    return ours;
  }

  /** Content taken out of an entry that was signed, with an entry behind the end that says why. */
  function pretended(by: Signer, ranges: readonly Range[] = [[3, 3]]): string[] {
    const [target, ...rest] = entriesOf(signed.export()).slice(2);
    const before = entriesOf(signed.export()).slice(0, 2);
    const last = rest.at(-1);
    if (!target || !last) throw new Error('there are entries');
    const seq = last.seq + 1;
    const timeUnixUs = last.timeUnixUs + 1;
    const place = { before: { seq: last.seq, hash: last.hash }, timeUnixUs };
    const term = { keepDays: 30, beforeUnixUs: timeUnixUs };
    const said = removal(term, ranges, by, place);
    const salt = '00'.repeat(16);
    const entry = { ...said, seq, timeUnixUs, previousHash: last.hash, salt, hash: '' };
    const whole = { ...entry, hash: entryHash(entry) };
    return file([...before, bare(target), ...rest, whole]);
  }

  it('is told from the real one, which holds', () => {
    expect(verdict(signed.export())).toMatchObject({ ok: true, exported: { kept: true } });
    expect(verdict(signed.export('inc_a'))).toMatchObject({ ok: true, entries: 4 });
  });

  it('that was written anew after a change does not have the signatures', () => {
    const entries = entriesOf(signed.export()).map((each) =>
      each.seq === 4 && !isBare(each) ? { ...each, actor: { ...each.actor, user: 'x' } } : each,
    );
    expect(verdict(file(relinked(entries)))).toMatchObject({ ok: false, seq: 6 });
  });

  it('that lacks an entry, with all behind it written anew, does not have the signatures', () => {
    const entries = entriesOf(signed.export()).filter(({ seq }) => seq !== 4);
    expect(verdict(file(relinked(entries)))).toMatchObject({ ok: false, seq: 5 });
  });

  it('that is signed with another key from its first entry is nothing to the kept one', () => {
    const other = new SignedJournal(folder.below('other'));
    other.journal.sign();
    other.journal.append({ kind: 'user.added', actor: OLGA, data: {} });
    other.journal.sign();
    const lines = other.export();
    other.journal.close();
    expect(verdict(lines)).toMatchObject({ ok: false, seq: 0 });
    expect(verdict(lines, {})).toMatchObject({ ok: true, signed: { kept: false } });
  });

  it('of which the rest was signed with another key is found where that begins', () => {
    const own = entriesOf(signed.export()).slice(0, 7);
    const last = own.at(-1);
    if (!last) throw new Error('there are entries');
    const at = { seq: 8, timeUnixUs: last.timeUnixUs + 1, previousHash: last.hash };
    const place = placeOf({ ...last, ...at });
    const forged = { ...checkpoint(thief, place), ...at, salt: '00'.repeat(16), hash: '' };
    const lines = file([...own, { ...forged, hash: entryHash(forged) }]);
    expect(verdict(lines)).toMatchObject({ ok: false, seq: 8 });
  });

  it('of which the end was cut off says up to where it is signed, and misses the head that was kept', () => {
    const cut = file(entriesOf(signed.export()).slice(0, 6));
    expect(verdict(cut)).toMatchObject({ ok: true, signed: { seq: 5 }, exported: null });
    const head = signed.journal.head();
    expect(verdict(cut, { keys: [signed.key], head })).toMatchObject({ ok: false, seq: 7 });
  });

  it('in which content was removed as if its term were over is not explained without the key', () => {
    const seq = signed.journal.head().seq + 1;
    expect(verdict(pretended(thief))).toMatchObject({ ok: false, seq });
    expect(verdict(pretended({ ...thief, key: signed.key }))).toMatchObject({ ok: false, seq });
    expect(verdict(pretended(thief), {})).toMatchObject({ ok: false, seq });
    const file = signed.keys.signerOf(signed.key);
    if (!file) throw new Error('there is a key');
    expect(verdict(pretended(file))).toMatchObject({ ok: true, removed: 1 });
  });

  it.each<[string, Range[], number | undefined]>([
    ['all of them', [[1, 99]], undefined],
    [
      'what was removed, among others',
      [
        [1, 1],
        [2, 3],
        [3, 3],
      ],
      undefined,
    ],
    [
      'what was removed behind what comes later',
      [
        [9, 9],
        [3, 3],
      ],
      undefined,
    ],
    [
      'others',
      [
        [1, 2],
        [4, 99],
      ],
      3,
    ],
    ['nothing', [], 3],
    [
      'a range that runs backwards',
      [
        [3, 3],
        [4, 2],
      ],
      11,
    ],
    ['what is no number of an entry', [[0, 3]], 11],
  ])('in which a removal says %s is found out where it does not say it', (_, ranges, seq) => {
    const signer = signed.keys.signerOf(signed.key);
    if (!signer) throw new Error('there is a key');
    const wanted = seq === undefined ? { ok: true, removed: 1 } : { ok: false, seq };
    expect(verdict(pretended(signer, ranges))).toMatchObject(wanted);
  });

  it('in which a removal says what comes after it is found out there', () => {
    const signer = signed.keys.signerOf(signed.key);
    if (!signer) throw new Error('there is a key');
    const entries = entriesOf(pretended(signer, [[1, 99]]));
    const { seq, timeUnixUs, hash } = entries.at(-1) ?? { seq: 0, timeUnixUs: 0, hash: NO_HASH };
    const place = { seq: seq + 1, timeUnixUs, kind: 'test.done', previousHash: hash };
    const gone = { ...place, content: 'ab'.repeat(32), hash: '' };
    const lines = file([...entries, { ...gone, hash: entryHash(gone) }]);
    expect(verdict(lines)).toMatchObject({ ok: false, seq: seq + 1 });
  });

  it.each<[string, (entries: AnyEntry[]) => AnyEntry[]]>([
    ['the first', ([key, ...rest]) => [...(key ? [key] : []), ...rest.slice(1)]],
    ['the last', (entries) => entries.filter(({ seq }) => seq <= 6)],
  ])('that is an extract without %s of its incident is not signed as the whole of it', (_, cut) => {
    const entries = cut(entriesOf(signed.export('inc_a')));
    const lines = file(entries, 'inc_a');
    expect(verdict(lines)).toMatchObject({ ok: false, seq: 0 });
    // Whoever kept no key is told that nobody says that it is the whole.
    expect(verdict(lines, {})).toMatchObject({ ok: true, exported: null });
    const [header = '', ...rest] = lines;
    const withEnd = [header, ...rest.slice(0, -1), signed.export('inc_a').at(-1) ?? ''];
    expect(verdict(withEnd)).toMatchObject({ ok: false });
  });

  it('that is an extract without one in the middle has a hole', () => {
    const entries = entriesOf(signed.export('inc_a')).filter(({ seq }) => seq !== 4);
    expect(verdict(file(entries, 'inc_a'))).toMatchObject({ ok: false, seq: 4 });
  });

  it('removes nothing when it has lost its key, and says so', () => {
    signed.clock.advance(100 * DAY_MS);
    const keepDays = 30;
    const term = { keepDays, beforeUnixUs: signed.clock.unixUs() - keepDays * DAY_MS * 1_000 };
    const lost = new SignedJournal(folder.below('lost'));
    lost.journal.append({ kind: 'user.added', actor: OLGA, data: {} });
    const code = expect.objectContaining({ code: 'journal-key' });
    expect(() => lost.journal.removeContent(term, 10)).toThrow(code);
    expect(lost.journal.healthy).toBe(true);
    lost.journal.close();
  });
});
