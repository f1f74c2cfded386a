import { describe, expect, it } from '@jest/globals';
import type { Screen, ScreenLayout, Tile } from '../../src/client/index.ts';
import {
  freeCells,
  inLayout,
  largeTile,
  layoutOf,
  tileKeys,
  withTile,
} from '../../web/shared/layout.ts';

const tiles = (count: number): Tile[] =>
  Array.from({ length: count }, (_, at) => ({ camera: `c${at}` }));
const screen = (count: number, focus: number | null, layout?: ScreenLayout): Screen => ({
  ...{ tiles: tiles(count), focus },
  ...(layout === undefined ? {} : { layout }),
});
const cameras = ({ tiles: all }: Screen) =>
  all.map((tile) => ('camera' in tile ? tile.camera : '-')).join(' ');

describe('a layout that was chosen', () => {
  it.each([
    ['1', 'single', null],
    ['2x2', 'four', null],
    ['1+3', 'focus', 2],
    ['3x3', 'nine', null],
  ] as const)('%s is %s, whatever the tiles', (layout, name, large) => {
    expect(layoutOf(2, 2, layout)).toBe(name);
    expect(largeTile(screen(3, 2, layout))).toBe(large);
  });

  it('has a large tile though none is meant, where it has one', () => {
    expect(largeTile(screen(3, null, '1+3'))).toBe(0);
  });

  it('shows the places that are free', () => {
    expect(
      [screen(3, null, '2x2'), screen(9, null, '3x3'), screen(3, null)].map(freeCells),
    ).toEqual([1, 0, 0]);
  });

  it.each<[string, Screen, ScreenLayout | undefined, string, number | null]>([
    ['keeps what fits', screen(2, 1), '2x2', 'c0 c1', 1],
    ['leaves what does not', screen(6, 0), '2x2', 'c0 c1 c2 c3', 0],
    ['keeps what is meant', screen(6, 5), '1+3', 'c0 c1 c2 c5', 3],
    ['is that alone where there is one', screen(4, 2), '1', 'c2', 0],
    ['is the first where none is meant', screen(4, null), '1', 'c0', null],
    ['can be left again', screen(3, 1, '3x3'), undefined, 'c0 c1 c2', 1],
  ])('%s', (_what, before, layout, left, focus) => {
    const after = inLayout(before, layout);
    expect([cameras(after), after.focus, after.layout]).toEqual([left, focus, layout]);
  });

  it.each<[ScreenLayout | undefined, number, ScreenLayout | undefined]>([
    [undefined, 3, undefined],
    ['2x2', 3, '2x2'],
    ['2x2', 4, '3x3'],
    ['1', 1, '2x2'],
    ['1+3', 4, '3x3'],
  ])('%s with %i tiles and one more is %s', (layout, count, next) => {
    const after = withTile(screen(count, null, layout), { plan: 'p' });
    expect([after.tiles.length, after.layout]).toEqual([count + 1, next]);
  });
});

it('tiles are known by what is on them, one camera twice by its turn', () => {
  const all: Tile[] = [
    { camera: 'a' },
    { plan: 'a' },
    { empty: true },
    { camera: 'a' },
    { image: 'i' },
  ];
  expect(tileKeys(all)).toEqual(['camera a 0', 'plan a 0', 'empty 2', 'camera a 1', 'image i 0']);
});
