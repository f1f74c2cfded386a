import { describe, expect, it } from '@jest/globals';
import { paged } from '../../src/server/paging.ts';

/** What is under way in capitals, and what is over. */
const ALL = ['A', 'b', 'c', 'D', 'e', 'F', 'g'].map((id) => ({ id }));
const isOver = ({ id }: { id: string }) => id === id.toLowerCase();

describe('a page of a list', () => {
  it.each([
    ['all that is under way and the last that are over', undefined, 2, 'A D e F g'],
    ['no more than there are', undefined, 100, 'A b c D e F g'],
    ['what is under way alone', undefined, 0, 'A D F'],
    ['what is over before one, and nothing that is under way', 'e', 100, 'b c'],
    ['the last of these', 'g', 2, 'c e'],
    ['what was over before something that is under way', 'D', 1, 'c'],
    ['nothing before the first', 'A', 100, ''],
    ['nothing before what is not there', 'x', 100, ''],
  ])('has %s', (_what, before, limit, ids) => {
    const page = paged(ALL, isOver, { before, limit });
    expect(page.map(({ id }) => id).join(' ')).toBe(ids);
  });

  it('follows page by page, each that is over once', () => {
    const found: string[] = [];
    for (let before: string | undefined; ; ) {
      const over = paged(ALL, isOver, { before, limit: 2 }).filter(isOver);
      before = over[0]?.id;
      if (before === undefined) break;
      found.unshift(...over.map(({ id }) => id));
    }
    expect(found).toEqual(['b', 'c', 'e', 'g']);
  });
});
