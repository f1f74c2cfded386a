import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { contentText, entryHash } from './chain.ts';
import { announcement, checkpoint, isDue, keyData } from './checkpoint.ts';
import { type Row, type Statements, toEntry, toHead } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { type Actor, type Entry, type Head, isBare, type NewEntry } from './record.ts';
import { type Range, removal, type Term } from './removal.ts';
import { damaged } from './schema.ts';
import type { Signer, SigningPlace } from './signature.ts';

/** An entry that depends on where it will stand. */
type Compose = (place: SigningPlace) => NewEntry;

export interface ChainWriterOptions {
  readonly statements: Statements;
  readonly clock: Clock;
  readonly salt: () => string;
  readonly keys: KeyRing | undefined;
}

/** How another key takes over. */
export interface Rekeying {
  /** The key that signs until then, as it was when `previous` was looked for. */
  readonly announced: string;
  /** The one that vouches for the next; undefined when it was lost. */
  readonly previous: Signer | undefined;
  /** Makes the next one, once it is certain that nobody else replaces the same key. */
  readonly make: () => Signer;
}

const REPLACED =
  'another key has taken over meanwhile; look at it with `liveview journal key`, and run this again if it is to be replaced too';

/** Puts entries behind the newest one, and signatures between them. Every call is within a transaction. */
export class ChainWriter {
  readonly #options: ChainWriterOptions;

  constructor(options: ChainWriterOptions) {
    this.#options = options;
  }

  insert(entry: NewEntry): Entry {
    return this.#compose(() => entry);
  }

  /** A signature when enough has been written since the last, or something that is signed at once. */
  signWhenDue(kinds: readonly string[]): void {
    if (!this.#options.keys || !isDue(this.unsigned(), kinds)) return;
    this.sign();
  }

  /** A signature of the newest entry, unless that is one, after a key was announced that can make it. */
  sign(): void {
    const { keys } = this.#options;
    if (!keys) return;
    if (this.announcedKey() === undefined) this.#announceFirst(keys);
    const signer = this.unsigned() > 0 ? this.signer() : undefined;
    if (signer) this.#compose((place) => checkpoint(signer, place));
  }

  /** @throws LiveViewError `journal-key` when the key to be replaced is not the one that signs now. */
  announce(actor: Actor, { announced, previous, make }: Rekeying): Signer {
    if (this.announcedKey() !== announced) throw new LiveViewError('journal-key', REPLACED);
    const next = make();
    this.#compose((place) => announcement(next, previous, place, actor));
    return next;
  }

  /**
   * Writes down of which entries the content is being removed.
   *
   * @throws LiveViewError `journal-key` when that cannot be signed.
   */
  remove(term: Term, ranges: readonly Range[]): void {
    const signer = this.signer();
    if (!signer) {
      const why = this.#options.keys?.problem ?? 'it has no key yet';
      throw new LiveViewError('journal-key', `nothing is removed from the journal: ${why}`);
    }
    this.#compose((place) => removal(term, ranges, signer, place));
  }

  /** Whoever can sign now, with the key that was announced. */
  signer(): Signer | undefined {
    const announced = this.announcedKey();
    return announced === undefined ? undefined : this.#options.keys?.signerOf(announced);
  }

  /** The public key that signs now; undefined before the first. */
  announcedKey(): string | undefined {
    const row = this.#options.statements.newestKey.get();
    return row === undefined ? undefined : keyData(toEntry(row, 0))?.key;
  }

  /** Entries since the newest signature. */
  unsigned(): number {
    const { statements } = this.#options;
    return toHead(statements.head.get()).seq - toHead(statements.newestCheckpoint.get()).seq;
  }

  #announceFirst(keys: KeyRing): void {
    const signer = keys.first();
    if (signer) this.#compose((place) => announcement(signer, undefined, place));
  }

  #compose(compose: Compose): Entry {
    const { clock, salt, statements } = this.#options;
    const before = this.#checkedHead();
    const timeUnixUs = clock.unixUs();
    const { kind, actor, data, incident } = compose({ before, timeUnixUs });
    const place = incident === undefined ? {} : { incident };
    const [seq, previousHash] = [before.seq + 1, before.hash];
    const unhashed = { seq, timeUnixUs, kind, ...place, actor, data, previousHash, salt: salt() };
    const row: Row = {
      ...{ seq, time_unix_us: timeUnixUs, kind, incident: incident ?? null },
      ...{ content: contentText(unhashed), content_hash: null },
      ...{ previous_hash: previousHash, hash: entryHash(unhashed) },
    };
    const { content, previous_hash, hash } = row;
    statements.insert.run(seq, timeUnixUs, kind, row.incident, content, previous_hash, hash);
    statements.setHead.run(seq, hash);
    // What was stored, not what was passed: callers may hand in richer or later changed objects.
    const entry = toEntry(row, before.seq);
    if (isBare(entry)) throw damaged(seq, 'it has no content');
    return entry;
  }

  /** Nothing is added behind a journal whose end was cut off: that would hide the cut. */
  #checkedHead(): Head {
    const head = toHead(this.#options.statements.head.get());
    const last = toHead(this.#options.statements.last.get());
    if (last.seq === head.seq && last.hash === head.hash) return head;
    throw damaged(
      last.seq,
      `the newest entry should be ${head.seq}; entries are missing at the end`,
    );
  }
}
