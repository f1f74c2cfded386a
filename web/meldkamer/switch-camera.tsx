import type { IncidentView } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOf } from './names.ts';
import type { Room } from './room.ts';

export interface SwitchCameraProps {
  readonly room: Room;
  readonly incident: IncidentView;
  readonly tile: number;
  /** The camera that is on that tile now. */
  readonly shown: string | undefined;
}

/** Asks the operator to put another camera on the chosen tile: a shared one, or a neighbour of those. */
export function SwitchCamera({ room, incident, tile, shown }: SwitchCameraProps) {
  const texts = useTexts();
  const neighbours = incident.neighbours?.map(({ id }) => id) ?? [];
  const others = [...incident.cameras.filter((id) => id !== shown), ...neighbours];
  if (others.length === 0) return null;
  const ask = (camera: string) => room.askForTile(incident.id, tile, { camera });
  return (
    <section class="panel" data-testid="switch-panel">
      <h3>
        {texts.otherCamera} <span class="muted">{texts.tile(tile + 1)}</span>
      </h3>
      <ul class="choices">
        {others.map((id) => (
          <li key={id}>
            <button type="button" data-testid={`switch-${id}`} onClick={() => ask(id)}>
              {cameraOf(incident, id).name}
              {neighbours.includes(id) && <span class="muted"> {texts.notSharedYet}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
