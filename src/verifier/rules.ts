import { canonical, isSignedBy, type Json, type JsonObject, sha256 } from './canonical.ts';
import { Fault } from './fault.ts';
import { type Entry, type Header, has, isCount, isHash, isSignature, isText } from './shapes.ts';

export interface Kept {
  /** Public keys, 64 hexadecimal digits each. */
  readonly keys?: readonly string[];
  readonly head?: { readonly seq: number; readonly hash: string } | undefined;
}

export type Result =
  | {
      readonly ok: true;
      readonly entries: number;
      readonly lastSeq: number;
      readonly removed: number;
      /** The newest entry that a signature covers; 0 for none. */
      readonly signedSeq: number;
      /** Whether it, or the whole export, is signed by a key that was kept, or one that such a key vouches for. */
      readonly signedByKept: boolean;
      readonly exportSigned: boolean;
      readonly incident: string | null;
    }
  | { readonly ok: false; readonly seq: number; readonly reason: string };

const ZEROS = '0'.repeat(64);

/** The rules of docs/design/journal.md, section “Verification”; their numbers are those of that section. */
export class Verification {
  readonly #header: Header;
  readonly #kept: Kept;
  readonly #trusted: Set<string>;
  readonly #named: { seq: number; hash: string; kept: boolean }[];
  readonly #withoutContent: number[] = [];
  readonly #removals: { from: number; to: number }[] = [];
  #seq = 0;
  #hash = ZEROS;
  #inRow = false;
  #behindRow = false;
  #key: string | undefined;
  #entries = 0;
  #removed = 0;
  #signedSeq = 0;
  #signedByKept = false;
  #exportSigned = false;
  #exportSignedByKept = false;

  constructor(header: Header, kept: Kept) {
    this.#header = header;
    this.#kept = kept;
    this.#trusted = new Set(kept.keys);
    const { seq, hash } = header;
    const named = [{ seq, hash, kept: false }];
    if (kept.head) named.push({ ...kept.head, kept: true });
    this.#named = named.filter((each) => each.seq > 0);
  }

  /** Where something is missing or broken that has no number of its own. */
  get next(): number {
    return this.#seq + 1;
  }

  entry(entry: Entry): void {
    this.#belongs(entry);
    this.#follows(entry);
    this.#isNamed(entry);
    if (entry.kind.startsWith('journal.')) this.#ofJournal(entry);
    if (entry.data === undefined) {
      this.#removed += 1;
      this.#withoutContent.push(entry.seq);
    }
    if (this.#header.incident === null || entry.incident === this.#header.incident)
      this.#entries += 1;
    this.#seq = entry.seq;
    this.#hash = entry.hash;
  }

  /** In an extract: its own with their content, of others none. */
  #belongs({ seq, kind, incident, data }: Entry): void {
    const { incident: wanted, isSigned } = this.#header;
    if (wanted === null) return;
    if (incident === wanted) {
      if (data === undefined) throw new Fault(seq, 'its content was left out');
      return;
    }
    const may = isSigned && (data === undefined || kind.startsWith('journal.'));
    if (!may) throw new Fault(seq, 'it belongs to another incident');
  }

  /** Rules 1 and 2. */
  #follows(entry: Entry): void {
    const { seq, timeUnixUs, kind, incident, previousHash, hash, contentHash: content } = entry;
    if (seq < this.next) throw new Fault(seq, 'it is out of order or there twice');
    if (seq > this.next && !this.#mayBeginHere(kind)) throw new Fault(this.next, 'it is missing');
    if (seq === this.next && this.#behindRow && kind !== 'journal.key') {
      throw new Fault(seq, 'it is missing');
    }
    if (kind !== 'journal.key') this.#inRow = true;
    if (seq === this.next && previousHash !== this.#hash) {
      throw new Fault(seq, 'it does not follow from the entry before');
    }
    const sealed = canonical({ content, incident, kind, previousHash, seq, timeUnixUs });
    if (sha256(`liveview.journal.v1\n${sealed}`) !== hash) {
      throw new Fault(seq, 'its content was changed');
    }
  }

