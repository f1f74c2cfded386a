import { z } from 'zod';
import { type AnyEntry, GATEWAY_ACTOR, isBare, type NewEntry } from './record.ts';
import { checkpointText, keyText, type Signer, type SigningPlace } from './signature.ts';

/** The entries by which the journal signs itself: of a key that signs from here on, and a signature. */
export const KEY_KIND = 'journal.key';
export const CHECKPOINT_KIND = 'journal.checkpoint';

/** At most so many entries lie between two signatures. */
const EVERY = 500;
/** What is signed at once, in the write that it is part of. */
const AT_ONCE: ReadonlySet<string> = new Set(['incident.closed']);

const key = z.string().regex(/^[0-9a-f]{64}$/);
const signature = z.string().regex(/^[0-9a-f]{128}$/);
const keySchema = z.strictObject({ key, previous: key.nullable(), signature });
const checkpointSchema = z.strictObject({ key, signature });

export type KeyData = z.output<typeof keySchema>;
export type CheckpointData = z.output<typeof checkpointSchema>;

/** @param unsigned entries since the newest signature. */
export function isDue(unsigned: number, kinds: readonly string[]): boolean {
  return unsigned >= EVERY || kinds.some((kind) => AT_ONCE.has(kind));
}

export function checkpoint(signer: Signer, place: SigningPlace): NewEntry {
  const data = { key: signer.key, signature: signer.sign(checkpointText(place, signer.key)) };
  return { kind: CHECKPOINT_KIND, actor: GATEWAY_ACTOR, data };
}

/**
 * That `next` signs from here on.
 *
 * @param previous the key that vouches for it; without one, it is the first, or the one before was lost.
 */
export function announcement(
  next: Signer,
  previous: Signer | undefined,
  place: SigningPlace,
  actor = GATEWAY_ACTOR,
): NewEntry {
  const named = previous?.key ?? null;
  const signed = (previous ?? next).sign(keyText(place, next.key, named));
  return { kind: KEY_KIND, actor, data: { key: next.key, previous: named, signature: signed } };
}

/** Undefined for what is not of that form. */
export function keyData(entry: AnyEntry): KeyData | undefined {
  return isBare(entry) ? undefined : keySchema.safeParse(entry.data).data;
}

export function checkpointData(entry: AnyEntry): CheckpointData | undefined {
  return isBare(entry) ? undefined : checkpointSchema.safeParse(entry.data).data;
}

/** Where an entry that signs stands. */
export function placeOf({ seq, previousHash, timeUnixUs }: AnyEntry): SigningPlace {
  return { before: { seq: seq - 1, hash: previousHash }, timeUnixUs };
}
