import Database from 'libsql';
import { z } from 'zod';
import { NO_HASH } from './chain.ts';
import { CHECKPOINT_KIND, KEY_KIND } from './checkpoint.ts';
import type { AnyEntry, Head } from './record.ts';
import { contentSchema, damaged, parseCanonical, parseEntry } from './schema.ts';

/** Kinds after which an incident is over, a control room's question that came to nothing among them; for SQL. */
export const ENDS_INCIDENT = "('incident.closed', 'images.declined', 'images.expired')";
/** Kinds by which an incident has an alarm. */
export const TAKES_ALARM = "('incident.opened', 'alarm.linked')";

/**
 * The tables. An entry is in `entries` with its content, or in `bare` without: what was removed leaves
 * whole pages behind, which go back to the disk. `head` repeats the place and hash of the newest, so
 * that rows cut off the end are missed.
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
  CREATE INDEX IF NOT EXISTS entries_age ON entries (time_unix_us, seq) WHERE kind NOT GLOB 'journal.*';
  CREATE INDEX IF NOT EXISTS entries_plans ON entries (seq) WHERE incident IS NULL AND kind GLOB 'plan.*';
  DROP INDEX IF EXISTS entries_closed;
  DROP INDEX IF EXISTS bare_closed;
  CREATE INDEX IF NOT EXISTS entries_ended ON entries (incident) WHERE kind IN ${ENDS_INCIDENT};
  CREATE INDEX IF NOT EXISTS entries_alarms ON entries (json_extract(content, '$.data.alarm')) WHERE kind IN ${TAKES_ALARM};
  CREATE INDEX IF NOT EXISTS entries_keys ON entries (seq) WHERE kind = '${KEY_KIND}';
  CREATE INDEX IF NOT EXISTS entries_checkpoints ON entries (seq) WHERE kind = '${CHECKPOINT_KIND}';
  CREATE TABLE IF NOT EXISTS bare (
    seq           INTEGER PRIMARY KEY,
    time_unix_us  INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    incident      TEXT,
    content_hash  TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS bare_incident ON bare (incident, seq) WHERE incident IS NOT NULL;
  CREATE INDEX IF NOT EXISTS bare_ended ON bare (incident) WHERE kind IN ${ENDS_INCIDENT};
  CREATE VIEW IF NOT EXISTS journal AS
    SELECT seq, time_unix_us, kind, incident, content, NULL AS content_hash, previous_hash, hash FROM entries
    UNION ALL
    SELECT seq, time_unix_us, kind, incident, NULL, content_hash, previous_hash, hash FROM bare;
  CREATE TABLE IF NOT EXISTS head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
`;

/** What is before the first entry. */
export const EMPTY: Head = { seq: 0, hash: NO_HASH };

/**
 * WAL with synchronous=FULL: what was committed survives a loss of power. The WAL is written back by
 * `copyBack` alone and never within a commit, whose failure would then say nothing of the commit.
 *
 * @param busyMs how long another process may hold the write lock; this one stands still meanwhile.
 */
export function openDatabase(file: string, busyMs: number): Database.Database {
  const db = new Database(file, { timeout: busyMs });
  try {
    // Of effect in a new file only: free pages can be given back to the disk a few at a time.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('wal_autocheckpoint = 0');
    // What is deleted is overwritten.
    db.pragma('secure_delete = ON');
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What we use of one; those of the package have no name that declarations could carry. */
interface Statement {
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): unknown;
}

export type Statements = ReturnType<typeof prepare>;

const COLUMNS = 'seq, time_unix_us, kind, incident, content, content_hash, previous_hash, hash';

export function prepare(db: Database.Database) {
  return statements({
    head: db.prepare('SELECT seq, hash FROM head'),
    last: db.prepare('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1'),
    at: db.prepare('SELECT seq, hash FROM journal WHERE seq = ?'),
    insert: db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)'),
    setHead: db.prepare(
      'INSERT INTO head VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash',
    ),
    page: db.prepare(`SELECT ${COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?`),
    pageOfIncident: db.prepare(
      `SELECT ${COLUMNS} FROM journal WHERE incident = ? AND seq > ? ORDER BY seq LIMIT ?`,
    ),
    newestKey: db.prepare(
      `SELECT *, NULL AS content_hash FROM entries WHERE kind = '${KEY_KIND}' ORDER BY seq DESC LIMIT 1`,
    ),
    keys: db.prepare(
      `SELECT *, NULL AS content_hash FROM entries WHERE kind = '${KEY_KIND}' ORDER BY seq`,
    ),
    newestCheckpoint: db.prepare(
      `SELECT seq, hash FROM entries WHERE kind = '${CHECKPOINT_KIND}' ORDER BY seq DESC LIMIT 1`,
    ),
  });
}

function statements<K extends string>(prepared: Record<K, Statement>): Record<K, Statement> {
  return prepared;
}

const headSchema = z.object({ seq: z.int(), hash: z.string() }).optional();

/** A row of place and hash; what is before the first entry when there is none. */
export function toHead(row: unknown): Head {
  const head = headSchema.parse(row);
  return head ? { seq: head.seq, hash: head.hash } : EMPTY;
}

const rowSchema = z.object({
  seq: z.int(),
  time_unix_us: z.int(),
  kind: z.string(),
  incident: z.string().nullable(),
  content: z.string().nullable(),
  content_hash: z.string().nullable(),
  previous_hash: z.string(),
  hash: z.string(),
});
export type Row = z.output<typeof rowSchema>;

/** @param after the sequence number before it. @throws LiveViewError `journal-damaged` */
export function toEntry(row: unknown, after: number): AnyEntry {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) throw damaged(after + 1, 'its row is malformed', parsed.error);
  const { seq, time_unix_us: timeUnixUs, kind, incident, content } = parsed.data;
  const { content_hash, previous_hash: previousHash, hash } = parsed.data;
  const place = incident === null ? {} : { incident };
  const inside = content === null ? { content: content_hash } : contentOf(content, seq);
  return parseEntry({ seq, timeUnixUs, kind, ...place, ...inside, previousHash, hash }, seq);
}

function contentOf(text: string, seq: number) {
  const inside = contentSchema.safeParse(parseCanonical(text, seq));
  if (inside.success) return inside.data;
  throw damaged(seq, 'its content is malformed', inside.error);
}

/** All of the work or none, in one wait for the disk; `DEFERRED` for what only reads, and keeps nobody from writing. */
export function transaction<T>(
  db: Database.Database,
  work: () => T,
  mode: 'IMMEDIATE' | 'DEFERRED' = 'IMMEDIATE',
): T {
  db.exec(`BEGIN ${mode}`);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
