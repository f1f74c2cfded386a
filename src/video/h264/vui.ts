import { LiveViewError } from '../../core/errors.ts';
import type { BitReader } from './bit-reader.ts';

/** What the usability information says of timing and buffering (ITU-T H.264 §E.1.1); each may be absent. */
export interface Vui {
  /** Width : height of one sample. */
  readonly sampleAspect?: readonly [number, number];
  /** Nominal; cameras that vary their rate still write one. */
  readonly framesPerSecond?: number;
  /** Pictures that may precede another in decoding order and follow it in output order. */
  readonly maxReorderFrames?: number;
  readonly maxDecodedFrames?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads as far as it goes: some cameras cut the SPS short in the middle of the VUI, and everything
 * before it is right all the same.
 */
export function parseVui(bits: BitReader): Vui {
  const vui: Mutable<Vui> = {};
  try {
    readVui(bits, vui);
  } catch (error) {
    if (!(error instanceof LiveViewError)) throw error;
  }
  return vui;
}

function readVui(bits: BitReader, vui: Mutable<Vui>): void {
  if (bits.flag()) readSampleAspect(bits, vui);
  if (bits.flag()) bits.skip(1); // overscan_appropriate_flag
  if (bits.flag()) skipSignalType(bits);
  if (bits.flag()) {
    bits.ueUpTo(5, 'chroma_sample_loc_type_top_field');
    bits.ueUpTo(5, 'chroma_sample_loc_type_bottom_field');
  }
  if (bits.flag()) readTiming(bits, vui);
  const nalHrd = bits.flag();
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.flag();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  if (bits.flag()) readRestriction(bits, vui);
}

/** Table E-1, aspect_ratio_idc 1 to 16. */
const SAMPLE_ASPECTS: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
const EXTENDED_SAR = 255;

function readSampleAspect(bits: BitReader, vui: Mutable<Vui>): void {
  const index = bits.bits(8);
  const aspect: readonly [number, number] | undefined =
    index === EXTENDED_SAR ? [bits.bits(16), bits.bits(16)] : SAMPLE_ASPECTS[index - 1];
  if (aspect && aspect[0] > 0 && aspect[1] > 0) vui.sampleAspect = aspect;
}

function skipSignalType(bits: BitReader): void {
  bits.skip(3 + 1); // video_format, video_full_range_flag
  if (bits.flag()) bits.skip(3 * 8); // colour primaries, transfer, matrix
}

/** A frame is two ticks (§E.2.1). */
function readTiming(bits: BitReader, vui: Mutable<Vui>): void {
  const ticks = bits.bits(32);
  const scale = bits.bits(32);
  bits.skip(1); // fixed_frame_rate_flag
  if (ticks > 0 && scale > 0) vui.framesPerSecond = scale / ticks / 2;
}

/** §E.1.2 */
function skipHrd(bits: BitReader): void {
  const count = 1 + bits.ueUpTo(31, 'cpb_cnt_minus1');
  bits.skip(4 + 4); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    bits.ue(); // bit_rate_value_minus1
    bits.ue(); // cpb_size_value_minus1
    bits.skip(1); // cbr_flag
  }
  bits.skip(5 + 5 + 5 + 5); // lengths of delays and of the time offset
}

function readRestriction(bits: BitReader, vui: Mutable<Vui>): void {
  bits.skip(1); // motion_vectors_over_pic_boundaries_flag
  bits.ue(); // max_bytes_per_pic_denom
  bits.ue(); // max_bits_per_mb_denom
  bits.ue(); // log2_max_mv_length_horizontal
  bits.ue(); // log2_max_mv_length_vertical
  const reorder = bits.ueUpTo(16, 'max_num_reorder_frames');
  vui.maxDecodedFrames = bits.ueUpTo(16, 'max_dec_frame_buffering');
  vui.maxReorderFrames = reorder;
}
