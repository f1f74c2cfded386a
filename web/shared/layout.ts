import type { Tile } from '../../src/client/index.ts';

export type Layout = 'single' | 'two' | 'four' | 'focus' | 'nine';

/** 1, 2, 2×2, one large and the rest beside it, 3×3. */
export function layoutOf(count: number, focus: number | null): Layout {
  if (count <= 1) return 'single';
  if (focus !== null && focus < count) return 'focus';
  if (count === 2) return 'two';
  return count <= 4 ? 'four' : 'nine';
}

/** The camera on a tile; undefined for a plan, an image or an empty place. */
export function cameraOn(tile: Tile | undefined): string | undefined {
  return tile && 'camera' in tile ? tile.camera : undefined;
}

/** Follows the camera and not the place, so that a picture that moves keeps playing. */
export function tileKey(tiles: readonly Tile[], index: number): string {
  const camera = cameraOn(tiles[index]);
  if (camera === undefined) return `empty ${index}`;
  const before = tiles.slice(0, index).filter((tile) => cameraOn(tile) === camera);
  return `${camera} ${before.length}`;
}
