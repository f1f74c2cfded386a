import { entryHash, NO_HASH } from './chain.ts';
import { KEY_KIND } from './checkpoint.ts';
import type { AnyEntry, Head } from './record.ts';

/** Something that does not hold, and the first entry at which it shows. */
export interface Fault {
  readonly seq: number;
  readonly reason: string;
}

/** An entry that must be there, with its hash; `by` says who names it. */
export interface Named {
  readonly head: Head;
  readonly by: 'head' | 'kept head' | 'confirmed head';
}

/**
 * Which entries may be missing. `none`. `around`: of an extract, whose entries are one row without a
 * gap; announcements of keys may stand alone before and behind it. `any`: of the extracts of the form
 * before that.
 */
export type Gaps = 'none' | 'around' | 'any';

/** Whether each entry has its own hash, follows from the one before, and none is missing. */
export class LinkCheck {
  readonly #gaps: Gaps;
  readonly #unseen: Set<Named>;
  #previous: Head = { seq: 0, hash: NO_HASH };
  #row: 'before' | 'in' | 'behind' = 'before';
  #entries = 0;

  constructor(named: readonly Named[], gaps: Gaps = 'none') {
    this.#gaps = gaps;
    this.#unseen = new Set(named.filter(({ head }) => head.seq > 0));
  }

  /** The newest entry so far. */
  get head(): Head {
    return this.#previous;
  }

  get entries(): number {
    return this.#entries;
  }

  /** @returns what is wrong with it. */
  add(entry: AnyEntry): Fault | undefined {
    const fault = this.#misplaced(entry) ?? this.#changed(entry) ?? this.#other(entry);
    if (fault) return fault;
    this.#previous = { seq: entry.seq, hash: entry.hash };
    this.#entries += 1;
    return undefined;
  }

  /** @returns what is wrong when nothing more comes. */
  end(): Fault | undefined {
    const seq = this.#previous.seq + 1;
    for (const { by } of this.#unseen) {
      if (this.#gaps === 'none') return { seq, reason: MISSING_AT_END };
      if (by === 'kept head') return { seq, reason: NOT_IN_EXTRACT };
    }
    return undefined;
  }

  #misplaced({ seq, kind, previousHash }: AnyEntry): Fault | undefined {
    const expected = this.#previous.seq + 1;
    if (seq < expected) return { seq, reason: 'it is out of order or there twice' };
    const follows = seq === expected;
    if (!this.#mayFollow(follows, kind)) return { seq: expected, reason: 'it is missing' };
    if (!follows || previousHash === this.#previous.hash) return undefined;
    return { seq, reason: 'it does not follow from the entry before' };
  }

  #mayFollow(follows: boolean, kind: string): boolean {
    if (this.#gaps === 'any') return true;
    if (this.#gaps === 'none') return follows;
    if (kind === KEY_KIND) {
      if (this.#row === 'in' && !follows) this.#row = 'behind';
      return true;
    }
    const may = this.#row === 'before' || (this.#row === 'in' && follows);
    this.#row = 'in';
    return may;
  }

  #changed(entry: AnyEntry): Fault | undefined {
    if (entryHash(entry) === entry.hash) return undefined;
    return { seq: entry.seq, reason: 'its content was changed' };
  }

  #other({ seq, hash }: AnyEntry): Fault | undefined {
    for (const named of this.#unseen) {
      if (named.head.seq !== seq) continue;
      if (named.head.hash !== hash) {
        return { seq, reason: `it is not the entry that the ${named.by} names` };
      }
      this.#unseen.delete(named);
    }
    return undefined;
  }
}

const MISSING_AT_END = 'entries are missing at the end';
const NOT_IN_EXTRACT = 'the entry of the kept head is not in this extract';
