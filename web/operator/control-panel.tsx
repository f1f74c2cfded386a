import { useEffect } from 'preact/hooks';
import type { CameraView } from '../../src/client/index.ts';
import { CameraControl } from '../shared/camera-control.tsx';
import { CameraOutputs } from '../shared/camera-outputs.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';

export interface ControlPanelProps {
  readonly centre: Centre;
  readonly camera: CameraView;
  /** Within which the camera is steered, for the journal. */
  readonly incident?: string;
}

/** The operator's own control of a camera. */
export function ControlPanel({ centre, camera, incident }: ControlPanelProps) {
  const texts = useTexts();
  useEffect(() => void centre.lookAgain(), [centre, camera.id]);
  return (
    <section class="panel">
      <h3>
        {texts.control} <span class="muted">{camera.name}</span>
      </h3>
      <CameraControl
        key={camera.id}
        client={centre.client}
        camera={camera}
        {...(incident === undefined ? {} : { incident })}
        hint={texts.joystickHint}
        onState={centre.steered}
      />
      <CameraOutputs
        desk={centre}
        camera={camera}
        {...(incident === undefined ? {} : { incident })}
        onState={centre.steered}
      />
    </section>
  );
}
