import { type ComponentChildren, Fragment } from 'preact';
import type { Screen, Tile } from '../../src/client/index.ts';
import { CELLS, freeCells, largeTile, tileKeys } from './layout.ts';
import { TileGrid } from './tile-grid.tsx';
import { useSwitching } from './use-switching.ts';

/** A tile as it is to be painted. */
export interface PaintedTile {
  readonly tile: Tile;
  readonly index: number;
  /** Behind the others, until it has a picture: nobody sees it yet. */
  readonly preparing: boolean;
  /** Larger than the others. */
  readonly large: boolean;
  /** The one that is meant, where all have one size. */
  readonly meant: boolean;
  readonly onReady: () => void;
}

export interface ScreenWallProps {
  /** What is asked for; shown from picture to picture. */
  readonly screen: Screen;
  readonly label: string;
  /** For places of a chosen layout that nothing is on. */
  readonly free: string;
  readonly paint: (tile: PaintedTile, screen: Screen) => ComponentChildren;
}

/** The shared screen: one composition, which changes in one repaint. */
export function ScreenWall({ screen, label, free, paint }: ScreenWallProps) {
  const { shown, preparing, ready } = useSwitching(screen);
  const { tiles, focus, layout } = shown;
  const large = largeTile(shown);
  const keys = tileKeys(tiles);
  const count = layout === undefined ? tiles.length : CELLS[layout];
  const place = (key: string, painted: Omit<PaintedTile, 'onReady'>) => (
    <Fragment key={key}>{paint({ ...painted, onReady: () => ready(key) }, shown)}</Fragment>
  );
  return (
    // One list: what was prepared is the same element when it comes to the front, and keeps playing.
    <TileGrid count={count} focus={large} layout={layout} label={label}>
      {[
        ...tiles.map((tile, index) =>
          place(keys[index] ?? '', {
            ...{ tile, index, preparing: false },
            large: index === large,
            meant: large === null && index === focus && tiles.length > 1,
          }),
        ),
        ...preparing.map(({ key, tile }) =>
          place(key, { tile, index: -1, preparing: true, large: false, meant: false }),
        ),
      ]}
      {Array.from({ length: freeCells(shown) }, (_, at) => (
        <div key={`free ${at}`} class="tile empty">
          {free}
        </div>
      ))}
    </TileGrid>
  );
}
