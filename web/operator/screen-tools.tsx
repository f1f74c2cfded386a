import type {
  IncidentImage,
  IncidentPlan,
  Screen,
  ScreenLayout,
  Tile,
} from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn, inLayout, withTile } from '../shared/layout.ts';

/** What can be put on a tile. */
export interface Choices {
  readonly cameras: readonly { readonly id: string; readonly name: string }[];
  readonly plans: readonly Pick<IncidentPlan, 'id' | 'name'>[];
  readonly images: readonly Pick<IncidentImage, 'id' | 'name'>[];
}

interface ToolProps {
  readonly screen: Screen;
  readonly choices: Choices;
  readonly onChange: (screen: Screen) => void;
}

export const MAX_TILES = 9;
const CHOSEN: readonly ScreenLayout[] = ['1', '2x2', '1+3', '3x3'];

/** How the tiles are divided over the screen. */
export function LayoutChoice({ screen, onChange }: Omit<ToolProps, 'choices'>) {
  const texts = useTexts();
  return (
    <select
      aria-label={texts.plans.layout}
      data-testid="layout"
      value={screen.layout ?? ''}
      onChange={({ currentTarget: { value } }) =>
        onChange(
          inLayout(
            screen,
            CHOSEN.find((layout) => layout === value),
          ),
        )
      }
    >
      <option value="">{texts.plans.layouts.auto}</option>
      {CHOSEN.map((layout) => (
        <option key={layout} value={layout}>
          {texts.plans.layouts[layout]}
        </option>
      ))}
    </select>
  );
}

/** Puts on the screen what is not there yet. */
export function AddTile({ screen, choices, onChange }: ToolProps) {
  const texts = useTexts();
  const others = without(choices, screen.tiles);
  const isNothingLeft = Object.values(others).every((each) => each.length === 0);
  if (isNothingLeft || screen.tiles.length >= MAX_TILES) return null;
  return (
    <select
      class="add-tile"
      aria-label={texts.addTile}
      data-testid="add-tile"
      value=""
      onChange={({ currentTarget }) => {
        const tile = tileOf(currentTarget.value);
        if (tile) onChange(withTile(screen, tile));
        currentTarget.value = '';
      }}
    >
      <option value="">+ {texts.addTile}</option>
      <Options choices={others} />
    </select>
  );
}

export interface TileToolsProps extends ToolProps {
  readonly index: number;
  readonly onStill: (camera: string) => void;
}

export function TileTools({ index, screen, choices, onChange, onStill }: TileToolsProps) {
  const { tiles, focus } = screen;
  const texts = useTexts();
  const tile = tiles[index];
  const camera = cameraOn(tile);
  const isLarge = focus === index;
  const name = choices.cameras.find(({ id }) => id === camera)?.name ?? '';
  return (
    <>
      <select
        aria-label={texts.tileCamera(index + 1)}
        data-testid="tile-camera"
        value={tile && optionOf(tile)}
        onChange={({ currentTarget }) => {
          const wanted = tileOf(currentTarget.value);
          if (wanted) onChange({ ...screen, tiles: exchange(tiles, index, wanted) });
        }}
      >
        <Options choices={choices} />
      </select>
      {camera !== undefined && (
        <Tool
          label={texts.plans.takeStill(name)}
          testid="tile-still"
          sign="◉"
          onClick={() => onStill(camera)}
        />
      )}
      <Tool
        label={isLarge ? texts.unfocusTile : texts.focusTile}
        testid="tile-focus"
        sign={isLarge ? '▣' : '◱'}
        pressed={isLarge}
        onClick={() => onChange({ ...screen, focus: isLarge ? null : index })}
      />
      <Tool
        label={texts.removeTile}
        testid="tile-remove"
        sign="✕"
        onClick={() => onChange(withoutTile(screen, index))}
      />
    </>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly testid: string;
  readonly sign: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function Tool({ label, testid, sign, pressed, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      data-testid={testid}
      onClick={onClick}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {sign}
    </button>
  );
}

/** Cameras by themselves; plans and images in groups of their own, where there are any. */
function Options({ choices: { cameras, plans, images } }: { choices: Choices }) {
  const texts = useTexts();
  const group = (label: string, kind: 'plan' | 'image', items: Choices['plans']) =>
    items.length > 0 && (
      <optgroup label={label}>
        {items.map(({ id, name }) => (
          <option key={id} value={`${kind}:${id}`}>
            {name}
          </option>
        ))}
      </optgroup>
    );
  return (
    <>
      {cameras.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      {group(texts.plans.choices.plans, 'plan', plans)}
      {group(texts.plans.choices.images, 'image', images)}
    </>
  );
}

/** As the value of an option: a camera is its id, which has no colon. */
export function optionOf(tile: Tile): string {
  if ('camera' in tile) return tile.camera;
  if ('plan' in tile) return `plan:${tile.plan}`;
  return 'image' in tile ? `image:${tile.image}` : '';
}

export function tileOf(value: string): Tile | undefined {
  if (value === '') return undefined;
  const [kind = '', id] = value.split(':', 2);
  if (id === undefined) return { camera: value };
  return kind === 'plan' ? { plan: id } : { image: id };
}

function without({ cameras, plans, images }: Choices, tiles: readonly Tile[]): Choices {
  const shown = new Set(tiles.map(optionOf));
  return {
    cameras: cameras.filter(({ id }) => !shown.has(id)),
    plans: plans.filter(({ id }) => !shown.has(`plan:${id}`)),
    images: images.filter(({ id }) => !shown.has(`image:${id}`)),
  };
}

/** Puts something on a tile; where that was, comes what it replaces. */
function exchange(tiles: readonly Tile[], index: number, wanted: Tile): Tile[] {
  const before = tiles[index];
  return tiles.map((tile, at) => {
    if (at === index) return wanted;
    return before && optionOf(tile) === optionOf(wanted) ? before : tile;
  });
}

/** The large tile stays large while it is there. */
function withoutTile(screen: Screen, index: number): Screen {
  const { focus } = screen;
  const tiles = screen.tiles.filter((_tile, at) => at !== index);
  if (focus === null || focus === index) return { ...screen, tiles, focus: null };
  return { ...screen, tiles, focus: focus > index ? focus - 1 : focus };
}
