import type { Slab } from '../../core/slab.ts';
import { TRACK_ID } from './init-segment.ts';

/** One picture on its way into a fragment. All times in 1/90000 s. */
export interface Sample {
  /** Counts from 1 within a generation. */
  readonly sequence: number;
  readonly keyFrame: boolean;
  /** Decoding time; an integer below 2⁵³. */
  readonly decodeTime90k: number;
  readonly duration90k: number;
  /** Presentation time less decoding time; not 0 only where pictures are reordered. */
  readonly compositionOffset90k: number;
  /** What belongs into the sample, in order. */
  readonly nalUnits: readonly Uint8Array[];
}

/*
 * The boxes before the picture have a fixed shape when there is one sample (14496-12 §8.8):
 *
 *     0 moof  size type
 *     8   mfhd  size type version+flags sequence_number
 *    24   traf  size type
 *    32     tfhd  size type version+flags track_ID
 *    48     tfdt  size type version+flags baseMediaDecodeTime (64)
 *    68     trun  size type version+flags sample_count data_offset
 *    88           sample_duration sample_size sample_flags sample_composition_time_offset
 *   104 mdat  size type
 *   112   NAL length (32), NAL unit, NAL length, NAL unit …
 */
const MOOF_BYTES = 104;
const MDAT_HEADER_BYTES = 8;
/** Of the length before each NAL unit; the decoder's configuration says so too. */
export const LENGTH_BYTES = 4;

const DEFAULT_BASE_IS_MOOF = 0x020000;
/** Version 1 (signed offsets); data offset, and duration, size, flags and composition offset a sample. */
const TRUN_VERSION_AND_FLAGS = 0x0100_0f01;
/** sample_depends_on 2: on no other. */
const KEY_FRAME_FLAGS = 0x0200_0000;
/** sample_depends_on 1, sample_is_non_sync_sample. */
const OTHER_FRAME_FLAGS = 0x0101_0000;

/** Everything that is the same in each fragment, copied first and then filled in. */
const TEMPLATE = template();

/** `moof` + `mdat` for one picture, in one piece of the slab. */
export function mediaFragment(sample: Sample, slab: Slab): Buffer {
  let size = 0;
  for (const nal of sample.nalUnits) size += LENGTH_BYTES + nal.length;
  const bytes = slab.allocate(MOOF_BYTES + MDAT_HEADER_BYTES + size);
  TEMPLATE.copy(bytes);
  bytes.writeUInt32BE(sample.sequence >>> 0, 20);
  bytes.writeBigUInt64BE(BigInt(sample.decodeTime90k), 60);
  bytes.writeUInt32BE(sample.duration90k, 88);
  bytes.writeUInt32BE(size, 92);
  bytes.writeUInt32BE(sample.keyFrame ? KEY_FRAME_FLAGS : OTHER_FRAME_FLAGS, 96);
  bytes.writeInt32BE(sample.compositionOffset90k, 100);
  bytes.writeUInt32BE(MDAT_HEADER_BYTES + size, 104);
  let at = MOOF_BYTES + MDAT_HEADER_BYTES;
  for (const nal of sample.nalUnits) {
    at = bytes.writeUInt32BE(nal.length, at);
    bytes.set(nal, at);
    at += nal.length;
  }
  return bytes;
}

/** The NAL units in a fragment of `mediaFragment`; views, not copies. */
export function nalUnitsOf(fragment: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let at = MOOF_BYTES + MDAT_HEADER_BYTES;
  while (at + LENGTH_BYTES <= fragment.length) {
    const start = at + LENGTH_BYTES;
    at = start + fragment.readUInt32BE(at);
    nalUnits.push(fragment.subarray(start, at));
  }
  return nalUnits;
}

function template(): Buffer {
  const bytes = Buffer.alloc(MOOF_BYTES + MDAT_HEADER_BYTES);
  const header = (at: number, size: number, type: string, versionAndFlags = 0) => {
    bytes.writeUInt32BE(size, at);
    bytes.write(type, at + 4, 'latin1');
    bytes.writeUInt32BE(versionAndFlags, at + 8);
  };
  header(0, MOOF_BYTES, 'moof');
  header(8, 16, 'mfhd');
  header(24, 80, 'traf');
  header(32, 16, 'tfhd', DEFAULT_BASE_IS_MOOF);
  bytes.writeUInt32BE(TRACK_ID, 44);
  header(48, 20, 'tfdt', 0x0100_0000);
  header(68, 36, 'trun', TRUN_VERSION_AND_FLAGS);
  bytes.writeUInt32BE(1, 80);
  bytes.writeInt32BE(MOOF_BYTES + MDAT_HEADER_BYTES, 84);
  bytes.write('mdat', 108, 'latin1');
  return bytes;
}
