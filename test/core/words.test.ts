import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Words } from '../../src/core/words.ts';

/** What it stands for, word by word. */
function placesOf(words: readonly string[], text: string): string[] {
  return words.flatMap((word) =>
    Array.from(text, (_, at) => at)
      .filter((at) => text.startsWith(word, at))
      .map((at) => `${at}-${at + word.length}`),
  );
}

it('finds every word wherever it stands, also one within the other', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 8 }), text, fc.nat(3), (added, text, gone) => {
      const words = new Words();
      for (const each of added) words.add(each);
      for (let i = 0; i < gone; i += 1) words.deleteOldest();
      const left = added.slice(gone);
      const found = [...words.placesIn(text)].map(([start, end]) => `${start}-${end}`);
      expect(found.sort()).toEqual(placesOf(left, text).sort());
      expect(words.size).toBe(left.length);
      expect(words.longest).toBe(Math.max(0, ...left.map(({ length }) => length)));
    }),
  );
});
