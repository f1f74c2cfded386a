import { NAL, nalType } from '../../video/h264/nal.ts';
import type { H264ParameterSets } from './rtp-feed.ts';

/** Those of a coded picture; undefined when it does not carry both. */
export function parameterSetsIn(nalUnits: readonly Uint8Array[]): H264ParameterSets | undefined {
  const sps = nalUnits.find((nal) => nalType(nal) === NAL.sps);
  const pps = nalUnits.find((nal) => nalType(nal) === NAL.pps);
  return sps && pps && { sps, pps };
}
