import type { BitReader } from './bit-reader.ts';
import { LiveViewError } from './errors.ts';

/** Width : height of one sample. */
export type SampleAspect = readonly [number, number];

/**
 * Reads what may be cut short: some cameras end a parameter set in the middle of what is optional,
 * and everything before that is right all the same.
 */
export function readAsFarAsItGoes(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof LiveViewError)) throw error;
  }
}

/**
 * The beginning of the usability information, which H.264 (§E.1.1) and H.265 (§E.2.1) have in
 * common: shape of the samples, overscan, signal, place of the chroma samples. What was read is in
 * `into` even when the rest is missing.
 *
 * @throws LiveViewError `truncated`, `invalid-exp-golomb`, `out-of-range`.
 */
export function readUsability(bits: BitReader, into: { sampleAspect?: SampleAspect }): void {
  if (bits.flag()) readSampleAspect(bits, into);
  if (bits.flag()) bits.skip(1); // overscan_appropriate_flag
  if (bits.flag()) skipSignalType(bits);
  if (!bits.flag()) return;
  bits.ueUpTo(5, 'chroma_sample_loc_type_top_field');
  bits.ueUpTo(5, 'chroma_sample_loc_type_bottom_field');
}

/** Table E-1 of both, aspect_ratio_idc 1 to 16. */
const SAMPLE_ASPECTS: readonly SampleAspect[] = [
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

function readSampleAspect(bits: BitReader, into: { sampleAspect?: SampleAspect }): void {
  const index = bits.bits(8);
  const aspect: SampleAspect | undefined =
    index === EXTENDED_SAR ? [bits.bits(16), bits.bits(16)] : SAMPLE_ASPECTS[index - 1];
  if (aspect && aspect[0] > 0 && aspect[1] > 0) into.sampleAspect = aspect;
}

function skipSignalType(bits: BitReader): void {
  bits.skip(3 + 1); // video_format, video_full_range_flag
  if (bits.flag()) bits.skip(3 * 8); // colour primaries, transfer, matrix
}
