import { describe, LiveViewError } from '../core/errors.ts';
import { type Interruption, interruption } from './interruption.ts';
import { type Fault, type Gaps, LinkCheck, type Named } from './link-check.ts';
import { type AnyEntry, type Head, isBare } from './record.ts';
import { REMOVED_KIND, removedData, Unexplained } from './removal.ts';
import { damaged } from './schema.ts';
import { SignatureCheck, type Signed } from './signature-check.ts';

/** What was found of a journal that holds. */
export interface Sound {
  readonly ok: true;
  readonly entries: number;
  readonly head: Head;
  /** Entries of which the content was removed after its term. */
  readonly removed: number;
  /** The newest signature in it; null for none. */
  readonly signed: Signed | null;
  /** When it could not be written, as it says itself; the first hundred. */
  readonly interruptions: readonly Interruption[];
  /** The entry at which a key took over that nobody vouches for. */
  readonly newKeyAt?: number;
}

/** `seq` is the first entry that does not hold; 0 for the whole of it. */
export type Verdict = Sound | ({ readonly ok: false } & Fault);

/** What was kept elsewhere, out of reach of whoever can write the journal. */
export interface Kept {
  /** Keeps the end of the journal from being cut off. */
  readonly head?: Head | undefined;
  /** Public keys: keep another journal from being written in its place. */
  readonly keys?: readonly string[] | undefined;
}

export interface VerifyOptions {
  /** The head that comes with the entries: the entry of that number must be there, with that hash. */
  readonly head?: Head | undefined;
  /** The newest entry that an append has confirmed. */
  readonly confirmed?: Head | undefined;
  readonly kept?: Kept | undefined;
}

/** Checks every hash, every link, every signature. Never throws for what it reads; damage is a verdict. */
export function verifyJournal(entries: Iterable<AnyEntry>, options: VerifyOptions = {}): Verdict {
  const check = new ChainCheck(options);
  const fault = check.addAll(entries) ?? check.end();
  return fault ? { ok: false, ...fault } : check.sound();
}

/** The same for a journal that may be in use: what is appended meanwhile is checked too. */
export function verifyStored(journal: StoredJournal, kept?: Kept): Verdict {
  const confirmed = journal.confirmed();
  return verifyJournal(journal.chain(), { head: journal.head(), confirmed, kept });
}

interface StoredJournal {
  head(): Head;
  confirmed(): Head | undefined;
  chain(): Iterable<AnyEntry>;
}

/**
 * The entries, each only after its hash and its link were found to hold.
 *
 * @throws LiveViewError `journal-damaged`
 */
export function* verified(journal: Pick<StoredJournal, 'head' | 'chain'>): Iterable<AnyEntry> {
  const links = new LinkCheck([{ head: journal.head(), by: 'head' }]);
  for (const entry of journal.chain()) {
    const fault = links.add(entry);
    if (fault) throw damaged(fault.seq, fault.reason);
    yield entry;
  }
  const fault = links.end();
  if (fault) throw damaged(fault.seq, fault.reason);
}

/** Takes the entries of a journal one by one, of any length, and says what does not hold. */
export class ChainCheck {
  readonly #links: LinkCheck;
  readonly #gaps: Gaps;
  readonly #kept: Kept;
  readonly signatures: SignatureCheck;
  readonly #unexplained = new Unexplained();
  #removed = 0;
  readonly #interruptions: Interruption[] = [];

  constructor({ head, confirmed, kept = {} }: VerifyOptions, gaps: Gaps = 'none') {
    this.#gaps = gaps;
    this.#kept = kept;
    this.#links = new LinkCheck(
      [
        ...named(head, 'head'),
        ...named(confirmed, 'confirmed head'),
        ...named(kept.head, 'kept head'),
      ],
      gaps,
    );
    this.signatures = new SignatureCheck(kept.keys);
  }

  /** The newest entry so far. */
  get head(): Head {
    return this.#links.head;
  }

  /** Stops at the first fault. Damage that shows while reading is one. */
  addAll(entries: Iterable<AnyEntry>): Fault | undefined {
    try {
      for (const entry of entries) {
        const fault = this.add(entry);
        if (fault) return fault;
      }
      return undefined;
    } catch (error) {
      return damageOf(error, this.head.seq + 1);
    }
  }

  add(entry: AnyEntry): Fault | undefined {
    const fault = this.#links.add(entry);
    if (fault) return fault;
    const { seq } = entry;
    const interrupted = interruption(entry);
    if (interrupted && this.#interruptions.length < MAX_INTERRUPTIONS) {
      this.#interruptions.push(interrupted);
    }
    const reason = this.signatures.add(entry) ?? this.#contentOf(entry);
    return reason === undefined ? undefined : { seq, reason };
  }

  /** @param signedBesides the entries came with a signature of a trusted key over all of them. */
  end(signedBesides = false): Fault | undefined {
    const fault = this.#links.end();
    if (fault) return fault;
    const seq = this.#gaps === 'none' ? this.#unexplained.first : undefined;
    if (seq !== undefined) return { seq, reason: NOT_EXPLAINED };
    const wanted = (this.#kept.keys ?? []).length > 0;
    if (!wanted || signedBesides) return undefined;
    if (this.#gaps !== 'none') return { seq: 0, reason: EXTRACT_NOT_SIGNED };
    return this.signatures.signed?.kept ? undefined : { seq: 0, reason: NOTHING_SIGNED };
  }

  sound(): Sound {
    const { brokenAt, signed } = this.signatures;
    const { entries, head } = this.#links;
    const newKey = brokenAt === undefined ? {} : { newKeyAt: brokenAt };
    const [removed, interruptions] = [this.#removed, this.#interruptions];
    return { ok: true, entries, head, removed, signed: signed ?? null, interruptions, ...newKey };
  }

  /** Content may be missing where a later entry says that it was removed. */
  #contentOf(entry: AnyEntry): string | undefined {
    if (isBare(entry)) {
      this.#removed += 1;
      this.#unexplained.add(entry.seq);
      return undefined;
    }
    if (entry.kind !== REMOVED_KIND) return undefined;
    for (const range of removedData(entry)?.ranges ?? [])
      this.#unexplained.explain(range, entry.seq);
    return undefined;
  }
}

const MAX_INTERRUPTIONS = 100;
const NOT_EXPLAINED = 'its content is gone, and no entry says that it was removed';
const NOTHING_SIGNED = 'nothing in it is signed with the kept key';
/** The chain shows that none is missing in between, and nothing of what came before and after. */
const EXTRACT_NOT_SIGNED =
  'it is an extract, and the kept key did not sign that it is the whole of the incident';

function named(head: Head | undefined, by: Named['by']): Named[] {
  return head ? [{ head, by }] : [];
}

function damageOf(error: unknown, seq: number): Fault {
  if (error instanceof LiveViewError && error.code === 'journal-damaged') {
    const { seq: at, reason } = error.context;
    return { seq: typeof at === 'number' ? at : seq, reason: String(reason) };
  }
  return { seq, reason: describe(error) };
}
