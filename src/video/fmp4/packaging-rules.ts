import type { VideoCodec } from '../access-unit.ts';
import * as h264 from '../h264/nal.ts';
import * as h265 from '../h265/nal.ts';
import { AvcParameters } from './avc-parameters.ts';
import { HevcParameters } from './hevc-parameters.ts';
import type { StreamParameters } from './stream-parameters.ts';

/** What differs between codecs when pictures are put into samples. */
export interface PackagingRules {
  newParameters(): StreamParameters;
  /** Part of a coded picture. */
  isSlice(nal: Uint8Array): boolean;
  /**
   * Parameter sets are in the init segment; delimiters, ends and filler say nothing (14496-15
   * §5.3.2, §8.3.2).
   */
  belongsInSample(nal: Uint8Array): boolean;
}

const NOT_IN_H264_SAMPLES: readonly number[] = [
  h264.NAL.sps,
  h264.NAL.pps,
  h264.NAL.accessUnitDelimiter,
  h264.NAL.endOfSequence,
  h264.NAL.endOfStream,
  h264.NAL.filler,
];

export const PACKAGING: Readonly<Record<VideoCodec, PackagingRules>> = {
  h264: {
    newParameters: () => new AvcParameters(),
    isSlice: h264.isSlice,
    belongsInSample: (nal) => nal.length > 0 && !NOT_IN_H264_SAMPLES.includes(h264.nalType(nal)),
  },
  h265: {
    newParameters: () => new HevcParameters(),
    isSlice: h265.isSlice,
    belongsInSample: (nal) => {
      const type = h265.nalType(nal);
      return type < h265.NAL.vps || type === h265.NAL.prefixSei || type === h265.NAL.suffixSei;
    },
  },
};
