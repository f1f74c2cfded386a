import type { TranscodeConfig } from '../../config/schema.ts';
import type { GatewayCamera } from '../camera.ts';
import type { Bitrates } from './bitrates.ts';
import type { Level } from './quality-machine.ts';

export interface LadderOptions {
  readonly rungs: TranscodeConfig['rungs'];
  readonly bitrates: Pick<Bitrates, 'of'>;
}

/**
 * What a viewer of a camera can be moved between, best first, each cheaper than the one before it: the
 * full picture, the small one where the camera has one, and the rungs where pictures may be made anew.
 *
 * @param kept what the viewer has, which is among them in any case.
 */
export function ladder(
  { rungs, bitrates }: LadderOptions,
  camera: Pick<GatewayCamera, 'id' | 'deliver' | 'hasSub'>,
  kept?: string,
): Level[] {
  const own = camera.hasSub ? ['main', 'sub'] : ['main'];
  const made = camera.deliver === 'passthrough' ? [] : [...rungs].sort((a, b) => b.kbps - a.kbps);
  const levels: Level[] = [];
  for (const quality of [...own, ...made.map(({ id }) => id)]) {
    const level = { quality, kbps: bitrates.of(camera.id, quality) };
    const before = levels.at(-1);
    if (!before || quality === kept || level.kbps < before.kbps) levels.push(level);
  }
  return levels;
}
