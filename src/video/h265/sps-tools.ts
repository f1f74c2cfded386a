import type { BitReader } from '../../core/bit-reader.ts';

/**
 * What an SPS says of the coding tools (ITU-T H.265 §7.3.2.2.1, from log2_min_luma_coding_block_size
 * to strong_intra_smoothing): of no interest, but the usability information stands behind it.
 *
 * @param orderBits length of pic_order_cnt_lsb.
 */
export function skipCodingTools(bits: BitReader, orderBits: number): void {
  bits.skipCodes(4); // sizes of coding and transform blocks
  bits.skipCodes(2); // max_transform_hierarchy_depth_inter and _intra
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.skip(1 + 1); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (bits.flag()) skipPcm(bits);
  skipReferenceSets(bits);
  if (bits.flag()) {
    const count = bits.ueUpTo(32, 'num_long_term_ref_pics_sps');
    bits.skip(count * (orderBits + 1)); // lt_ref_pic_poc_lsb_sps, used_by_curr_pic_lt_sps_flag
  }
  bits.skip(1 + 1); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

/** §7.3.4: six matrices of each of four sizes, two of the largest. */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      const coefficients = Math.min(64, 1 << (4 + 2 * size));
      if (!bits.flag())
        bits.skipCodes(1); // scaling_list_pred_matrix_id_delta
      else bits.skipCodes(size > 1 ? 1 + coefficients : coefficients); // with its DC coefficient
    }
  }
}

function skipPcm(bits: BitReader): void {
  bits.skip(4 + 4); // pcm_sample_bit_depth_luma and _chroma_minus1
  bits.skipCodes(2); // sizes of coding blocks
  bits.skip(1); // pcm_loop_filter_disabled_flag
}

/** §7.3.7; a set may be written as the difference from the one before it. */
function skipReferenceSets(bits: BitReader): void {
  const count = bits.ueUpTo(64, 'num_short_term_ref_pic_sets');
  let pictures = 0;
  for (let i = 0; i < count; i++) {
    const predicted = i > 0 && bits.flag();
    pictures = predicted ? readPredictedSet(bits, pictures) : readOwnSet(bits);
  }
}

/** Gives the number of pictures in the set, as the other does. */
function readPredictedSet(bits: BitReader, picturesBefore: number): number {
  bits.skip(1); // delta_rps_sign
  bits.skipCodes(1); // abs_delta_rps_minus1
  let pictures = 0;
  for (let i = 0; i <= picturesBefore; i++) {
    // used_by_curr_pic_flag; where it is 0, use_delta_flag.
    if (bits.flag() || bits.flag()) pictures += 1;
  }
  return pictures;
}

function readOwnSet(bits: BitReader): number {
  const negative = bits.ueUpTo(16, 'num_negative_pics');
  const positive = bits.ueUpTo(16, 'num_positive_pics');
  for (let i = 0; i < negative + positive; i++) {
    bits.skipCodes(1); // delta_poc_minus1
    bits.skip(1); // used_by_curr_pic_flag
  }
  return negative + positive;
}
