import { useEffect } from 'preact/hooks';
import type { CameraView } from '../../src/client/index.ts';
import { CameraControl } from '../shared/camera-control.tsx';
import { CameraHold } from '../shared/camera-hold.tsx';
import { CameraOutputs } from '../shared/camera-outputs.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';
import { ForceRelease } from './force-release.tsx';

export interface ControlPanelProps {
  readonly centre: Centre;
  readonly camera: CameraView;
  /** Within which the camera is steered, for the journal. */
  readonly incident?: string;
}

/** The operator's own control of a camera. */
export function ControlPanel({ centre, camera, incident }: ControlPanelProps) {
  const texts = useTexts();
  const within = incident === undefined ? {} : { incident };
  useEffect(() => void centre.lookAgain(), [centre, camera.id]);
  return (
    <section class="panel">
      <h3>
        {texts.control} <span class="muted">{camera.name}</span>
      </h3>
      <CameraHold key={`hold-${camera.id}`} desk={centre} camera={camera} {...within}>
        <ForceRelease centre={centre} camera={camera} />
      </CameraHold>
      <CameraControl
        key={camera.id}
        client={centre.client}
        camera={camera}
        {...within}
        hint={texts.joystickHint}
        onState={centre.steered}
      />
      <CameraOutputs desk={centre} camera={camera} {...within} onState={centre.steered} />
    </section>
  );
}
