import type { ComponentChildren } from 'preact';
import { layoutOf } from './layout.ts';

export interface TileGridProps {
  readonly count: number;
  readonly focus: number | null;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** The wall. The order of the tiles stays; the large one is placed by its class. */
export function TileGrid({ count, focus, label, children }: TileGridProps) {
  return (
    <section
      class={`wall ${layoutOf(count, focus)}`}
      aria-label={label}
      data-testid="wall"
      data-count={count}
    >
      {children}
    </section>
  );
}
