import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { parameterSetsIn } from '../rtsp/parameter-sets.ts';
import type { H264ParameterSets } from '../rtsp/rtp-feed.ts';
import { Encoder, type StreamShape } from './encoder.ts';
import { createPicture } from './picture.ts';

/**
 * The parameter sets with which the encoder begins every stream of this shape, found out by encoding
 * one picture: with them a stream can be described before it has a picture.
 *
 * @throws LiveViewError `encoder-failed`.
 */
export async function announcedSets(shape: StreamShape, clock: Clock): Promise<H264ParameterSets> {
  const { width, height } = shape;
  let encoder: Encoder | undefined;
  try {
    return await new Promise((resolve, reject) => {
      encoder = new Encoder(
        `a picture of ${width}×${height}`,
        shape,
        {
          accessUnit: ({ nalUnits }) => {
            const sets = parameterSetsIn(nalUnits);
            if (sets) resolve(sets);
            else reject(new LiveViewError('encoder-failed', 'the first picture lacks SPS or PPS'));
          },
          failed: reject,
        },
        clock,
      );
      encoder.write(createPicture(width, height).bytes, 0, 0);
    });
  } finally {
    await encoder?.stop();
  }
}
