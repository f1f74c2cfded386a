import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import type Database from 'libsql';
import { type Clock, systemClock } from '../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import { openNewFile } from '../core/ownership.ts';
import { ChainWriter, type Rekeying } from './chain-writer.ts';
import { ConfirmedHead } from './confirmed.ts';
import {
  openDatabase,
  prepare,
  type Statements,
  toEntry,
  toHead,
  transaction,
} from './database.ts';
import { Health } from './health.ts';
import { RESUMED_KIND, recovered, resumed } from './interruption.ts';
import type { KeyRing } from './key-ring.ts';
import type { Actor, AnyEntry, Entry, Head, Journal, NewEntry, ReadOptions } from './record.ts';
import { isBare } from './record.ts';
import { REMOVED_KIND, rangesOf, type Term } from './removal.ts';
import { giveBack, makeShrinkable, oldEntries, takeContentOut } from './retention.ts';
import { damaged } from './schema.ts';
import type { Signer } from './signature.ts';
import { unfinishedBytes } from './unfinished.ts';

/**
 * How long another process may hold the write lock. This one stands still meanwhile, video included;
 * the other holds it for one append of the command line, of which the longest part is its fsync.
 */
const BUSY_TIMEOUT_MS = 200;
/** Rows fetched at once: a reader never keeps a snapshot open that would block this process's own writes. */
const PAGE = 500;
/** The write-ahead log is copied back after so many writes: less than 4 MB of it. */
const COPY_BACK_EVERY = 200;

export interface JournalOptions {
  clock?: Clock;
  log?: Logger;
  /** False refuses a file that does not exist, for commands that only read. */
  create?: boolean;
  /** With them the journal signs itself. */
  keys?: KeyRing;
  /** Opens a journal of which confirmed entries are missing, too: for whoever verifies it. */
  unchecked?: boolean;
  /** 16 random bytes as hex; for tests. */
  salt?: () => string;
}

/**
 * @throws LiveViewError `journal-unreadable` when the file cannot be opened as a journal,
 *   `journal-damaged` when entries are missing that were confirmed.
 */
export function openJournal(file: string, options: JournalOptions = {}): SqliteJournal {
  try {
    const make = options.create !== false && !existsSync(file);
    closeSync(make ? openNewFile(file) : openSync(file, 'r+'));
    chmodSync(file, 0o600);
    return new SqliteJournal(file, options);
  } catch (cause) {
    if (codeOf(cause) === 'journal-damaged') throw cause;
    throw new LiveViewError(
      'journal-unreadable',
      `the journal ${file} cannot be opened (${describe(cause)}); check the path, its owner and its permissions`,
      { cause },
    );
  }
}

/**
 * The journal in SQLite. Every append is one transaction that reads the head itself: several
 * processes (the daemon, `liveview user add`) may append to the same file.
 */
export class SqliteJournal implements Journal {
  /** Of a write that was interrupted before this process opened the journal, and is left out. */
  readonly unfinishedBytes: number;
  readonly #options: JournalOptions;
  readonly #db: Database.Database;
  readonly #log: Logger;
  readonly #statements: Statements;
  readonly #writer: ChainWriter;
  readonly #confirmed: ConfirmedHead;
  readonly #health: Health;
  #open = true;
  #sinceCopiedBack = 0;
  #newest: number;

