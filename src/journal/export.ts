import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { actorJson, bare } from './chain.ts';
import { CHECKPOINT_KIND } from './checkpoint.ts';
import { type AnyEntry, type Head, isBare, isOwnKind, type JsonObject } from './record.ts';
import { damaged, parseCanonical, parseEntry } from './schema.ts';
import { exportText, type Signer } from './signature.ts';

/**
 * The journal as JSON Lines: a header that says what follows and where it must end, one entry a line,
 * and a last line with the SHA-256 of everything before it, signed. Every line is canonical JSON
 * (RFC 8785), so that any changed byte is a changed meaning.
 *
 * An extract of one incident is the row of entries from its first to the first checkpoint behind its
 * last, so that its place in the signed chain can be checked. Of what belongs to something else only
 * the hash of the content is in it. Announcements of keys are always there.
 */
const FORMAT = 'liveview.journal.v2';
/** Before there were signatures: without a last line; an extract had its own entries alone. */
const UNSIGNED_FORMAT = 'liveview.journal.v1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const headerSchema = z.strictObject({
  format: z.enum([FORMAT, UNSIGNED_FORMAT]),
  head: z.strictObject({ seq: z.int().min(0), hash }),
  incident: z.string().nullable(),
});
const trailerSchema = z.union([
  z.strictObject({ sha256: hash }),
  z.strictObject({
    key: hash,
    sha256: hash,
    signature: z.string().regex(/^[0-9a-f]{128}$/),
    timeUnixUs: z.int(),
  }),
]);

export type ExportHeader = z.output<typeof headerSchema>;
export type ExportTrailer = z.output<typeof trailerSchema>;

export interface JournalExport {
  readonly header: ExportHeader;
  /** Whether the form is one that ends with a trailer. */
  readonly hasTrailer: boolean;
  /** Throws LiveViewError `journal-damaged` on the way when a line is not an entry. */
  readonly entries: Iterable<AnyEntry>;
  /** Known after the last entry: what the last line says, and the SHA-256 of the lines before it. */
  trailer(): { readonly said: ExportTrailer; readonly sha256: string } | undefined;
}

interface ExportedJournal {
  head(): Head;
  chain(options: { after?: number; incident?: string }): Iterable<AnyEntry>;
  keyEntries(): readonly AnyEntry[];
}

export interface ExportOptions {
  /** Only this incident. */
  readonly incident?: string;
  /** With the key that the journal announced last; without one, the export is not signed. */
  readonly signer?: Signer | undefined;
  readonly timeUnixUs: number;
}

/**
 * Lines without their line ends. What is appended meanwhile is left out; where content may be removed
 * meanwhile, by another process, it is to be called within `atOnce`.
 */
export function* exportJournal(journal: ExportedJournal, options: ExportOptions): Iterable<string> {
  const head = journal.head();
  const { incident = null } = options;
  const digest = createHash('sha256');
  const line = (value: JsonObject) => {
    const text = canonicalJson(value);
    digest.update(`${text}\n`);
    return text;
  };
  yield line({ format: FORMAT, head: { seq: head.seq, hash: head.hash }, incident });
  const entries = incident === null ? journal.chain({}) : extract(journal, incident, head);
  for (const entry of entries) {
    if (entry.seq > head.seq) break;
    yield line(entryJson(entry));
  }
  yield canonicalJson(trailerOf(digest.digest('hex'), options));
}

/** @param lines without their line ends. @throws LiveViewError `journal-damaged` for a bad header. */
export function readExport(lines: Iterable<string>): JournalExport {
  const iterator = lines[Symbol.iterator]();
  const first = iterator.next();
  if (first.done) throw damaged(0, 'the export is empty');
  const header = headerSchema.safeParse(parseCanonical(first.value, 0));
  if (!header.success) throw damaged(0, `this is not an export of the form ${FORMAT}`);
  const reading = new Reading(first.value, header.data);
  return {
    header: header.data,
    hasTrailer: reading.hasTrailer,
    entries: reading.entries(iterator),
    trailer: () => reading.trailer,
  };
}

class Reading {
  readonly hasTrailer: boolean;
  trailer: ReturnType<JournalExport['trailer']>;
  readonly #digest = createHash('sha256');
  readonly #header: ExportHeader;
  #seq = 0;

  constructor(first: string, header: ExportHeader) {
    this.#header = header;
    this.hasTrailer = header.format === FORMAT;
    this.#digest.update(`${first}\n`);
  }

  *entries(lines: Iterator<string>): Iterable<AnyEntry> {
    for (let line = lines.next(); !line.done; line = lines.next()) {
      if (this.trailer) throw damaged(this.#seq + 1, 'something follows the end of the export');
      const value = parseCanonical(line.value, this.#seq + 1);
      if (this.hasTrailer && this.#isTrailer(value)) continue;
      this.#digest.update(`${line.value}\n`);
      const entry = parseEntry(value, this.#seq + 1);
      const reason = notOfExtract(entry, this.#header);
      if (reason) throw damaged(entry.seq, reason);
      this.#seq = entry.seq;
      yield entry;
    }
  }

  #isTrailer(value: unknown): boolean {
    const trailer = trailerSchema.safeParse(value);
    if (trailer.success) {
      this.trailer = { said: trailer.data, sha256: this.#digest.digest('hex') };
    }
    return trailer.success;
  }
}

/** Why an entry does not belong in an export with this header. */
function notOfExtract(entry: AnyEntry, { format, incident }: ExportHeader): string | undefined {
  if (incident === null) return undefined;
  if (entry.incident === incident) return isBare(entry) ? 'its content was left out' : undefined;
  const may = format === FORMAT && (isBare(entry) || isOwnKind(entry.kind));
  return may ? undefined : 'it belongs to another incident';
}

function* extract(journal: ExportedJournal, incident: string, head: Head): Iterable<AnyEntry> {
  const [first, last] = placesOf(journal, incident, head);
  const keys = journal.keyEntries();
  yield* keys.filter(({ seq }) => seq < first);
  let seq = first;
  for (const entry of journal.chain({ after: first - 1 })) {
    if (entry.seq > head.seq) return;
    seq = entry.seq;
    yield entry.incident === incident || isOwnKind(entry.kind) ? entry : bare(entry);
    if (seq >= last && entry.kind === CHECKPOINT_KIND) break;
  }
  yield* keys.filter((key) => key.seq > seq);
}

/** Of its first and its last entry; beyond the head when it has none. */
function placesOf(journal: ExportedJournal, incident: string, head: Head): [number, number] {
  let [first, last] = [head.seq + 1, head.seq + 1];
  for (const { seq } of journal.chain({ incident })) {
    if (seq > head.seq) break;
    first = Math.min(first, seq);
    last = seq;
  }
  return [first, last];
}

function trailerOf(sha256: string, { signer, timeUnixUs }: ExportOptions): JsonObject {
  if (!signer) return { sha256 };
  const { key } = signer;
  return { key, sha256, signature: signer.sign(exportText(sha256, key, timeUnixUs)), timeUnixUs };
}

/** A line of an export. */
export function entryJson(entry: AnyEntry): JsonObject {
  const { seq, timeUnixUs, kind, incident, previousHash, hash } = entry;
  const place = incident === undefined ? {} : { incident };
  const inside = isBare(entry)
    ? { content: entry.content }
    : { actor: actorJson(entry.actor), data: entry.data, salt: entry.salt };
  return { seq, timeUnixUs, kind, ...place, ...inside, previousHash, hash };
}
