import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { AccessUnit, ParameterSets } from '../../src/video/access-unit.ts';
import { Source, type SourceOptions } from '../../src/video/source/source.ts';
import type { SourceState } from '../../src/video/source/state.ts';
import { kept } from './kept.ts';
import { settle } from './manual-clock.ts';
import type { ScriptedRtspPeer } from './scripted-rtsp-peer.ts';
import { until } from './until.ts';

/** A source that has begun to pull, and all that it has handed on. Whoever asks stops it. */
export function pullFrom(
  streamUri: SourceOptions['streamUri'],
  options: Partial<SourceOptions> = {},
) {
  const units: AccessUnit[] = [];
  const sets: ParameterSets[] = [];
  const events: string[] = [];
  const states: SourceState[] = [];
  const source = new Source({
    camera: 'shop-1',
    streamUri,
    transport: 'tcp',
    clock: systemClock,
    log: silentLogger,
    sink: {
      parameterSets: (each) => {
        sets.push(each);
        events.push('sets');
      },
      accessUnit: (unit) => {
        units.push(kept(unit));
        events.push(unit.keyFrame ? 'key' : 'picture');
      },
      discontinuity: () => events.push('discontinuity'),
    },
    onState: (state) => states.push(state),
    random: () => 0,
    ...options,
  });
  source.start();
  const kinds = () => states.map((state) => state.kind);
  return { source, units, sets, events, states, kinds };
}

export async function playing(camera: ScriptedRtspPeer, times = 1): Promise<void> {
  await until('PLAY', () => camera.methods.filter((method) => method === 'PLAY').length === times);
}

/** PLAY is answered; the client has read it once it has gone through the loop. */
export async function started(camera: ScriptedRtspPeer, times = 1): Promise<void> {
  await playing(camera, times);
  for (let i = 0; i < 5; i += 1) await settle();
}
