import { NAL, nalType } from '../h265/nal.ts';
import { parsePps } from '../h265/pps.ts';
import { codecString, type ProfileTierLevel } from '../h265/profile.ts';
import { parseSps, type Sps } from '../h265/sps.ts';
import { parseVps } from '../h265/vps.ts';
import { type Box, box, u8, u16, u32 } from './box.ts';
import { KnownSets } from './known-sets.ts';
import { LENGTH_BYTES } from './media-fragment.ts';
import { StreamParameters } from './stream-parameters.ts';
import type { Track } from './track.ts';

/** As many as the standard has identifiers for, of the first two; cameras have one of each. */
const MAX_VPS = 16;
const MAX_SPS = 16;
const MAX_PPS = 32;

/** The parameter sets of an H.265 stream. The newest SPS describes the pictures. */
export class HevcParameters extends StreamParameters {
  readonly #vps = new KnownSets(MAX_VPS, parseVps);
  readonly #sps = new KnownSets(MAX_SPS, parseSps);
  readonly #pps = new KnownSets(MAX_PPS, parsePps);

  protected kindOf(nal: Uint8Array) {
    const type = nalType(nal);
    if (type === NAL.vps) return this.#vps;
    if (type === NAL.sps) return this.#sps;
    return type === NAL.pps ? this.#pps : undefined;
  }

  protected describe(): Track | undefined {
    const [vps, sps, pps] = [this.#vps.newest, this.#sps.newest, this.#pps.newest];
    if (!vps || !sps || !pps) return undefined;
    const arrays = [
      [NAL.vps, this.#vps.nals],
      [NAL.sps, this.#sps.nals],
      [NAL.pps, this.#pps.nals],
    ] as const;
    return {
      codec: codecString(sps.general),
      width: sps.width,
      height: sps.height,
      sampleAspect: sps.sampleAspect,
      framesPerSecond: sps.framesPerSecond ?? vps.framesPerSecond,
      reordering: { declared: sps.maxReorderFrames, most: sps.maxDecodedFrames },
      parameterSets: arrays.flatMap(([, nals]) => nals),
      sampleEntry: 'hvc1',
      configuration: hvcC(sps, arrays),
    };
  }
}

type SetArray = readonly [type: number, nals: readonly Uint8Array[]];

/** 14496-15 §8.3.3.1: HEVCDecoderConfigurationRecord. */
function hvcC(sps: Sps, arrays: readonly SetArray[]): Box {
  return box('hvcC', [
    u8(1), // configurationVersion
    ...profileOf(sps.general),
    u16(0b1111 << 12), // reserved, min_spatial_segmentation_idc: not known
    u8(0b1111_1100), // reserved, parallelismType: not known
    u8(0b1111_1100 | sps.chromaFormat), // reserved, chroma_format_idc
    u8(0b1111_1000 | (sps.bitDepthLuma - 8)), // reserved, bit_depth_luma_minus8
    u8(0b1111_1000 | (sps.bitDepthChroma - 8)), // reserved, bit_depth_chroma_minus8
    u16(0), // avgFrameRate: not known
    u8((sps.temporalLayers << 3) | (sps.temporalNesting ? 4 : 0) | (LENGTH_BYTES - 1)),
    u8(arrays.length), // numOfArrays
    ...arrays.flatMap(setArray),
  ]);
}

function profileOf(general: ProfileTierLevel): Buffer[] {
  const { space, highTier, profile, compatibility, constraints, level } = general;
  return [
    u8((space << 6) | (highTier ? 0x20 : 0) | profile), // general_profile_space, _tier_flag, _profile_idc
    u32(compatibility), // general_profile_compatibility_flags
    Buffer.from(constraints), // general_constraint_indicator_flags
    u8(level), // general_level_idc
  ];
}

/** Complete: there are no others in the samples. */
function setArray([type, nals]: SetArray): Uint8Array[] {
  return [
    u8(0x80 | type), // array_completeness, NAL_unit_type
    u16(nals.length), // numNalus
    ...nals.flatMap((nal) => [u16(nal.length), nal]), // nalUnitLength, nalUnit
  ];
}
