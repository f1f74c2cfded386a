import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Range, Unexplained } from '../../src/journal/removal.ts';

describe('entries without content', () => {
  it('are explained by ranges that are said behind them, in whatever order', () => {
    const ranges = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 6 })), { maxLength: 8 });
    const bare = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 });
    fc.assert(
      fc.property(bare, ranges, (seqs, said) => {
        const each = said.map(([from, more]): Range => [from, from + more]);
        const unexplained = new Unexplained();
        const sorted = seqs.sort((a, b) => a - b);
        for (const seq of sorted) unexplained.add(seq);
        for (const range of each) unexplained.explain(range, 31);
        const first = sorted.find((seq) => !each.some(([from, to]) => from <= seq && seq <= to));
        expect(unexplained.first).toBe(first);
      }),
    );
  });

  it('are not explained by what was said before them', () => {
    const unexplained = new Unexplained();
    for (const seq of [1, 2]) unexplained.add(seq);
    unexplained.explain([1, 9], 3);
    for (const seq of [4, 5]) unexplained.add(seq);
    expect(unexplained.first).toBe(4);
    unexplained.explain([5, 5], 6);
    expect(unexplained.first).toBe(4);
    unexplained.explain([4, 4], 7);
    expect(unexplained.first).toBeUndefined();
  });

  /** Ten years of checkpoints, one in five minutes, each between two entries that were removed. */
  it('may lie apart a million times', () => {
    const unexplained = new Unexplained();
    for (let seq = 1; seq < 2_000_000; seq += 2) unexplained.add(seq);
    for (let seq = 1; seq < 2_000_000; seq += 2) unexplained.explain([seq, seq], 2_000_000);
    expect(unexplained.first).toBeUndefined();
  });
});
