import type { SampleAspect } from '../../core/video-usability.ts';
import type { Box } from './box.ts';
import type { Reordering } from './timeline.ts';

/** What the parameter sets of a stream say, as far as packaging needs it, whatever the codec. */
export interface Track {
  /** RFC 6381. */
  readonly codec: string;
  /** Of the picture as shown, before the sample aspect ratio. */
  readonly width: number;
  readonly height: number;
  readonly sampleAspect: SampleAspect | undefined;
  readonly framesPerSecond: number | undefined;
  readonly reordering: Reordering;
  /** In the order in which they precede a key frame in a byte stream. */
  readonly parameterSets: readonly Uint8Array[];
  /** 14496-15: parameter sets are in the sample entry and nowhere else. */
  readonly sampleEntry: 'avc1' | 'hvc1';
  /** `avcC` or `hvcC`. */
  readonly configuration: Box;
}
