import type { Side } from '../../access/caller.ts';
import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenMedia } from '../../server/deps.ts';
import { type AdaptiveMediaDeps, adaptiveMedia } from './adaptive-media.ts';
import { Bitrates, measuredMedia } from './bitrates.ts';
import type { Line } from './line.ts';
import { lineMedia } from './line-media.ts';

export interface QualityMediaDeps extends Omit<AdaptiveMediaDeps, 'ladder'> {
  readonly config: Pick<Config, 'transcode'>;
  readonly clock: Clock;
  /** What the control rooms share; undefined where there is no ceiling. */
  readonly line: Line | undefined;
}

/** How each listener's viewers reach video: what the line of each of them carries, and all of them together. */
export function qualityMedia(
  open: OpenMedia,
  { config, line, ...deps }: QualityMediaDeps,
): Record<Side, OpenMedia> {
  const { rungs } = config.transcode;
  const bitrates = new Bitrates(config.transcode);
  const measured = measuredMedia(open, bitrates);
  const adaptive = { ...deps, ladder: { rungs, bitrates } };
  const unlimited = adaptiveMedia(measured, adaptive);
  if (!line) return { centre: unlimited, police: unlimited };
  const limited = lineMedia({
    ...{ clock: deps.clock, bitrates, line },
    openWith: (shareKbps) => adaptiveMedia(measured, adaptive, shareKbps),
  });
  return { centre: unlimited, police: limited };
}
