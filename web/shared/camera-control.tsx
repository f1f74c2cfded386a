import { useEffect, useMemo, useState } from 'preact/hooks';
import type {
  CameraView,
  LiveViewClient,
  PtzView,
  RequestAction,
  RequestHandle,
} from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';
import { Joystick } from './joystick.tsx';
import type { SteeringOptions } from './steering.ts';
import { Steering } from './steering.ts';

export interface CameraControlProps {
  readonly client: LiveViewClient;
  readonly camera: CameraView;
  /** What it is asked for; required for a control room. */
  readonly incident?: string;
  /** How to hold the joystick, in words. */
  readonly hint: string;
  readonly onState: (handle: RequestHandle) => void;
}

const ALL_AXES = { panTilt: true, zoom: true };

/**
 * Joystick, zoom, presets and home: only what the camera can do; everything while that is unknown.
 * Give it the camera as its `key`: a stick that is held must not pass to another camera.
 */
export function CameraControl(props: CameraControlProps) {
  const { client, camera, incident, hint, onState } = props;
  const texts = useTexts();
  const { id, ptz } = camera;
  const axes = ptz?.continuous ?? ALL_AXES;
  const { panTilt, zoom } = axes;
  const within = incident === undefined ? {} : { incident };
  const { steering, moving } = useSteering({
    ...{ client, camera: id, ...within, onState },
    ...{ panTilt, zoom },
  });
  if (ptz === null) return <p class="hint">{texts.fixedCamera}</p>;
  const ask: Ask = (action, args = {}) =>
    client.request({ action, camera: id, args, ...within, onState });
  return (
    <div class="camera-control" data-testid="camera-control" data-camera={id}>
      {(panTilt || zoom) && <Joystick axes={axes} onSteer={(vector) => steering.steer(vector)} />}
      <p class="hint">{moving ? texts.movingHint : hint}</p>
      {ptz && <Presets ptz={ptz} ask={ask} />}
    </div>
  );
}

type SteeringProps = Omit<SteeringOptions, 'axes'> & SteeringOptions['axes'];

/** The hand on the camera, let go when the control goes away; and whether the camera follows it now. */
function useSteering({ panTilt, zoom, onState, ...of }: SteeringProps) {
  const [moving, setMoving] = useState(false);
  const steering = useMemo(() => {
    const made: Steering = new Steering({
      ...of,
      axes: { panTilt, zoom },
      onState: (handle) => {
        setMoving(made.moving);
        onState(handle);
      },
    });
    return made;
  }, [of.client, of.camera, of.incident, panTilt, zoom, onState]);
  useEffect(() => () => steering.release(), [steering]);
  return { steering, moving };
}

type Ask = (action: RequestAction, args?: Readonly<Record<string, unknown>>) => void;

function Presets({ ptz: { home, presets }, ask }: { ptz: PtzView; ask: Ask }) {
  const texts = useTexts();
  if (!home && presets.length === 0) return null;
  return (
    <fieldset class="presets">
      <legend>{texts.presets}</legend>
      {home && (
        <button type="button" data-testid="home" onClick={() => ask('ptz.home')}>
          {texts.home}
        </button>
      )}
      {presets.map(({ token, name }) => (
        <button
          key={token}
          type="button"
          data-testid={`preset-${token}`}
          onClick={() => ask('ptz.preset', { preset: token })}
        >
          {name || token}
        </button>
      ))}
    </fieldset>
  );
}
