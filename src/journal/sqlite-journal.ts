import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Database from 'libsql';
import { z } from 'zod';
import { type Clock, systemClock } from '../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import { openNewFile } from '../core/ownership.ts';
import { contentText, entryHash, NO_HASH, type UnhashedEntry } from './chain.ts';
import type { Entry, Head, Journal, NewEntry, ReadOptions } from './record.ts';
import { contentSchema, damaged, parseCanonical, parseEntry } from './schema.ts';

/**
 * The journal in SQLite. One row an entry; `head` repeats the place and hash of the newest, so that
 * rows cut off the end are missed. Every append is one transaction that reads the head itself:
 * several processes (the daemon, `liveview user add`) may append to the same file.
 *
 * WAL with synchronous=FULL: when `append` returns, the entry survives a loss of power.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    seq           INTEGER PRIMARY KEY,
    time_unix_us  INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    incident      TEXT,
    content       TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_incident ON entries (incident, seq) WHERE incident IS NOT NULL;
  CREATE TABLE IF NOT EXISTS head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
`;

/**
 * How long another process may hold the write lock. This one stands still meanwhile, video included;
 * the other holds it for one append of the command line, of which the longest part is its fsync.
 */
const BUSY_TIMEOUT_MS = 200;
/** Rows fetched at once: a reader never keeps a snapshot open that would block this process's own writes. */
const PAGE = 500;
const EMPTY: Head = { seq: 0, hash: NO_HASH };

export interface JournalOptions {
  clock?: Clock;
  log?: Logger;
  /** False refuses a file that does not exist, for commands that only read. */
  create?: boolean;
  /** 16 random bytes as hex; for tests. */
  salt?: () => string;
}

/** @throws LiveViewError `journal-unreadable` when the file cannot be opened as a journal. */
export function openJournal(file: string, options: JournalOptions = {}): Journal {
  try {
    const make = options.create !== false && !existsSync(file);
    closeSync(make ? openNewFile(file) : openSync(file, 'r+'));
    chmodSync(file, 0o600);
    return new SqliteJournal(file, options);
  } catch (cause) {
    throw new LiveViewError(
      'journal-unreadable',
      `the journal ${file} cannot be opened (${describe(cause)}); check the path, its owner and its permissions`,
      { cause },
    );
  }
}

class SqliteJournal implements Journal {
  readonly #db: Database.Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #salt: () => string;
  readonly #statements: ReturnType<typeof prepare>;
  #open = true;
  #healthy = true;

  constructor(file: string, options: JournalOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#salt = options.salt ?? (() => randomBytes(16).toString('hex'));
    this.#db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      this.#db.pragma('journal_mode = WAL');
      this.#db.pragma('synchronous = FULL');
      this.#db.exec(SCHEMA);
      this.#statements = prepare(this.#db);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  append(entry: NewEntry): Entry {
    return this.#write([entry.kind], () => this.#insert(entry));
  }

  appendAll(entries: readonly NewEntry[]): readonly Entry[] {
    if (entries.length === 0) return [];
    const kinds = [...new Set(entries.map((entry) => entry.kind))];
    return this.#write(kinds, () => entries.map((entry) => this.#insert(entry)));
  }

  *read(options: ReadOptions = {}): Iterable<Entry> {
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

  head(): Head {
    const row = headSchema.optional().parse(this.#statements.head.get());
    return row ? { seq: row.seq, hash: row.hash } : EMPTY;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#db.close();
  }

  #write<T>(kinds: readonly string[], work: () => T): T {
    const kind = kinds.join(', ');
    try {
      if (!this.#open) throw new Error('the journal is closed');
      const written = this.#transaction(work);
      this.#healthy = true;
      return written;
    } catch (cause) {
      // What has no canonical form is the fault of whoever wrote it, not of the disk.
      if (codeOf(cause) !== 'not-canonical') this.#healthy = false;
      this.#log.error('the journal cannot be written', { kind, error: cause });
      throw new LiveViewError(
        'journal-unwritable',
        'this was not done, because it could not be recorded; check the disk on which the journal lies',
        { cause, context: { kind } },
      );
    }
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

  #insert(entry: NewEntry): Entry {
    const head = this.#checkedHead();
    const unhashed: UnhashedEntry = {
      kind: entry.kind,
      actor: entry.actor,
      data: entry.data,
      ...(entry.incident === undefined ? {} : { incident: entry.incident }),
      seq: head.seq + 1,
      timeUnixUs: this.#clock.unixUs(),
      previousHash: head.hash,
      salt: this.#salt(),
    };
    const content = contentText(unhashed);
    const hash = entryHash(unhashed);
    const { seq, timeUnixUs, kind, incident, previousHash } = unhashed;
    this.#statements.insert.run(
      seq,
      timeUnixUs,
      kind,
      incident ?? null,
      content,
      previousHash,
      hash,
    );
    this.#statements.setHead.run(seq, hash);
    // What was stored, not what was passed: callers may hand in richer or later changed objects.
    return toEntry(
      {
        seq,
        time_unix_us: timeUnixUs,
        kind,
        incident: incident ?? null,
        content,
        previous_hash: previousHash,
        hash,
      },
      head.seq,
    );
  }

  /** Nothing is added behind a journal whose end was cut off: that would hide the cut. */
  #checkedHead(): Head {
    const head = this.head();
    const last = headSchema.optional().parse(this.#statements.last.get()) ?? EMPTY;
    if (last.seq === head.seq && last.hash === head.hash) return head;
    throw damaged(
      last.seq,
      `the newest entry should be ${head.seq}; entries are missing at the end`,
    );
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepare(db: Database.Database) {
  return {
    head: db.prepare('SELECT seq, hash FROM head'),
    last: db.prepare('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1'),
    insert: db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)'),
    setHead: db.prepare(
      'INSERT INTO head VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash',
    ),
    page: db.prepare('SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?'),
    pageOfIncident: db.prepare(
      'SELECT * FROM entries WHERE incident = ? AND seq > ? ORDER BY seq LIMIT ?',
    ),
  };
}

const headSchema = z.object({ seq: z.int(), hash: z.string() });
const rowSchema = z.object({
  seq: z.int(),
  time_unix_us: z.int(),
  kind: z.string(),
  incident: z.string().nullable(),
  content: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
});

function toEntry(row: unknown, after: number): Entry {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) throw damaged(after + 1, 'its row is malformed', parsed.error);
  const { seq, time_unix_us, kind, incident, content, previous_hash, hash } = parsed.data;
  const inside = contentSchema.safeParse(parseCanonical(content, seq));
  if (!inside.success) throw damaged(seq, 'its content is malformed', inside.error);
  const place = incident === null ? {} : { incident };
  return parseEntry(
    {
      seq,
      timeUnixUs: time_unix_us,
      kind,
      ...place,
      ...inside.data,
      previousHash: previous_hash,
      hash,
    },
    seq,
  );
}
