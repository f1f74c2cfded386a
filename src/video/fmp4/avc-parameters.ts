import { BitReader } from '../../core/bit-reader.ts';
import { withoutEmulationPrevention } from '../../core/emulation-prevention.ts';
import { NAL, nalType } from '../h264/nal.ts';
import { codecString, parseSps, type Sps } from '../h264/sps.ts';
import { type Box, box, u8, u16 } from './box.ts';
import { KnownSets } from './known-sets.ts';
import { LENGTH_BYTES } from './media-fragment.ts';
import { StreamParameters } from './stream-parameters.ts';
import type { Reordering } from './timeline.ts';
import type { Track } from './track.ts';

/** avcC counts them in five and in eight bits; cameras have one of each. */
const MAX_SPS = 8;
const MAX_PPS = 32;

/** The parameter sets of an H.264 stream. The newest SPS describes the pictures. */
export class AvcParameters extends StreamParameters {
  readonly #sps = new KnownSets(MAX_SPS, parseSps);
  readonly #pps = new KnownSets(MAX_PPS, parsePpsId);

  protected kindOf(nal: Uint8Array) {
    const type = nalType(nal);
    if (type === NAL.sps) return this.#sps;
    return type === NAL.pps ? this.#pps : undefined;
  }

  protected describe(): Track | undefined {
    const sps = this.#sps.newest;
    const [spsNals, ppsNals] = [this.#sps.nals, this.#pps.nals];
    if (!sps || ppsNals.length === 0) return undefined;
    return {
      codec: codecString(sps),
      width: sps.width,
      height: sps.height,
      sampleAspect: sps.sampleAspect,
      framesPerSecond: sps.framesPerSecond,
      reordering: reorderingOf(sps),
      parameterSets: [...spsNals, ...ppsNals],
      sampleEntry: 'avc1',
      configuration: avcC(sps, spsNals, ppsNals),
    };
  }
}

/** ITU-T H.264 §7.3.2.2: pic_parameter_set_id comes first. */
function parsePpsId(nal: Uint8Array): { readonly id: number } {
  const bits = new BitReader(withoutEmulationPrevention(nal.subarray(1)), 'PPS');
  return { id: bits.ueUpTo(255, 'pic_parameter_set_id') };
}

/** A stream that does not say how much it reorders is taken to be in order until it shows otherwise. */
function reorderingOf(sps: Sps): Reordering {
  if (sps.neverReorders) return { declared: 0, most: 0 };
  return { declared: sps.maxReorderFrames ?? 0, most: sps.maxDecodedFrames ?? UNDECLARED_REORDER };
}

/** More than any encoder of a camera does. */
const UNDECLARED_REORDER = 4;

/** 14496-15 §5.3.3.1: AVCDecoderConfigurationRecord. */
function avcC(sps: Sps, spsNals: readonly Uint8Array[], ppsNals: readonly Uint8Array[]): Box {
  return box('avcC', [
    u8(1), // configurationVersion
    u8(sps.profile), // AVCProfileIndication
    u8(sps.constraints), // profile_compatibility
    u8(sps.level), // AVCLevelIndication
    u8(0b1111_1100 | (LENGTH_BYTES - 1)), // reserved, lengthSizeMinusOne
    u8(0b1110_0000 | spsNals.length), // reserved, numOfSequenceParameterSets
    ...spsNals.flatMap(withLength),
    u8(ppsNals.length), // numOfPictureParameterSets
    ...ppsNals.flatMap(withLength),
    ...(HAS_FORMAT.includes(sps.profile) ? formatOf(sps) : []),
  ]);
}

/** Profiles whose record continues with the sample format. */
const HAS_FORMAT = [100, 110, 122, 144];

function formatOf(sps: Sps): Buffer[] {
  return [
    u8(0b1111_1100 | sps.chromaFormat), // reserved, chroma_format
    u8(0b1111_1000 | (sps.bitDepthLuma - 8)), // reserved, bit_depth_luma_minus8
    u8(0b1111_1000 | (sps.bitDepthChroma - 8)), // reserved, bit_depth_chroma_minus8
    u8(0), // numOfSequenceParameterSetExt
  ];
}

function withLength(nal: Uint8Array): Uint8Array[] {
  return [u16(nal.length), nal];
}
