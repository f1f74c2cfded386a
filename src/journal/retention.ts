import type Database from 'libsql';
import { z } from 'zod';
import { contentHash } from './chain.ts';
import { ENDS_INCIDENT, TAKES_ALARM } from './database.ts';

/** One step of giving pages back; short, because the process stands still meanwhile. */
const PAGES = 250;

const PLAN_OF = (entry: string) => `json_extract(${entry}.content, '$.data.plan')`;
const ALARM_OF = (entry: string) => `json_extract(${entry}.content, '$.data.alarm')`;

/**
 * What is older than the time, oldest first: entries of no incident, those of an incident that was over
 * before the time, and those of a plan that was removed before it. Of an incident that goes on, of its
 * alarms and of a plan that is there nothing is ever old, nor what the journal says of itself. An alarm goes
 * after its incident, which is not there without it; that a plan was removed goes last: without it the plan
 * would be there again.
 */
const OLD = `
  SELECT seq, content FROM entries AS old
  WHERE time_unix_us < ?1 AND kind NOT GLOB 'journal.*' AND (
    (incident IS NULL AND kind NOT GLOB 'plan.*' AND NOT (kind GLOB 'alarm.*' AND EXISTS (
      SELECT 1 FROM entries AS taking
      WHERE taking.kind IN ${TAKES_ALARM} AND ${ALARM_OF('taking')} = ${ALARM_OF('old')})))
    OR (incident IS NULL AND kind GLOB 'plan.*' AND kind <> 'plan.removed' AND EXISTS (
      SELECT 1 FROM entries AS gone
      WHERE gone.incident IS NULL AND gone.kind GLOB 'plan.*' AND gone.kind = 'plan.removed'
        AND gone.seq > old.seq AND gone.time_unix_us < ?1 AND ${PLAN_OF('gone')} = ${PLAN_OF('old')}))
    OR (incident IS NULL AND kind = 'plan.removed' AND NOT EXISTS (
      SELECT 1 FROM entries AS still
      WHERE still.incident IS NULL AND still.kind GLOB 'plan.*'
        AND still.seq < old.seq AND ${PLAN_OF('still')} = ${PLAN_OF('old')}))
    OR EXISTS (SELECT 1 FROM entries WHERE kind IN ${ENDS_INCIDENT} AND incident = old.incident AND time_unix_us < ?1)
    OR EXISTS (SELECT 1 FROM bare WHERE kind IN ${ENDS_INCIDENT} AND incident = old.incident)
  )
  ORDER BY time_unix_us, seq LIMIT ?2`;
const KEEP_HASH = `
  INSERT INTO bare SELECT seq, time_unix_us, kind, incident, ?, previous_hash, hash FROM entries WHERE seq = ?`;

const oldSchema = z.array(z.object({ seq: z.int(), content: z.string() }));
type OldEntries = z.output<typeof oldSchema>;

/** The oldest entries of which the term is over. */
export function oldEntries(db: Database.Database, beforeUnixUs: number, limit: number): OldEntries {
  return oldSchema.parse(db.prepare(OLD).all(beforeUnixUs, limit));
}

/** Takes their content out, leaving its hash. Within a transaction, which has said so before. */
export function takeContentOut(db: Database.Database, old: OldEntries): void {
  const keepHash = db.prepare(KEEP_HASH);
  const remove = db.prepare('DELETE FROM entries WHERE seq = ?');
  for (const { seq, content } of old) {
    keepHash.run(contentHash(content), seq);
    remove.run(seq);
  }
}

/**
 * Gives some free pages back to the disk; when there are none left, or an old journal keeps them, empties the write-ahead log, in
 * which what was removed can still be read.
 *
 * @returns whether there is more to do. Another process that reads may keep the log from being emptied.
 */
export function giveBack(db: Database.Database): boolean {
  const free = numberOf(db, 'freelist_count');
  if (free > 0) {
    db.exec(`PRAGMA incremental_vacuum(${PAGES})`);
    if (numberOf(db, 'freelist_count') < free) return true;
  }
  db.pragma('wal_checkpoint(TRUNCATE)');
  return false;
}

const INCREMENTAL = 2;

/**
 * Older journals cannot give pages back: they are written anew once, which takes a while. For a start, and
 * where it fails for the next one: beside video it would take too long.
 */
export function makeShrinkable(db: Database.Database): void {
  if (numberOf(db, 'auto_vacuum') === INCREMENTAL) return;
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec('VACUUM');
}

function numberOf(db: Database.Database, pragma: string): number {
  const row = z.array(z.record(z.string(), z.unknown())).parse(db.pragma(pragma))[0];
  return z.int().parse(row?.[pragma]);
}
