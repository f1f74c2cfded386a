import type { IncidentView, PlanSight, Screen, Tile } from '../../src/client/index.ts';
import { CameraTile } from '../shared/camera-tile.tsx';
import { HolderBadge } from '../shared/holder-badge.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn, tileBesidePlan } from '../shared/layout.ts';
import { PictureTile } from '../shared/picture-tile.tsx';
import { PlanSheet } from '../shared/plan-sheet.tsx';
import { type PaintedTile, ScreenWall } from '../shared/screen-wall.tsx';
import { cameraOf } from './names.ts';
import type { Room } from './room.ts';

export interface SharedScreenProps {
  readonly room: Room;
  readonly incident: IncidentView;
  readonly screen: Screen;
  readonly sights: readonly PlanSight[];
  /** Index of the tile that the controls are for. */
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}

/** Exactly what the operator composed. */
export function SharedScreen(props: SharedScreenProps) {
  const { incident, screen } = props;
  const texts = useTexts();
  if (screen.tiles.length === 0) return <p class="notice">{texts.screenEmptyPolice}</p>;
  return (
    <ScreenWall
      screen={allowed(screen, incident)}
      label={texts.screen}
      free={texts.plans.free}
      paint={(painted) => <SharedTile {...props} painted={painted} />}
    />
  );
}

/** A right that was withdrawn is withdrawn here too, in the message that says so and not in the next. */
function allowed(screen: Screen, { grants }: IncidentView): Screen {
  if (grants.some(({ rights }) => rights.includes('plan'))) return screen;
  const isPicture = (tile: Tile) => 'plan' in tile || 'image' in tile;
  if (!screen.tiles.some(isPicture)) return screen;
  return {
    ...screen,
    tiles: screen.tiles.map((tile) => (isPicture(tile) ? { empty: true } : tile)),
  };
}

type TileProps = SharedScreenProps & { readonly painted: PaintedTile };

function SharedTile(props: TileProps) {
  const { room, incident, selected, onSelect, painted } = props;
  const { tile, index, ...size } = painted;
  const texts = useTexts();
  const camera = cameraOn(tile);
  if (camera !== undefined) {
    return (
      <CameraTile
        {...size}
        client={room.client}
        camera={camera}
        name={`${index + 1} · ${cameraOf(incident, camera).name}`}
        badge={<HolderBadge desk={room} camera={camera} />}
        incident={incident.id}
        selected={index === selected}
        onSelect={() => onSelect(index)}
        onOver={({ code }) => {
          if (code === 'not-shared') return;
          room.end(incident.id, code === 'incident-closed', texts.reasons[code] ?? '');
        }}
      />
    );
  }
  if ('plan' in tile) return <SharedPlan {...props} plan={tile.plan} />;
  if ('image' in tile) return <SharedImage {...props} image={tile.image} />;
  return <div class={`tile empty${size.large ? ' large' : ''}`}>{texts.tileEmpty}</div>;
}

function SharedImage(props: TileProps & { image: string }) {
  const { incident, image, painted, selected, onSelect } = props;
  const { tile: _, index, ...size } = painted;
  const known = incident.images?.find(({ id }) => id === image);
  return (
    <PictureTile
      {...size}
      url={urlOf(incident, 'images', image)}
      id={image}
      name={`${index + 1} · ${known?.name ?? ''}`}
      testid="image-tile"
      selected={index === selected}
      onSelect={() => onSelect(index)}
    />
  );
}

/** A camera on the plan is asked for by a click, on the chosen tile. */
function SharedPlan(props: TileProps & { plan: string }) {
  const { room, incident, plan, sights, painted, selected, onSelect } = props;
  const { tile: _, index, ...size } = painted;
  const texts = useTexts();
  const known = incident.plans?.find(({ id }) => id === plan);
  const mayAsk =
    room.may('request.make') && incident.grants.some(({ rights }) => rights.includes('switch'));
  return (
    <PictureTile
      {...size}
      url={urlOf(incident, 'plans', plan)}
      id={plan}
      name={`${index + 1} · ${known?.name ?? ''}`}
      testid="plan-tile"
      selected={index === selected}
      onSelect={() => onSelect(index)}
      {...(known
        ? {
            draw: (src) => (
              <PlanSheet
                plan={known}
                src={src}
                sights={sights.filter((sight) => sight.plan === plan)}
                cameraName={(id) => cameraOf(incident, id).name}
                {...(mayAsk
                  ? { action: texts.plans.askFor, onCamera: (camera) => bringUp(props, camera) }
                  : {})}
              />
            ),
          }
        : {})}
    />
  );
}

/** A camera that is on the screen is chosen; any other is asked for. */
function bringUp({ room, incident, screen, selected, onSelect }: TileProps, camera: string): void {
  const { tiles } = screen;
  const at = tiles.findIndex((tile) => cameraOn(tile) === camera);
  if (at >= 0) {
    onSelect(at);
    return;
  }
  room.askForTile(incident.id, tileBesidePlan(tiles, selected), { camera });
}

function urlOf({ id }: IncidentView, kind: 'plans' | 'images', picture: string): string {
  return `/v1/incidents/${encodeURIComponent(id)}/${kind}/${encodeURIComponent(picture)}`;
}
