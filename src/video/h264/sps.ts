import { BitReader } from '../../core/bit-reader.ts';
import { withoutEmulationPrevention } from '../../core/emulation-prevention.ts';
import { LiveViewError } from '../../core/errors.ts';
import { NAL, nalType } from './nal.ts';
import { parseVui, type Vui } from './vui.ts';

/** What a sequence parameter set says (ITU-T H.264 §7.3.2.1.1). */
export interface Sps extends Vui {
  readonly id: number;
  readonly profile: number;
  /** constraint_set0_flag … as one byte, the way codec strings and avcC have it. */
  readonly constraints: number;
  /** Ten times the level: 40 is level 4.0. */
  readonly level: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Of the picture as shown, cropping applied, before the sample aspect ratio. */
  readonly width: number;
  readonly height: number;
  /** Decoding order is output order for certain (Baseline, or picture order count type 2). */
  readonly neverReorders: boolean;
}

/** Profiles whose parameter sets have chroma format and scaling matrices (§7.3.2.1.1). */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
const BASELINE = 66;
/** 16,384 samples: twice the width of 8K. */
const MAX_MACROBLOCKS = 1_024;

/**
 * @param nal one SPS NAL unit with its header.
 * @throws LiveViewError `invalid-sps`, with the reason as its cause.
 */
export function parseSps(nal: Uint8Array): Sps {
  try {
    if (nalType(nal) !== NAL.sps) {
      throw new LiveViewError('not-an-sps', `NAL unit type is ${nalType(nal)}, not ${NAL.sps}`);
    }
    return readSps(new BitReader(withoutEmulationPrevention(nal.subarray(1)), 'SPS'));
  } catch (cause) {
    throw new LiveViewError('invalid-sps', 'the sequence parameter set cannot be read', { cause });
  }
}

/** RFC 6381 §3.3: `avc1.` and profile, constraints, level in hexadecimal. */
export function codecString(sps: Sps): string {
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  return `avc1.${hex(sps.profile)}${hex(sps.constraints)}${hex(sps.level)}`;
}

function readSps(bits: BitReader): Sps {
  const profile = bits.bits(8);
  const constraints = bits.bits(8);
  const level = bits.bits(8);
  const id = bits.ueUpTo(31, 'seq_parameter_set_id');
  const format = HIGH_PROFILES.includes(profile) ? readFormat(bits) : EIGHT_BIT_420;
  bits.ueUpTo(12, 'log2_max_frame_num_minus4');
  const orderType = skipPictureOrder(bits);
  bits.ueUpTo(16, 'max_num_ref_frames');
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  const size = readSize(bits, format.chromaFormat);
  const vui = bits.flag() ? parseVui(bits) : {};
  const neverReorders = profile === BASELINE || orderType === 2;
  return { id, profile, constraints, level, ...format, ...size, ...vui, neverReorders };
}

const EIGHT_BIT_420 = { chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8 };

function readFormat(bits: BitReader): typeof EIGHT_BIT_420 {
  const chromaFormat = bits.ueUpTo(3, 'chroma_format_idc');
  if (chromaFormat === 3) bits.skip(1); // separate_colour_plane_flag
  const bitDepthLuma = 8 + bits.ueUpTo(6, 'bit_depth_luma_minus8');
  const bitDepthChroma = 8 + bits.ueUpTo(6, 'bit_depth_chroma_minus8');
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) skipScalingMatrix(bits, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat, bitDepthLuma, bitDepthChroma };
}

/** §7.3.2.1.1.1; six lists of 4×4 come first, the others are 8×8. */
function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let i = 0; i < lists; i++) {
    if (!bits.flag()) continue;
    const size = i < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let j = 0; j < size && next !== 0; j++) {
      next = (last + bits.se() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

/** Gives pic_order_cnt_type. */
function skipPictureOrder(bits: BitReader): number {
  const type = bits.ueUpTo(2, 'pic_order_cnt_type');
  if (type === 0) bits.ueUpTo(12, 'log2_max_pic_order_cnt_lsb_minus4');
  if (type !== 1) return type;
  bits.skip(1); // delta_pic_order_always_zero_flag
  bits.se(); // offset_for_non_ref_pic
  bits.se(); // offset_for_top_to_bottom_field
  const count = bits.ueUpTo(255, 'num_ref_frames_in_pic_order_cnt_cycle');
  for (let i = 0; i < count; i++) bits.se();
  return type;
}

function readSize(bits: BitReader, chromaFormat: number): { width: number; height: number } {
  const columns = 1 + bits.ueUpTo(MAX_MACROBLOCKS - 1, 'pic_width_in_mbs_minus1');
  const rows = 1 + bits.ueUpTo(MAX_MACROBLOCKS - 1, 'pic_height_in_map_units_minus1');
  const frameOnly = bits.flag();
  if (!frameOnly) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  const fields = frameOnly ? 1 : 2;
  const cropped = { width: columns * 16, height: rows * 16 * fields };
  if (!bits.flag()) return cropped;
  // Table 6-1: cropping counts in chroma samples, and in field lines where there are fields.
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * fields;
  cropped.width -= unitX * (bits.ue() + bits.ue());
  cropped.height -= unitY * (bits.ue() + bits.ue());
  if (cropped.width > 0 && cropped.height > 0) return cropped;
  throw new LiveViewError('out-of-range', 'SPS: cropping leaves nothing of the picture');
}
