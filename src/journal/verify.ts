import { describe, LiveViewError } from '../core/errors.ts';
import { entryHash, NO_HASH } from './chain.ts';
import type { Entry, Head, Journal } from './record.ts';

/** `seq` is the first entry that does not hold. */
export type Verdict =
  | { readonly ok: true; readonly entries: number; readonly head: Head }
  | { readonly ok: false; readonly seq: number; readonly reason: string };

export interface VerifyOptions {
  /** The head that comes with the entries: the entry of that number must be there, with that hash. */
  head?: Head;
  /** A head that was kept elsewhere: the same, and what keeps the end of the journal from being cut off. */
  kept?: Head | undefined;
  /** The entries of one incident only: gaps are no fault, every entry's own hash still counts. */
  extract?: boolean;
}

/** Checks every hash and every link. Never throws for what it reads; damage is a verdict. */
export function verifyJournal(entries: Iterable<Entry>, options: VerifyOptions = {}): Verdict {
  let previous: Head = { seq: 0, hash: NO_HASH };
  let count = 0;
  const unseen = new Set([options.head, options.kept].filter((head) => head && head.seq > 0));
  try {
    for (const entry of entries) {
      const fault = faultOf(entry, previous, options);
      if (fault !== undefined) return { ok: false, ...fault };
      for (const head of unseen) if (head?.seq === entry.seq) unseen.delete(head);
      previous = { seq: entry.seq, hash: entry.hash };
      count += 1;
    }
  } catch (error) {
    return { ok: false, ...damageOf(error, previous.seq + 1) };
  }
  const end = previous.seq + 1;
  if (unseen.size > 0 && !options.extract) {
    return { ok: false, seq: end, reason: 'entries are missing at the end' };
  }
  if (unseen.has(options.kept)) {
    return { ok: false, seq: end, reason: 'the entry of the kept head is not in this extract' };
  }
  return { ok: true, entries: count, head: previous };
}

/** The same for a journal that may be in use: what is appended meanwhile is checked too. */
export function verifyStored(journal: Journal, kept?: Head): Verdict {
  return verifyJournal(journal.read(), { head: journal.head(), kept });
}

interface Fault {
  seq: number;
  reason: string;
}

function faultOf(entry: Entry, previous: Head, options: VerifyOptions): Fault | undefined {
  const expected = previous.seq + 1;
  if (entry.seq < expected) return fault(entry.seq, 'it is out of order or there twice');
  if (entry.seq > expected && !options.extract) return fault(expected, 'it is missing');
  if (entry.seq === expected && entry.previousHash !== previous.hash) {
    return fault(entry.seq, 'it does not follow from the entry before');
  }
  if (entryHash(entry) !== entry.hash) return fault(entry.seq, 'its content was changed');
  const isOther = (head?: Head) => head?.seq === entry.seq && head.hash !== entry.hash;
  if (isOther(options.head)) return fault(entry.seq, 'it is not the entry that the head names');
  if (isOther(options.kept))
    return fault(entry.seq, 'it is not the entry that the kept head names');
  return undefined;
}

function fault(seq: number, reason: string): Fault {
  return { seq, reason };
}

function damageOf(error: unknown, seq: number): Fault {
  if (error instanceof LiveViewError && error.code === 'journal-damaged') {
    const { seq: at, reason } = error.context;
    return fault(typeof at === 'number' ? at : seq, String(reason));
  }
  return fault(seq, describe(error));
}
