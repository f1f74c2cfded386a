import type { ComponentChildren } from 'preact';
import type { ScreenLayout } from '../../src/client/index.ts';
import { layoutOf } from './layout.ts';

export interface TileGridProps {
  readonly count: number;
  readonly focus: number | null;
  readonly layout?: ScreenLayout | undefined;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** The wall. The order of the tiles stays; the large one is placed by its class. */
export function TileGrid({ count, focus, layout, label, children }: TileGridProps) {
  return (
    <section
      class={`wall ${layoutOf(count, focus, layout)}`}
      aria-label={label}
      data-testid="wall"
      data-count={count}
      data-layout={layout}
    >
      {children}
    </section>
  );
}
