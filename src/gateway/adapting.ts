import type { Clock } from '../core/clock.ts';
import { codeOf, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Adapt } from '../video/rtp/adapt.ts';
import { adaptWith } from '../video/transcode/adapter.ts';
import { ffmpegPath } from '../video/transcode/child.ts';
import { doesNotRun } from '../video/transcode/containment.ts';
import type { Encoders } from '../video/transcode/encoders.ts';
import type { Rung } from '../video/transcode/rung.ts';
import type { EncoderPlaces } from './encoder-places.ts';

export interface AdaptingDeps {
  readonly clock: Clock;
  readonly encoders: Pick<Encoders, 'chosen' | 'max'>;
  readonly places: Pick<EncoderPlaces, 'takeForStream'>;
  readonly ffmpeg: { readonly missing: boolean };
  /** `transcode.full`. */
  readonly rung: Rung;
  /** Stops encoders that work for nobody any more. */
  readonly closeUnused: () => void;
}

/** What reads cameras that send neither H.264 nor H.265: ffmpeg, one process and one encoder a stream. */
export function adapting(deps: AdaptingDeps): (stream: string, log: Logger) => Adapt {
  const { clock, encoders, rung } = deps;
  return (name, log) => {
    const encoder = () => encoders.chosen;
    return adaptWith({
      ...{ name, clock, log, rung, encoder },
      take: () => takeEncoder(deps, name),
    });
  };
}

function takeEncoder(
  { encoders, places, ffmpeg, closeUnused }: AdaptingDeps,
  stream: string,
): () => void {
  if (ffmpeg.missing) throw doesNotRun(ffmpegPath());
  try {
    return places.takeForStream(stream);
  } catch (error) {
    if (codeOf(error) !== 'too-many-encoders') throw error;
  }
  closeUnused();
  try {
    return places.takeForStream(stream);
  } catch (cause) {
    throw new LiveViewError(
      'too-many-encoders',
      `the camera sends neither H.264 nor H.265, and all ${encoders.max} encoders of this gateway are in use; ` +
        'choose H.264 in the camera, raise transcode.maxEncoders, or close other pictures',
      { cause },
    );
  }
}
