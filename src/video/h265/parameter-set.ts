import { BitReader } from '../../core/bit-reader.ts';
import { withoutEmulationPrevention } from '../../core/emulation-prevention.ts';
import { LiveViewError } from '../../core/errors.ts';
import { HEADER_BYTES, nalType } from './nal.ts';

/**
 * Reads one parameter set of the type that is wanted.
 *
 * @param kind `VPS`, `SPS` or `PPS`, for the error.
 * @throws LiveViewError `invalid-vps`, `invalid-sps`, `invalid-pps`, with the reason as its cause.
 */
export function parseParameterSet<T>(
  kind: 'VPS' | 'SPS' | 'PPS',
  type: number,
  nal: Uint8Array,
  read: (bits: BitReader) => T,
): T {
  try {
    if (nalType(nal) !== type) {
      throw new LiveViewError(`not-a-${kind.toLowerCase()}`, `NAL unit type is ${nalType(nal)}`);
    }
    return read(new BitReader(withoutEmulationPrevention(nal.subarray(HEADER_BYTES)), kind));
  } catch (cause) {
    throw new LiveViewError(`invalid-${kind.toLowerCase()}`, `the H.265 ${kind} cannot be read`, {
      cause,
    });
  }
}

/** sps_max_sub_layers_minus1 and vps_max_sub_layers_minus1 are at most 6. */
export function readMaxSubLayersMinus1(bits: BitReader): number {
  const count = bits.bits(3);
  if (count <= 6) return count;
  throw new LiveViewError('out-of-range', 'eight temporal sub-layers; seven is the most');
}

/** Of the highest sub-layer, which is what a decoder of the whole stream has to hold. */
export interface Ordering {
  /** Pictures that may precede another in decoding order and follow it in output order. */
  readonly maxReorderFrames: number;
  readonly maxDecodedFrames: number;
}

/** From sub_layer_ordering_info_present_flag on, in the VPS and in the SPS. */
export function readOrdering(bits: BitReader, maxSubLayersMinus1: number): Ordering {
  const count = bits.flag() ? maxSubLayersMinus1 + 1 : 1;
  let [maxDecodedFrames, maxReorderFrames] = [1, 0];
  for (let i = 0; i < count; i++) {
    maxDecodedFrames = 1 + bits.ueUpTo(15, 'max_dec_pic_buffering_minus1');
    maxReorderFrames = bits.ueUpTo(15, 'max_num_reorder_pics');
    bits.ue(); // max_latency_increase_plus1
  }
  return { maxReorderFrames, maxDecodedFrames };
}

/** A tick is a picture, unlike in H.264; undefined where the numbers make no sense. */
export function readTiming(bits: BitReader): number | undefined {
  const ticks = bits.bits(32);
  const scale = bits.bits(32);
  return ticks > 0 && scale > 0 ? scale / ticks : undefined;
}
