import fc from 'fast-check';
import { choose, EDIT_KINDS, type Edit, edited } from './edits.ts';
import type { Input, Target } from './target.ts';

/** Inputs for a target: seeds that were changed, mostly; words of its format in any order; noise. */
export function inputsFor(target: Target): fc.Arbitrary<Input> {
  const changed = fc
    .tuple(fc.nat(), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([seed, edits]) => edited(choose(target.seeds, seed), edits, target));
  const words = fc
    .array(fc.constantFrom(...target.tokens), { maxLength: 40 })
    .map((chosen) => [Buffer.concat(chosen)]);
  const noise = fc
    .array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 3 })
    .map((pieces) => pieces.map((piece) => Buffer.from(piece)));
  const any = fc.oneof(
    { arbitrary: changed, weight: 8 },
    { arbitrary: words, weight: 1 },
    { arbitrary: noise, weight: 1 },
  );
  if (target.shape === 'packets') return any;
  if (target.shape === 'whole') return any.map((pieces) => [Buffer.concat(pieces)]);
  return fc.tuple(any, lengths).map(([pieces, each]) => cut(Buffer.concat(pieces), each));
}

const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(EDIT_KINDS - 1), fc.nat(), fc.nat(), fc.nat(255));

/** Of pieces, over and over; none leaves the stream whole. */
const lengths = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2_000 })),
  {
    maxLength: 6,
  },
);
/** More pieces than this take long and show nothing. */
const MAX_CUTS = 2_000;

function cut(stream: Buffer, pieceLengths: readonly number[]): Input {
  const pieces: Buffer[] = [];
  let at = 0;
  while (pieceLengths.length > 0 && at < stream.length && pieces.length < MAX_CUTS) {
    const end = at + choose(pieceLengths, pieces.length);
    pieces.push(stream.subarray(at, end));
    at = end;
  }
  return at < stream.length || pieces.length === 0 ? [...pieces, stream.subarray(at)] : pieces;
}
