import type { VideoCodec } from '../access-unit.ts';
import * as h264 from '../h264/nal.ts';
import * as h265 from '../h265/nal.ts';

/** What differs between codecs on the way into ffmpeg. */
export interface InputCodec {
  /** ffmpeg's name of the byte stream. */
  readonly demuxer: 'h264' | 'hevc';
  isSlice(nal: Uint8Array): boolean;
  isParameterSet(nal: Uint8Array): boolean;
  /** Behind a picture it tells the parser that the picture is complete. */
  readonly delimiter: Uint8Array;
  /** Of a NAL unit with supplemental enhancement information that precedes the slices. */
  readonly seiHeader: readonly number[];
}

export const INPUT: Readonly<Record<VideoCodec, InputCodec>> = {
  h264: {
    demuxer: 'h264',
    isSlice: h264.isSlice,
    isParameterSet: h264.isParameterSet,
    delimiter: h264.ACCESS_UNIT_DELIMITER,
    seiHeader: [h264.NAL.sei],
  },
  h265: {
    demuxer: 'hevc',
    isSlice: h265.isSlice,
    isParameterSet: h265.isParameterSet,
    delimiter: h265.ACCESS_UNIT_DELIMITER,
    seiHeader: [h265.NAL.prefixSei << 1, 1],
  },
};
