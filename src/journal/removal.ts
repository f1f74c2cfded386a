import { z } from 'zod';
import { type AnyEntry, GATEWAY_ACTOR, isBare, type JsonObject, type NewEntry } from './record.ts';
import { removedText, type Signer, type SigningPlace } from './signature.ts';

/**
 * The entry that says of which entries the content was removed, and why. It is signed by itself: whoever
 * can write the database and has no key takes nothing out and calls it retention.
 */
export const REMOVED_KIND = 'journal.removed';

/** First and last sequence number. */
export type Range = readonly [number, number];

const seq = z.int().min(1);
const removedSchema = z.strictObject({
  /** The only reason that there is. */
  reason: z.literal('retention'),
  keepDays: z.int().min(1),
  /** What was older than this. */
  beforeUnixUs: z.int(),
  ranges: z.array(z.tuple([seq, seq])),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
export type RemovedData = z.output<typeof removedSchema>;

export type Term = Pick<RemovedData, 'keepDays' | 'beforeUnixUs'>;

export function removal(
  { keepDays, beforeUnixUs }: Term,
  ranges: readonly Range[],
  signer: Signer,
  place: SigningPlace,
): NewEntry {
  const { key } = signer;
  const said = { reason: 'retention', keepDays, beforeUnixUs, ranges };
  const data = { ...said, key, signature: signer.sign(removedText(place, key, said)) };
  return { kind: REMOVED_KIND, actor: GATEWAY_ACTOR, data };
}

/** Of what is said of a removal, that which is signed. */
export function signedPart({ key: _key, signature: _signature, ...said }: RemovedData): JsonObject {
  return said;
}

/** Undefined for what is not of that form. */
export function removedData(entry: AnyEntry): RemovedData | undefined {
  return isBare(entry) ? undefined : removedSchema.safeParse(entry.data).data;
}

/** The numbers as ranges, in order. */
export function rangesOf(seqs: readonly number[]): Range[] {
  const ranges: [number, number][] = [];
  for (const each of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === each - 1) last[1] = each;
    else ranges.push([each, each]);
  }
  return ranges;
}

/** Entries without content of which no entry has said so far that it was removed. */
export class Unexplained {
  readonly #ranges: [number, number][] = [];

  /** In order of their numbers. */
  add(seq: number): void {
    const last = this.#ranges.at(-1);
    if (last && last[1] === seq - 1) last[1] = seq;
    else this.#ranges.push([seq, seq]);
  }

  explain([from, to]: Range): void {
    const left = this.#ranges.flatMap(([first, last]): [number, number][] => [
      ...(first < from ? [[first, Math.min(last, from - 1)] as [number, number]] : []),
      ...(last > to ? [[Math.max(first, to + 1), last] as [number, number]] : []),
    ]);
    this.#ranges.splice(0, this.#ranges.length, ...left);
  }

  /** The first of them. */
  get first(): number | undefined {
    return this.#ranges[0]?.[0];
  }
}
