import type { IncidentView, Screen } from '../../src/client/index.ts';
import { CameraTile } from '../shared/camera-tile.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn, tileKey } from '../shared/layout.ts';
import { TileGrid } from '../shared/tile-grid.tsx';
import { cameraOf } from './names.ts';
import type { Room } from './room.ts';

export interface SharedScreenProps {
  readonly room: Room;
  readonly incident: IncidentView;
  readonly screen: Screen;
  /** Index of the tile that the controls are for. */
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}

/** Exactly what the operator composed. */
export function SharedScreen({ room, incident, screen, selected, onSelect }: SharedScreenProps) {
  const texts = useTexts();
  const { tiles, focus } = screen;
  if (tiles.length === 0) return <p class="notice">{texts.screenEmptyPolice}</p>;
  return (
    <TileGrid count={tiles.length} focus={focus} label={texts.screen}>
      {tiles.map((tile, index) => {
        const camera = cameraOn(tile);
        const key = tileKey(tiles, index);
        if (camera === undefined) {
          return (
            <div key={key} class={`tile empty${focus === index ? ' large' : ''}`}>
              {texts.tileEmpty}
            </div>
          );
        }
        return (
          <CameraTile
            key={key}
            client={room.client}
            camera={camera}
            name={`${index + 1} · ${cameraOf(incident, camera).name}`}
            incident={incident.id}
            selected={index === selected}
            large={focus === index}
            onSelect={() => onSelect(index)}
            onOver={({ code }) => {
              if (code === 'not-shared') return;
              room.end(incident.id, code === 'incident-closed', texts.reasons[code] ?? '');
            }}
          />
        );
      })}
    </TileGrid>
  );
}
