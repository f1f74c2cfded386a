import type { VideoCodec } from '../../video/access-unit.ts';
import * as h264 from '../../video/h264/nal.ts';
import { codecString as h264CodecString, parseSps as parseH264Sps } from '../../video/h264/sps.ts';
import * as h265 from '../../video/h265/nal.ts';
import { codecString as h265CodecString } from '../../video/h265/profile.ts';
import { parseSps as parseH265Sps } from '../../video/h265/sps.ts';

/** What the sequence parameter set of a stream says of it. */
export interface Coding {
  readonly codec: VideoCodec;
  /** `High`, `Main 10`, …; the number where it has no name here. */
  readonly profile: string;
  /** `4.1` */
  readonly level: string;
  /** RFC 6381. */
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
  /** Nominal; absent when it is not said. */
  readonly framesPerSecond?: number;
}

/** ITU-T H.264 annex A; of the constrained profiles the plain name. */
const H264_PROFILES: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};
/** ITU-T H.265 annex A. */
const H265_PROFILES: Readonly<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still',
};

/** Undefined when there is no sequence parameter set among them. @throws LiveViewError `invalid-sps`. */
export function codingOf(codec: VideoCodec, nalUnits: readonly Uint8Array[]): Coding | undefined {
  const { NAL, nalType } = codec === 'h264' ? h264 : h265;
  const set = nalUnits.find((nal) => nalType(nal) === NAL.sps);
  if (!set) return undefined;
  return codec === 'h264' ? ofH264(set) : ofH265(set);
}

function ofH264(nal: Uint8Array): Coding {
  const sps = parseH264Sps(nal);
  const { width, height, profile, level } = sps;
  return {
    codec: 'h264',
    profile: H264_PROFILES[profile] ?? String(profile),
    level: (level / 10).toFixed(1),
    codecString: h264CodecString(sps),
    ...{ width, height },
    ...rateOf(sps),
  };
}

function ofH265(nal: Uint8Array): Coding {
  const sps = parseH265Sps(nal);
  const { width, height, general } = sps;
  return {
    codec: 'h265',
    profile: H265_PROFILES[general.profile] ?? String(general.profile),
    level: (general.level / 30).toFixed(1),
    codecString: h265CodecString(general),
    ...{ width, height },
    ...rateOf(sps),
  };
}

function rateOf({ framesPerSecond }: { framesPerSecond?: number }) {
  return framesPerSecond === undefined ? {} : { framesPerSecond };
}
