import type { BitReader } from '../../core/bit-reader.ts';
import { LiveViewError } from '../../core/errors.ts';
import { readAsFarAsItGoes } from '../../core/video-usability.ts';
import { NAL } from './nal.ts';
import {
  type Ordering,
  parseParameterSet,
  readMaxSubLayersMinus1,
  readOrdering,
} from './parameter-set.ts';
import { type ProfileTierLevel, readProfileTierLevel } from './profile.ts';
import { skipCodingTools } from './sps-tools.ts';
import { type Mutable, readVui, type Vui } from './vui.ts';

/** What a sequence parameter set says (ITU-T H.265 §7.3.2.2.1). */
export interface Sps extends Vui, Ordering {
  readonly id: number;
  readonly general: ProfileTierLevel;
  readonly temporalLayers: number;
  readonly temporalNesting: boolean;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Of the picture as shown, the conformance window applied, before the sample aspect ratio. */
  readonly width: number;
  readonly height: number;
}

/** Twice the width of 8K. */
const MAX_SAMPLES = 16_384;

/**
 * @param nal one SPS NAL unit with its header.
 * @throws LiveViewError `invalid-sps`, with the reason as its cause.
 */
export function parseSps(nal: Uint8Array): Sps {
  return parseParameterSet('SPS', NAL.sps, nal, readSps);
}

function readSps(bits: BitReader): Sps {
  bits.skip(4); // sps_video_parameter_set_id
  const maxSubLayersMinus1 = readMaxSubLayersMinus1(bits);
  const temporalNesting = bits.flag();
  const general = readProfileTierLevel(bits, maxSubLayersMinus1);
  const id = bits.ueUpTo(15, 'sps_seq_parameter_set_id');
  const chromaFormat = bits.ueUpTo(3, 'chroma_format_idc');
  if (chromaFormat === 3) bits.skip(1); // separate_colour_plane_flag
  const size = readSize(bits, chromaFormat);
  const bitDepthLuma = 8 + bits.ueUpTo(8, 'bit_depth_luma_minus8');
  const bitDepthChroma = 8 + bits.ueUpTo(8, 'bit_depth_chroma_minus8');
  const orderBits = 4 + bits.ueUpTo(12, 'log2_max_pic_order_cnt_lsb_minus4');
  const ordering = readOrdering(bits, maxSubLayersMinus1);
  const vui: Mutable<Vui> = {};
  readAsFarAsItGoes(() => {
    skipCodingTools(bits, orderBits);
    if (bits.flag()) readVui(bits, vui);
  });
  const depths = { chromaFormat, bitDepthLuma, bitDepthChroma };
  const temporalLayers = maxSubLayersMinus1 + 1;
  return { id, general, temporalLayers, temporalNesting, ...depths, ...size, ...ordering, ...vui };
}

function readSize(bits: BitReader, chromaFormat: number): { width: number; height: number } {
  const size = {
    width: bits.ueUpTo(MAX_SAMPLES, 'pic_width_in_luma_samples'),
    height: bits.ueUpTo(MAX_SAMPLES, 'pic_height_in_luma_samples'),
  };
  if (bits.flag()) {
    // Table 6-1: the window counts in chroma samples.
    const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
    const unitY = chromaFormat === 1 ? 2 : 1;
    size.width -= unitX * (bits.ue() + bits.ue());
    size.height -= unitY * (bits.ue() + bits.ue());
  }
  if (size.width > 0 && size.height > 0) return size;
  throw new LiveViewError('out-of-range', 'SPS: the conformance window leaves nothing');
}
