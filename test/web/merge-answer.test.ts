import { describe, expect, it } from '@jest/globals';
import { mergeAnswer } from '../../web/shared/merge-answer.ts';

const thing = (id: string, version: number) => ({ id, version });

describe('mergeAnswer', () => {
  it('takes the answer when nothing was told meanwhile', () => {
    const before = [thing('a', 1), thing('gone', 1)];
    expect(mergeAnswer(before, before, [thing('a', 2)])).toEqual([thing('a', 2)]);
  });

  it('keeps what was told after the question, new or changed', () => {
    const a = thing('a', 1);
    const now = [thing('b', 1), thing('a', 3)];
    expect(mergeAnswer([a], now, [thing('a', 2), thing('c', 1)])).toEqual([
      thing('b', 1),
      thing('a', 3),
      thing('c', 1),
    ]);
  });
});
