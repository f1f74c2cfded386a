import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { actorJson } from './chain.ts';
import type { Entry, Head, Journal, JsonObject } from './record.ts';
import { damaged, parseCanonical, parseEntry } from './schema.ts';
import { type Verdict, verifyJournal } from './verify.ts';

/**
 * The journal as JSON Lines: a header that says what follows and where it must end, then one entry
 * a line. Every line is canonical JSON (RFC 8785), so that any changed byte is a changed meaning.
 */
const FORMAT = 'liveview.journal.v1';

const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  head: z.strictObject({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  incident: z.string().nullable(),
});

export interface ExportHeader {
  readonly head: Head;
  /** Set when only the entries of this incident follow. */
  readonly incident: string | null;
}

export interface JournalExport {
  readonly header: ExportHeader;
  /** Throws LiveViewError `journal-damaged` on the way when a line is not an entry. */
  readonly entries: Iterable<Entry>;
}

/** Lines without their line ends. What is appended meanwhile is left out. */
export function* exportJournal(
  journal: Journal,
  options: { incident?: string } = {},
): Iterable<string> {
  const head = journal.head();
  const incident = options.incident ?? null;
  yield canonicalJson({ format: FORMAT, head: { seq: head.seq, hash: head.hash }, incident });
  for (const entry of journal.read(incident === null ? {} : { incident })) {
    if (entry.seq > head.seq) return;
    yield canonicalJson(entryJson(entry));
  }
}

/** @param lines without their line ends. @throws LiveViewError `journal-damaged` for a bad header. */
export function readExport(lines: Iterable<string>): JournalExport {
  const iterator = lines[Symbol.iterator]();
  const first = iterator.next();
  if (first.done) throw damaged(0, 'the export is empty');
  const header = headerSchema.safeParse(parseCanonical(first.value, 0));
  if (!header.success) throw damaged(0, `this is not an export of the form ${FORMAT}`);
  return { header: header.data, entries: entriesOf(iterator, header.data.incident) };
}

/** Verifies an export by itself: neither gateway nor database is needed. */
export function verifyExport(lines: Iterable<string>, kept?: Head): Verdict {
  try {
    const { header, entries } = readExport(lines);
    return verifyJournal(entries, { head: header.head, kept, extract: header.incident !== null });
  } catch {
    return { ok: false, seq: 0, reason: `this is not an export of the form ${FORMAT}` };
  }
}

function* entriesOf(lines: Iterator<string>, incident: string | null): Iterable<Entry> {
  let seq = 0;
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const entry = parseEntry(parseCanonical(line.value, seq + 1), seq + 1);
    if (incident !== null && entry.incident !== incident) {
      throw damaged(entry.seq, 'it belongs to another incident');
    }
    seq = entry.seq;
    yield entry;
  }
}

function entryJson(entry: Entry): JsonObject {
  const { seq, timeUnixUs, kind, actor, data, incident, previousHash, salt, hash } = entry;
  const place = incident === undefined ? {} : { incident };
  return {
    seq,
    timeUnixUs,
    kind,
    ...place,
    actor: actorJson(actor),
    data,
    previousHash,
    salt,
    hash,
  };
}
