import type { BitReader } from '../../core/bit-reader.ts';
import { readAsFarAsItGoes, readUsability, type SampleAspect } from '../../core/video-usability.ts';

/** What the usability information says of timing and buffering (ITU-T H.264 §E.1.1); each may be absent. */
export interface Vui {
  readonly sampleAspect?: SampleAspect;
  /** Nominal; cameras that vary their rate still write one. */
  readonly framesPerSecond?: number;
  /** Pictures that may precede another in decoding order and follow it in output order. */
  readonly maxReorderFrames?: number;
  readonly maxDecodedFrames?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function parseVui(bits: BitReader): Vui {
  const vui: Mutable<Vui> = {};
  readAsFarAsItGoes(() => readVui(bits, vui));
  return vui;
}

function readVui(bits: BitReader, vui: Mutable<Vui>): void {
  readUsability(bits, vui);
  if (bits.flag()) readTiming(bits, vui);
  const nalHrd = bits.flag();
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.flag();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  if (bits.flag()) readRestriction(bits, vui);
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
