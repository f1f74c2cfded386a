import type { Screen, Tile } from '../../src/client/index.ts';
import { tileKeys } from './layout.ts';

/** So long the old picture stays for one that does not come. */
export const WAIT_MS = 2_500;

/**
 * How one composition takes the place of another without a tile going black: where something new takes
 * the place of something that is shown, the old one stays until the new one has its first picture. Then, or
 * when the time is over, everything that was asked for changes at once.
 */
export interface Switching {
  /** What is on the screen now. */
  readonly shown: Screen;
  /** What is being prepared; undefined when the screen is as it was asked for. */
  readonly next: Screen | undefined;
  /** Tiles of `next` without which it is not shown yet, by their keys. */
  readonly waitsFor: readonly string[];
}

export type SwitchingEvent =
  | { readonly kind: 'screen'; readonly screen: Screen }
  /** A tile has something to show. */
  | { readonly kind: 'ready'; readonly key: string }
  /** It has been waited for long enough: what has no picture says so. */
  | { readonly kind: 'timeout' };

export function settled(shown: Screen): Switching {
  return { shown, next: undefined, waitsFor: [] };
}

export function nextSwitching(state: Switching, event: SwitchingEvent): Switching {
  switch (event.kind) {
    case 'screen':
      return isSame(event.screen, state.next ?? state.shown)
        ? state
        : switched(state, event.screen);
    case 'ready': {
      if (!state.next || !state.waitsFor.includes(event.key)) return state;
      const waitsFor = state.waitsFor.filter((key) => key !== event.key);
      return waitsFor.length === 0 ? settled(state.next) : { ...state, waitsFor };
    }
    case 'timeout':
      return state.next ? settled(state.next) : state;
  }
}

/** The tiles that are made ready behind the others, in the order of the next screen. */
export function preparing({ shown, next }: Switching): { key: string; tile: Tile }[] {
  if (!next) return [];
  const present = tileKeys(shown.tiles);
  return tileKeys(next.tiles).flatMap((key, index) => {
    const tile = next.tiles[index];
    return tile && !('empty' in tile) && !present.includes(key) ? [{ key, tile }] : [];
  });
}

function switched(state: Switching, screen: Screen): Switching {
  const present = tileKeys(state.shown.tiles);
  const known = new Set([...present, ...preparedAlready(state)]);
  const wanted = tileKeys(screen.tiles);
  const replacing = wanted.map((key, index) => {
    const before = state.shown.tiles[index];
    const showsSomething = before !== undefined && !('empty' in before);
    return showsSomething && !present.includes(key) && !key.startsWith('empty ');
  });
  const waitsFor = wanted.filter((key, index) => replacing[index] && !known.has(key));
  if (waitsFor.length === 0) return settled(screen);
  // What is taken away, and nothing comes in its place, waits for nothing.
  const isFilled = (index: number) => wanted[index]?.startsWith('empty ') === false;
  const tiles = state.shown.tiles.map(
    (tile, index): Tile =>
      wanted.includes(present[index] ?? '') || isFilled(index) ? tile : { empty: true },
  );
  return { shown: { ...state.shown, tiles }, next: screen, waitsFor };
}

function isSame(a: Screen, b: Screen): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What was prepared for a screen that never came has its picture already. */
function preparedAlready(state: Switching): string[] {
  return preparing(state)
    .map(({ key }) => key)
    .filter((key) => !state.waitsFor.includes(key));
}
