import { useEffect, useMemo } from 'preact/hooks';
import type {
  CameraView,
  LiveViewClient,
  RequestAction,
  RequestHandle,
} from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';
import { Joystick } from './joystick.tsx';
import { Steering } from './steering.ts';

export interface CameraControlProps {
  readonly client: LiveViewClient;
  readonly camera: CameraView;
  /** Present on the police side, where every movement is a request within an incident. */
  readonly incident?: string;
  readonly onState: (handle: RequestHandle) => void;
}

const ALL_AXES = { panTilt: true, zoom: true };

/** Joystick, zoom, presets and home: only what the camera can do; everything while that is unknown. */
export function CameraControl({ client, camera, incident, onState }: CameraControlProps) {
  const texts = useTexts();
  const { id, ptz } = camera;
  const axes = ptz?.continuous ?? ALL_AXES;
  const { panTilt, zoom } = axes;
  const steering = useMemo(() => {
    const within = incident === undefined ? {} : { incident };
    return new Steering({ client, camera: id, ...within, axes: { panTilt, zoom }, onState });
  }, [client, id, incident, panTilt, zoom, onState]);
  useEffect(() => () => steering.release(), [steering]);
  if (ptz === null) return <p class="hint">{texts.fixedCamera}</p>;

  const ask = (action: RequestAction, args: Record<string, unknown> = {}) =>
    client.request({
      action,
      camera: id,
      args,
      ...(incident === undefined ? {} : { incident }),
      onState,
    });
  const presets = ptz?.presets ?? [];
  return (
    <div class="camera-control" data-testid="camera-control" data-camera={id}>
      {(panTilt || zoom) && <Joystick axes={axes} onSteer={(vector) => steering.steer(vector)} />}
      <p class="hint">{incident === undefined ? texts.joystickHint : texts.askHint}</p>
      {(ptz?.home || presets.length > 0) && (
        <fieldset class="presets">
          <legend>{texts.presets}</legend>
          {ptz?.home && (
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
      )}
    </div>
  );
}
