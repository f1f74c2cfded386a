/** How a tile stands on the wall. */
export interface TileLook {
  readonly selected?: boolean;
  readonly large?: boolean;
  /** The one that is meant, where all have one size. */
  readonly meant?: boolean;
  /** Out of sight until it has something to show. */
  readonly preparing?: boolean;
}

export function tileClass(kind: string, look: TileLook): string {
  const names = (['selected', 'large', 'meant', 'preparing'] as const).filter((name) => look[name]);
  return ['tile', kind, ...names].join(' ');
}

export interface TileNameProps {
  readonly name: string;
  readonly selected?: boolean;
  readonly onSelect?: () => void;
}

/** A button where the tile can be chosen. */
export function TileName({ name, selected, onSelect }: TileNameProps) {
  if (!onSelect) return <span class="tile-name">{name}</span>;
  return (
    <button
      type="button"
      class="tile-name"
      aria-pressed={selected === true}
      data-testid="tile-select"
      onClick={onSelect}
    >
      {name}
    </button>
  );
}
