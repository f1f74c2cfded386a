import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Actor, Entry, JsonObject } from './record.ts';

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

export type UnhashedEntry = Omit<Entry, 'hash'>;

/** @throws LiveViewError `not-canonical` */
export function entryHash(entry: UnhashedEntry): string {
  const sealed = canonicalJson({
    content: sha256(contentText(entry)),
    incident: entry.incident ?? null,
    kind: entry.kind,
    previousHash: entry.previousHash,
    seq: entry.seq,
    timeUnixUs: entry.timeUnixUs,
  });
  return sha256(DOMAIN + sealed);
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

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
