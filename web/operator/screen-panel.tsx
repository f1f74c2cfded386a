import type { Incident, Screen, Tile } from '../../src/client/index.ts';
import { CameraTile } from '../shared/camera-tile.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn, tileKey } from '../shared/layout.ts';
import { TileGrid } from '../shared/tile-grid.tsx';
import type { Centre, CentreState } from './centre.ts';
import { cameraName } from './names.ts';

export interface ScreenPanelProps {
  readonly centre: Centre;
  readonly state: CentreState;
  readonly incident: Incident;
  readonly selected: string | undefined;
  readonly onSelect: (camera: string | undefined) => void;
}

const MAX_TILES = 9;

/** What the control rooms see, composed here; every change is theirs at once. */
export function ScreenPanel({ centre, state, incident, selected, onSelect }: ScreenPanelProps) {
  const texts = useTexts();
  const { tiles, focus } = incident.screen;
  const mayCompose = centre.may('incident.manage');
  const put = (screen: Screen) => void centre.setScreen(incident.id, screen);
  const cameras = state.cameras.filter((camera) => camera.site === incident.site);
  return (
    <div class="screen-panel">
      <div class="screen-bar">
        <h3>{texts.screen}</h3>
        <span class="hint">{texts.screenHint}</span>
        {mayCompose && <AddTile screen={incident.screen} choices={cameras} onChange={put} />}
      </div>
      {tiles.length === 0 && <p class="notice">{texts.screenEmpty}</p>}
      <TileGrid count={tiles.length} focus={focus} label={texts.screen}>
        {tiles.map((tile, index) => {
          const camera = cameraOn(tile);
          const key = tileKey(tiles, index);
          if (camera === undefined) return <EmptyTile key={key} text={texts.tileEmpty} />;
          if (!centre.may('camera.watch')) {
            return (
              <EmptyTile key={key} text={`${cameraName(state, camera)} — ${texts.noImages}`} />
            );
          }
          return (
            <CameraTile
              key={key}
              client={centre.client}
              camera={camera}
              name={cameraName(state, camera)}
              selected={camera === selected}
              large={focus === index}
              onSelect={() => onSelect(camera === selected ? undefined : camera)}
            >
              {mayCompose && (
                <TileTools
                  index={index}
                  screen={incident.screen}
                  choices={cameras}
                  onChange={put}
                />
              )}
            </CameraTile>
          );
        })}
      </TileGrid>
    </div>
  );
}

type Choices = readonly { readonly id: string; readonly name: string }[];

interface ToolProps {
  readonly screen: Screen;
  readonly choices: Choices;
  readonly onChange: (screen: Screen) => void;
}

/** Puts a camera on the screen that is not there yet. */
function AddTile({ screen: { tiles, focus }, choices, onChange }: ToolProps) {
  const texts = useTexts();
  const onScreen = new Set(tiles.map(cameraOn));
  const others = choices.filter(({ id }) => !onScreen.has(id));
  if (others.length === 0 || tiles.length >= MAX_TILES) return null;
  return (
    <select
      class="add-tile"
      aria-label={texts.addTile}
      data-testid="add-tile"
      value=""
      onChange={({ currentTarget }) => {
        if (currentTarget.value === '') return;
        onChange({ tiles: [...tiles, { camera: currentTarget.value }], focus });
        currentTarget.value = '';
      }}
    >
      <option value="">+ {texts.addTile}</option>
      {optionsOf(others)}
    </select>
  );
}

function optionsOf(choices: Choices) {
  return choices.map(({ id, name }) => (
    <option key={id} value={id}>
      {name}
    </option>
  ));
}

function TileTools(props: ToolProps & { index: number }) {
  const { index, choices, onChange } = props;
  const { tiles, focus } = props.screen;
  const texts = useTexts();
  const tile = tiles[index];
  const isLarge = focus === index;
  return (
    <>
      <select
        aria-label={texts.tileCamera(index + 1)}
        data-testid="tile-camera"
        value={cameraOn(tile)}
        onChange={({ currentTarget }) =>
          onChange({ tiles: exchange(tiles, index, currentTarget.value), focus })
        }
      >
        {optionsOf(choices)}
      </select>
      <button
        type="button"
        aria-pressed={isLarge}
        aria-label={isLarge ? texts.unfocusTile : texts.focusTile}
        title={isLarge ? texts.unfocusTile : texts.focusTile}
        data-testid="tile-focus"
        onClick={() => onChange({ tiles, focus: isLarge ? null : index })}
      >
        {isLarge ? '▣' : '◱'}
      </button>
      <button
        type="button"
        aria-label={texts.removeTile}
        title={texts.removeTile}
        data-testid="tile-remove"
        onClick={() => onChange(without(tiles, index, focus))}
      >
        ✕
      </button>
    </>
  );
}

function EmptyTile({ text }: { text: string }) {
  return <div class="tile empty">{text}</div>;
}

/** Puts a camera on a tile; where that camera was, comes the one that it replaces. */
function exchange(tiles: readonly Tile[], index: number, camera: string): Tile[] {
  const before = tiles[index];
  return tiles.map((tile, at) => {
    if (at === index) return { camera };
    return before && cameraOn(tile) === camera ? before : tile;
  });
}

/** The large tile stays large while it is there. */
function without(tiles: readonly Tile[], index: number, focus: number | null): Screen {
  const left = tiles.filter((_tile, at) => at !== index);
  if (focus === null || focus === index) return { tiles: left, focus: null };
  return { tiles: left, focus: focus > index ? focus - 1 : focus };
}
