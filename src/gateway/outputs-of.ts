import type { OutputConfig } from '../config/outputs.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import type { OutputInfo } from '../liveview/model.ts';

/** How long something stays on when the configuration does not say. */
const MAX_SECONDS = { light: 3_600, siren: 180, other: 180, gate: undefined } as const;
const GATE_PULSE_SECONDS = 1;

/** What hangs on the outputs of a camera, as the domain knows it. */
export function outputsOf(camera: CameraConfig, all: Config['policy']): OutputInfo[] {
  const general = camera.requests.relay ?? all.relay;
  return camera.outputs.map((output) => {
    const { id, name, kind, token, idle, requests } = output;
    const pulseSeconds = pulseOf(output);
    const maxSeconds = output.maxSeconds ?? MAX_SECONDS[kind];
    const own = typeof requests === 'string' ? { on: requests, off: requests } : requests;
    return {
      ...{ id, kind },
      name: typeof name === 'string' ? { nl: name, en: name } : name,
      requests: { on: own?.on ?? general, off: own?.off ?? general },
      ...(token === undefined ? {} : { token }),
      ...(idle === undefined ? {} : { idle }),
      ...(pulseSeconds === undefined ? {} : { pulseMs: pulseSeconds * 1000 }),
      ...(pulseSeconds !== undefined || maxSeconds === undefined
        ? {}
        : { maxMs: maxSeconds * 1000 }),
    };
  });
}

function pulseOf({ kind, held, pulseSeconds }: OutputConfig): number | undefined {
  if (kind === 'gate' && !held) return pulseSeconds ?? GATE_PULSE_SECONDS;
  return pulseSeconds;
}