  constructor(file: string, options: JournalOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#health = new Health(clock, this.#log);
    this.unfinishedBytes = unfinishedBytes(file);
    this.#db = openDatabase(file, BUSY_TIMEOUT_MS);
    let confirmed: ConfirmedHead | undefined;
    try {
      this.#statements = prepare(this.#db);
      this.#writer = new ChainWriter({
        statements: this.#statements,
        clock,
        salt: options.salt ?? (() => randomBytes(16).toString('hex')),
        keys: options.keys,
      });
      confirmed = new ConfirmedHead(file);
      this.#confirmed = confirmed;
      if (options.unchecked !== true) this.#checkConfirmed();
      this.#newest = this.head().seq;
    } catch (error) {
      confirmed?.close();
      this.#db.close();
      throw error;
    }
  }

  /** The place of the newest entry that this process knows of, without asking the database. */
  get newest(): number {
    return this.#newest;
  }

  get healthy(): boolean {
    return this.#health.healthy;
  }

  get failingSinceUnixUs(): number | undefined {
    return this.#health.failingSinceUnixUs;
  }

  /** Why it does not sign itself, although it should; undefined while all is well. */
  get signingProblem(): string | undefined {
    return this.#options.keys?.problem;
  }

  onHealth(listener: (healthy: boolean) => void): () => void {
    return this.#health.onChange(listener);
  }

  append(entry: NewEntry): Entry {
    return this.#write([entry.kind], () => {
      const written = this.#writer.insert(entry);
      this.#writer.signWhenDue([entry.kind]);
      return written;
    });
  }

  appendAll(entries: readonly NewEntry[]): readonly Entry[] {
    if (entries.length === 0) return [];
    const kinds = [...new Set(entries.map((entry) => entry.kind))];
    return this.#write(kinds, () => {
      const written = entries.map((entry) => this.#writer.insert(entry));
      this.#writer.signWhenDue(kinds);
      return written;
    });
  }

  /**
   * Signs the newest entry, unless that was done; the first time it makes and announces a key. Nothing
   * without keys, or when `signingProblem` says why not.
   *
   * @throws LiveViewError `journal-unwritable`
   */
  sign(): void {
    if (this.#options.keys) this.#write(['journal.checkpoint'], () => this.#writer.sign());
  }

  /** Whether it can be written again, when it could not. @throws LiveViewError `journal-unwritable` */
  retry(): void {
    if (!this.healthy) this.#write([RESUMED_KIND], () => undefined);
  }

  /** Writes down that a write was left out that had been interrupted, once. @throws LiveViewError `journal-unwritable` */
  recover(): void {
    if (this.unfinishedBytes === 0) return;
    this.append(recovered(this.unfinishedBytes));
    // What is left of it in the log would be found again.
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** Another key signs from here on. @throws LiveViewError `journal-unwritable`; `journal-key` when it may not. */
  announceKey(actor: Actor, rekeying: Rekeying): Signer {
    return this.#write(['journal.key'], () => this.#writer.announce(actor, rekeying));
  }

  /** The public key that signs now; undefined before the first. */
  announcedKey(): string | undefined {
    return this.#writer.announcedKey();
  }

  /**
   * Takes the content out of the oldest entries whose term is over, at most `limit` of them, and writes
   * down of which. Their hashes stay, so that the chain can be verified as before.
   *
   * @returns of how many; 0 when there is nothing left to do.
   * @throws LiveViewError `journal-unwritable`: none of it happened; `journal-key` when that cannot be signed.
   */
  removeContent(term: Term, limit: number): number {
    return this.#write([REMOVED_KIND], () => {
      const old = oldEntries(this.#db, term.beforeUnixUs, limit);
      if (old.length === 0) return 0;
      const ranges = rangesOf(old.map(({ seq }) => seq));
      this.#writer.remove(term, ranges);
      takeContentOut(this.#db, old);
      return old.length;
    });
  }

  /** Gives room back to the disk, a little at a time. @returns whether there is more to give. */
  giveBack(): boolean {
    return giveBack(this.#db);
  }

  /** So that room can be given back; writes a journal of an older version anew. */
  makeShrinkable(): void {
    makeShrinkable(this.#db);
  }

  /** Everything that is read within is of one moment; nothing can be written within. */
  atOnce<T>(work: () => T): T {
    return transaction(this.#db, work, 'DEFERRED');
  }

  *read(options: ReadOptions = {}): Iterable<Entry> {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for (const entry of this.chain({ ...options, limit: Number.POSITIVE_INFINITY })) {
      if (isBare(entry)) continue;
      yield entry;
      left -= 1;
      if (left <= 0) return;
    }
  }

  *chain(options: ReadOptions = {}): Iterable<AnyEntry> {
    let after = options.after ?? 0;
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const rows = this.#page(after, Math.min(PAGE, left), options.incident);
      for (const row of rows) {
        const entry = toEntry(row, after);
        after = entry.seq;
        yield entry;
      }
      left -= rows.length;
      if (rows.length < PAGE) return;
    }
  }

  /** The announcements of keys, oldest first. */
  keyEntries(): readonly AnyEntry[] {
    return this.#statements.keys.all().map((row) => toEntry(row, 0));
  }

  head(): Head {
    return toHead(this.#statements.head.get());
  }

  /** The newest entry that an append has confirmed, as a file beside the database has it. */
  confirmed(): Head | undefined {
    return this.#confirmed.read();
  }

  /** Signs what is not signed yet, if it can still be written. */
  close(): void {
    if (!this.#open) return;
    try {
      this.sign();
    } catch (error) {
      this.#log.warn('the end of the journal could not be signed', { error });
    }
    this.#open = false;
    try {
      this.#confirmed.close();
    } finally {
      this.#db.close();
    }
  }

  #write<T>(kinds: readonly string[], work: () => T): T {
    const kind = kinds.join(', ');
    try {
      if (!this.#open) throw new Error('the journal is closed');
      const written = transaction(this.#db, () => {
        // In the same write as the first that succeeds again.
        const since = this.failingSinceUnixUs;
        if (since !== undefined) this.#writer.insert(resumed(since));
        return work();
      });
      this.#committed();
      this.#health.set(true);
      return written;
    } catch (cause) {
      if (codeOf(cause) === 'journal-key') throw cause;
      // What has no canonical form is the fault of whoever wrote it, not of the disk.
      if (codeOf(cause) !== 'not-canonical') this.#health.set(false);
      this.#log.error('the journal cannot be written', { kind, error: cause });
      throw new LiveViewError(
        'journal-unwritable',
        'this was not done, because it could not be recorded; check the disk on which the journal lies',
        { cause, context: { kind } },
      );
    }
  }

  /** What is on the disk is there, whatever happens here. */
  #committed(): void {
    try {
      const head = this.head();
      this.#newest = head.seq;
      this.#confirmed.write(head);
      this.#sinceCopiedBack += 1;
      if (this.#sinceCopiedBack < COPY_BACK_EVERY) return;
      this.#sinceCopiedBack = 0;
      this.#db.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      this.#log.warn('the journal was written, but its files could not be tidied', { error });
    }
  }

  #checkConfirmed(): void {
    const confirmed = this.#confirmed.read();
    if (!confirmed) return;
    const found = toHead(this.#statements.at.get(confirmed.seq));
    if (found.hash === confirmed.hash) return;
    const { seq } = this.head();
    throw damaged(
      Math.min(seq + 1, confirmed.seq),
      `up to ${confirmed.seq} entries were confirmed, and they are not all there; put back a copy that has them, or remove ${this.#confirmed.path} to go on without them`,
    );
  }

  #page(after: number, limit: number, incident: string | undefined): unknown[] {
    if (!this.#open) throw new LiveViewError('journal-unreadable', 'the journal is closed');
    try {
      return incident === undefined
        ? this.#statements.page.all(after, limit)
        : this.#statements.pageOfIncident.all(incident, after, limit);
    } catch (cause) {
      throw damaged(after, `what follows cannot be read (${describe(cause)})`, cause);
    }
  }
}
