import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { PermitEndedError } from '../../core/permit.ts';
import type { MediaListener, MediaWish, OpenMedia } from '../../server/deps.ts';
import type { GatewayCamera } from '../camera.ts';
import { AdaptiveReader } from './adaptive-reader.ts';
import { type LadderOptions, ladder } from './ladder.ts';
import type { QualityFigures } from './quality-figures.ts';
import type { Level } from './quality-machine.ts';

export interface AdaptiveMediaDeps {
  readonly clock: Clock;
  readonly cameras: {
    get(id: string): Pick<GatewayCamera, 'id' | 'deliver' | 'hasSub'> | undefined;
  };
  readonly ladder: LadderOptions;
  readonly figures: QualityFigures;
}

/** Whether the quality of what a viewer asks for is ours to choose, and to change. */
export function isAdaptive({ quality, formats, followsChanges }: MediaWish): boolean {
  return quality === 'auto' && followsChanges === true && formats.includes('fmp4');
}

/**
 * Whoever left the choice of the quality to the gateway is moved between what there is of the camera;
 * all others get what they ask for.
 *
 * @param shareKbps what this viewer may take; `Infinity` where nobody shares a ceiling.
 */
export function adaptiveMedia(
  open: OpenMedia,
  { clock, cameras, ladder: rungs, figures }: AdaptiveMediaDeps,
  shareKbps: () => number = () => Number.POSITIVE_INFINITY,
): OpenMedia {
  return (permit, wish, listener) => {
    const camera = cameras.get(permit.camera);
    if (!camera || !isAdaptive(wish)) return open(permit, wish, listener);
    const levels = (kept?: string) => ladder(rungs, camera, kept);
    const openAs = (quality: string, own: MediaListener) => open(permit, { ...wish, quality }, own);
    return new AdaptiveReader({
      ...{ clock, listener, figures, levels, shareKbps, open: openAs },
      check: () => permit.check(),
      openFirst: (own) => {
        const [best, ...cheaper] = levels();
        const fits = ({ kbps }: Level) => kbps <= shareKbps();
        const first = best && fits(best) ? undefined : (cheaper.find(fits) ?? cheaper.at(-1));
        if (!first) return openAs('auto', own);
        try {
          return openAs(first.quality, own);
        } catch (error) {
          if (error instanceof PermitEndedError || !(error instanceof LiveViewError)) throw error;
          return openAs('auto', own);
        }
      },
    });
  };
}
