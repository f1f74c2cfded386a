import type { IncidentView, PlanSight, Screen } from '../../src/client/index.ts';
import { CameraTile } from '../shared/camera-tile.tsx';
import { HolderBadge } from '../shared/holder-badge.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn, tileBesidePlan, withTile } from '../shared/layout.ts';
import { PictureTile } from '../shared/picture-tile.tsx';
import { PlanSheet } from '../shared/plan-sheet.tsx';
import { type PaintedTile, ScreenWall } from '../shared/screen-wall.tsx';
import { useSights } from '../shared/use-sights.ts';
import type { Centre, CentreState } from './centre.ts';
import { imageUrl } from './images-panel.tsx';
import { cameraName } from './names.ts';
import { AddTile, LayoutChoice, TileTools } from './screen-tools.tsx';

export interface ScreenPanelProps {
  readonly centre: Centre;
  readonly state: CentreState;
  readonly incident: IncidentView;
  readonly selected: string | undefined;
  readonly onSelect: (camera: string | undefined) => void;
}

/** What the control rooms see, composed here; every change is theirs at once. */
export function ScreenPanel(props: ScreenPanelProps) {
  const { centre, state, incident } = props;
  const texts = useTexts();
  const { screen } = incident;
  const mayCompose = centre.may('incident.manage');
  const put = (next: Screen) => void centre.setScreen(incident.id, next);
  const cameras = state.cameras.filter((camera) => camera.site === incident.site);
  const choices = { cameras, plans: incident.plans ?? [], images: incident.images ?? [] };
  const sights = useSights(centre.client, incident);
  return (
    <div class="screen-panel">
      <div class="screen-bar">
        <h3>{texts.screen}</h3>
        <span class="hint">{texts.screenHint}</span>
        {mayCompose && <LayoutChoice screen={screen} onChange={put} />}
        {mayCompose && <AddTile screen={screen} choices={choices} onChange={put} />}
      </div>
      {screen.tiles.length === 0 && <p class="notice">{texts.screenEmpty}</p>}
      <ScreenWall
        screen={screen}
        label={texts.screen}
        free={texts.plans.free}
        paint={(tile, shown) => (
          <OwnTile {...props} painted={tile} sights={sights} onPut={put}>
            {mayCompose && !tile.preparing && (
              <TileTools
                index={tile.index}
                screen={shown}
                choices={choices}
                onChange={put}
                onStill={(camera) =>
                  void centre.attempt((api) => api.takeStill(incident.id, camera))
                }
              />
            )}
          </OwnTile>
        )}
      />
    </div>
  );
}

interface OwnTileProps extends ScreenPanelProps {
  readonly painted: PaintedTile;
  readonly sights: readonly PlanSight[];
  readonly onPut: (screen: Screen) => void;
  readonly children: preact.ComponentChildren;
}

function OwnTile(props: OwnTileProps) {
  const { centre, state, selected, onSelect, painted, children } = props;
  const { tile, index: _, ...size } = painted;
  const texts = useTexts();
  const camera = cameraOn(tile);
  if (camera !== undefined) {
    const name = cameraName(state, camera);
    if (!centre.may('camera.watch')) return <EmptyTile text={`${name} — ${texts.noImages}`} />;
    return (
      <CameraTile
        {...size}
        client={centre.client}
        camera={camera}
        name={name}
        badge={<HolderBadge desk={centre} camera={camera} />}
        selected={camera === selected}
        onSelect={() => onSelect(camera === selected ? undefined : camera)}
      >
        {children}
      </CameraTile>
    );
  }
  if (!centre.may('plan.read') || 'empty' in tile) return <EmptyTile text={texts.tileEmpty} />;
  if ('image' in tile) return <OwnImage {...props} image={tile.image} size={size} />;
  if ('plan' in tile) return <OwnPlan {...props} plan={tile.plan} size={size} />;
  return <EmptyTile text={texts.tileEmpty} />;
}

type Size = Omit<PaintedTile, 'tile' | 'index'>;

function OwnImage({
  incident,
  image,
  size,
  children,
}: OwnTileProps & { image: string; size: Size }) {
  const known = incident.images?.find(({ id }) => id === image);
  return (
    <PictureTile
      {...size}
      url={imageUrl(incident.id, image)}
      id={image}
      name={known?.name ?? ''}
      testid="image-tile"
    >
      {children}
    </PictureTile>
  );
}

/** A camera on the plan is brought up by a click: on the tile that is meant, or beside the plan. */
function OwnPlan(props: OwnTileProps & { plan: string; size: Size }) {
  const { centre, state, incident, plan, size, sights, onPut, children } = props;
  const texts = useTexts();
  const known = incident.plans?.find(({ id }) => id === plan);
  const mayCompose = centre.may('incident.manage');
  return (
    <PictureTile
      {...size}
      url={`/v1/plans/${encodeURIComponent(plan)}/content`}
      id={plan}
      name={known?.name ?? ''}
      testid="plan-tile"
      {...(known
        ? {
            draw: (src) => (
              <PlanSheet
                plan={known}
                src={src}
                sights={sights.filter((sight) => sight.plan === plan)}
                cameraName={(id) => cameraName(state, id)}
                {...(mayCompose
                  ? {
                      action: texts.plans.bringUp,
                      onCamera: (camera) => onPut(withCameraUp(incident.screen, camera)),
                    }
                  : {})}
              />
            ),
          }
        : {})}
    >
      {children}
    </PictureTile>
  );
}

function EmptyTile({ text }: { text: string }) {
  return <div class="tile empty">{text}</div>;
}

/** Where the camera is on the screen already, its tile is meant; else it comes on the tile that is. */
function withCameraUp(screen: Screen, camera: string): Screen {
  const { tiles, focus } = screen;
  const at = tiles.findIndex((tile) => cameraOn(tile) === camera);
  if (at >= 0) return { ...screen, focus: at };
  const target = tileBesidePlan(tiles, focus);
  if (target >= tiles.length) return withTile(screen, { camera });
  return { ...screen, tiles: tiles.with(target, { camera }) };
}