  /** In an extract: the row of entries begins once; keys may stand alone before and behind it. */
  #mayBeginHere(kind: string): boolean {
    const { incident, isSigned } = this.#header;
    if (incident === null) return false;
    if (!isSigned) return true;
    if (kind !== 'journal.key') return !this.#inRow;
    this.#behindRow = this.#inRow;
    return true;
  }

  /** Rule 3. */
  #isNamed({ seq, hash }: Entry): void {
    for (const named of this.#named.filter((each) => each.seq === seq)) {
      if (named.hash !== hash) throw new Fault(seq, 'it is not the entry that a head names');
      this.#named.splice(this.#named.indexOf(named), 1);
    }
  }

  #ofJournal(entry: Entry): void {
    if (!entry.data) throw new Fault(entry.seq, 'its content may not be missing');
    if (entry.kind === 'journal.key') this.#announced(entry, entry.data);
    if (entry.kind === 'journal.checkpoint') this.#checkpoint(entry, entry.data);
    if (entry.kind === 'journal.removed') this.#explained(entry, entry.data);
  }

  /** Rule 4. */
  #announced({ seq, previousHash: hash, timeUnixUs }: Entry, data: JsonObject): void {
    const { key, previous, signature } = data;
    const whole = has(data, 'key previous signature') && isSignature(signature);
    if (!whole || !isHash(key) || (previous !== null && !isHash(previous))) {
      throw new Fault(seq, 'it announces no key');
    }
    if (previous !== null && previous !== this.#key)
      throw new Fault(seq, 'another key vouches for it');
    const said = { hash, key, previous, seq: seq - 1, timeUnixUs };
    if (!isSignedBy(previous ?? key, signature, 'liveview.journal.key.v1', said)) {
      throw new Fault(seq, 'its signature does not hold');
    }
    const unvouched = previous === null && this.#key !== undefined;
    if (unvouched && this.#kept.keys?.length && !this.#kept.keys.includes(key)) {
      throw new Fault(seq, 'nobody vouches for the new key');
    }
    if (previous !== null && this.#trusted.has(previous)) this.#trusted.add(key);
    this.#key = key;
  }

  /** Rule 5. */
  #checkpoint({ seq, previousHash: hash, timeUnixUs }: Entry, data: JsonObject): void {
    const { key, signature } = data;
    if (!has(data, 'key signature') || !isHash(key) || !isSignature(signature)) {
      throw new Fault(seq, 'it holds no signature');
    }
    if (key !== this.#key) throw new Fault(seq, 'its key was not announced');
    const said = { hash, key, seq: seq - 1, timeUnixUs };
    if (!isSignedBy(key, signature, 'liveview.journal.checkpoint.v1', said)) {
      throw new Fault(seq, 'its signature does not hold');
    }
    this.#signedSeq = seq - 1;
    this.#signedByKept = this.#trusted.has(key);
  }

  /** Rule 8. */
  #explained({ seq, previousHash: hash, timeUnixUs }: Entry, data: JsonObject): void {
    const { key, signature, ...said } = data;
    const { reason, keepDays, beforeUnixUs, ranges } = said;
    const whole = has(data, 'reason keepDays beforeUnixUs ranges key signature');
    const terms = reason === 'retention' && isCount(keepDays) && isCount(beforeUnixUs);
    if (!whole || !terms || !Array.isArray(ranges) || !isHash(key) || !isSignature(signature)) {
      throw new Fault(seq, 'it does not say what was removed');
    }
    if (key !== this.#key) throw new Fault(seq, 'its key was not announced');
    const signed = { ...said, hash, key, seq: seq - 1, timeUnixUs };
    if (!isSignedBy(key, signature, 'liveview.journal.removed.v1', signed)) {
      throw new Fault(seq, 'its signature does not hold');
    }
    this.#explain(seq, ranges);
  }

  #explain(seq: number, ranges: readonly Json[]): void {
    for (const range of ranges) {
      const [from, to] = Array.isArray(range) && range.length === 2 ? range : [];
      if (!isCount(from) || !isCount(to) || from < 1 || from > to) {
        throw new Fault(seq, 'it does not say what was removed');
      }
      // It says nothing of what comes after it.
      this.#removals.push({ from, to: Math.min(to, seq) });
    }
  }

  /** The first without its content that is in no range; both sorted, so that many take no longer than few. */
  #unexplained(): number | undefined {
    const ranges = this.#removals.sort((a, b) => a.from - b.from).values();
    let range = ranges.next();
    let reach = 0;
    return this.#withoutContent.find((seq) => {
      for (; !range.done && range.value.from <= seq; range = ranges.next()) {
        reach = Math.max(reach, range.value.to);
      }
      return seq > reach;
    });
  }

  /** Rule 6. */
  lastLine(line: JsonObject, sha256OfAll: string): void {
    const { sha256: said = null, key, signature, timeUnixUs = null } = line;
    if (said !== sha256OfAll)
      throw new Fault(this.next, 'the export is not what its last line says');
    if (!isText(key) || !isText(signature)) return;
    if (key !== this.#key) throw new Fault(this.next, 'it is signed with a key of no journal');
    const text = { key, sha256: said, timeUnixUs };
    if (!isSignedBy(key, signature, 'liveview.journal.export.v2', text)) {
      throw new Fault(this.next, 'its signature does not hold');
    }
    this.#exportSigned = true;
    this.#exportSignedByKept = this.#trusted.has(key);
    if (this.#exportSignedByKept) this.#signedByKept = true;
  }

  /** Rule 7. */
  #isKept(): void {
    if (!this.#kept.keys?.length) return;
    if (this.#header.incident !== null && !this.#exportSignedByKept) {
      throw new Fault(
        0,
        'the kept key did not sign that this extract is the whole of the incident',
      );
    }
    if (!this.#signedByKept) throw new Fault(0, 'nothing in it is signed with the kept key');
  }

  end(): Result {
    const { incident } = this.#header;
    for (const { kept } of this.#named) {
      if (incident === null) throw new Fault(this.next, 'entries are missing at the end');
      if (kept) throw new Fault(this.next, 'the entry of the kept head is not in this extract');
    }
    const unexplained = incident === null ? this.#unexplained() : undefined;
    if (unexplained !== undefined) {
      throw new Fault(unexplained, 'its content is gone, and no entry says that it was removed');
    }
    this.#isKept();
    return {
      ...{ ok: true, entries: this.#entries, lastSeq: this.#seq, incident },
      removed: incident === null ? this.#removed : 0,
      ...{ signedSeq: this.#signedSeq, signedByKept: this.#signedByKept },
      exportSigned: this.#exportSigned,
    };
  }
}
