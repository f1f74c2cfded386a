import type { Screen, ScreenLayout, Tile } from '../../src/client/index.ts';

export type Layout = 'single' | 'two' | 'four' | 'focus' | 'nine';

/** How many tiles a layout has. */
export const CELLS: Readonly<Record<ScreenLayout, number>> = {
  '1': 1,
  '2x2': 4,
  '1+3': 4,
  '3x3': 9,
};
const LAYOUTS: Readonly<Record<ScreenLayout, Layout>> = {
  '1': 'single',
  '2x2': 'four',
  '1+3': 'focus',
  '3x3': 'nine',
};

/** Where nobody chose one: 1, 2, 2×2, one large and the rest beside it, 3×3. */
export function layoutOf(count: number, focus: number | null, chosen?: ScreenLayout): Layout {
  if (chosen !== undefined) return LAYOUTS[chosen];
  if (count <= 1) return 'single';
  if (focus !== null && focus < count) return 'focus';
  if (count === 2) return 'two';
  return count <= 4 ? 'four' : 'nine';
}

/** The tile that is shown large; null where all have one size. */
export function largeTile({ tiles, focus, layout }: Screen): number | null {
  if (layout === '1+3') return focus ?? 0;
  return layout === undefined && tiles.length > 1 ? focus : null;
}

/** Tiles that a chosen layout has and that nothing is on. */
export function freeCells({ tiles, layout }: Screen): number {
  return layout === undefined ? 0 : Math.max(0, CELLS[layout] - tiles.length);
}

/** The screen in another layout: what does not fit goes, the tile that is meant last. */
export function inLayout(screen: Screen, layout: ScreenLayout | undefined): Screen {
  const { layout: _, ...rest } = screen;
  if (layout === undefined) return rest;
  const cells = CELLS[layout];
  if (rest.tiles.length <= cells) return { ...rest, layout };
  const { tiles, focus } = rest;
  const meant = focus === null || focus < cells ? undefined : tiles[focus];
  const kept = tiles.slice(0, meant === undefined ? cells : cells - 1);
  return {
    tiles: meant === undefined ? kept : [...kept, meant],
    focus: meant === undefined ? focus : cells - 1,
    layout,
  };
}

/** One tile more; in the next larger layout where the chosen one is full. */
export function withTile({ tiles, focus, layout }: Screen, tile: Tile): Screen {
  const more = { tiles: [...tiles, tile], focus };
  if (layout === undefined) return more;
  const fits = more.tiles.length <= CELLS[layout];
  return { ...more, layout: fits ? layout : layout === '1' && tiles.length < 4 ? '2x2' : '3x3' };
}

/** Where a camera comes that was chosen on a plan: the tile that is meant, unless a plan is on it; else the first other, or a new one. */
export function tileBesidePlan(tiles: readonly Tile[], meant: number | null): number {
  const isFree = (tile: Tile | undefined) => tile !== undefined && !('plan' in tile);
  if (meant !== null && isFree(tiles[meant])) return meant;
  const first = tiles.findIndex(isFree);
  return first < 0 ? tiles.length : first;
}

/** The camera on a tile; undefined for a plan, an image or an empty place. */
export function cameraOn(tile: Tile | undefined): string | undefined {
  return tile && 'camera' in tile ? tile.camera : undefined;
}

/** Follows what is on it and not the place, so that a picture that moves keeps playing. */
export function tileKeys(tiles: readonly Tile[]): string[] {
  const seen = new Map<string, number>();
  return tiles.map((tile, index) => {
    const content = contentOf(tile);
    if (content === undefined) return `empty ${index}`;
    const before = seen.get(content) ?? 0;
    seen.set(content, before + 1);
    return `${content} ${before}`;
  });
}

function contentOf(tile: Tile): string | undefined {
  if ('camera' in tile) return `camera ${tile.camera}`;
  if ('plan' in tile) return `plan ${tile.plan}`;
  return 'image' in tile ? `image ${tile.image}` : undefined;
}
