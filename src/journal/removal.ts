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
  ranges: z.array(z.tuple([seq, seq]).refine(([from, to]) => from <= to)),
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

/** Entries without content, and what was said of their removal; of any number, for it is sorted once, at the end. */
export class Unexplained {
  readonly #bare: [number, number][] = [];
  readonly #explained: Range[] = [];

  /** In order of their numbers. */
  add(seq: number): void {
    const last = this.#bare.at(-1);
    if (last && last[1] === seq - 1) last[1] = seq;
    else this.#bare.push([seq, seq]);
  }

  /** @param saidAt the entry that says so: of what comes after it, it says nothing. */
  explain([from, to]: Range, saidAt: number): void {
    this.#explained.push([from, Math.min(to, saidAt - 1)]);
  }

  /** The first of which no entry has said so far that its content was removed. */
  get first(): number | undefined {
    const explained = this.#explained.sort(([a], [b]) => a - b);
    let [next, upTo] = [0, 0];
    for (const [first, last] of this.#bare) {
      for (let seq = first; seq <= last; seq = upTo + 1) {
        for (let range = explained[next]; range && range[0] <= seq; range = explained[next]) {
          upTo = Math.max(upTo, range[1]);
          next += 1;
        }
        if (upTo < seq) return seq;
      }
    }
    return undefined;
  }
}
