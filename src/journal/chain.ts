import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import {
  type Actor,
  type AnyEntry,
  type BareEntry,
  type Entry,
  isBare,
  type JsonObject,
} from './record.ts';

/**
 * How an entry is hashed (docs/design/journal.md). Two steps, so that the content of an entry can
 * be removed after its term while the chain stays verifiable:
 *
 *   content = SHA-256( JCS { actor, data, salt } )
 *   hash    = SHA-256( "liveview.journal.v1\n" JCS { content, incident, kind, previousHash, seq, timeUnixUs } )
 */
const DOMAIN = 'liveview.journal.v1\n';

/** What comes before the first entry. */
export const NO_HASH = '0'.repeat(64);

type Unhashed<T> = T extends unknown ? Omit<T, 'hash'> : never;
export type UnhashedEntry = Omit<Entry, 'hash'>;

/** Of an entry with or without its content. @throws LiveViewError `not-canonical` */
export function entryHash(entry: Unhashed<AnyEntry>): string {
  const sealed = canonicalJson({
    content: 'content' in entry ? entry.content : contentHash(contentText(entry)),
    incident: entry.incident ?? null,
    kind: entry.kind,
    previousHash: entry.previousHash,
    seq: entry.seq,
    timeUnixUs: entry.timeUnixUs,
  });
  return sha256(DOMAIN + sealed);
}

/** @param text as `contentText` gives it. */
export function contentHash(text: string): string {
  return sha256(text);
}

/** The canonical text of what retention may remove; also the form in which it is stored. */
export function contentText(entry: Pick<Entry, 'actor' | 'data' | 'salt'>): string {
  return canonicalJson({ actor: actorJson(entry.actor), data: entry.data, salt: entry.salt });
}

/** Only the fields of an actor; callers carry more. */
export function actorJson(actor: Actor): JsonObject {
  return {
    user: actor.user,
    role: actor.role,
    ...(actor.controlRoom === undefined ? {} : { controlRoom: actor.controlRoom }),
    ...(actor.address === undefined ? {} : { address: actor.address }),
  };
}

/** What stays of an entry when its content is taken out. */
export function bare(entry: AnyEntry): BareEntry {
  if (isBare(entry)) return entry;
  const { actor: _actor, data: _data, salt: _salt, ...rest } = entry;
  return { ...rest, content: contentHash(contentText(entry)) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
