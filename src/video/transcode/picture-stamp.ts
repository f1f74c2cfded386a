import { asBuffer } from '../../core/bytes.ts';
import {
  withEmulationPrevention,
  withoutEmulationPrevention,
} from '../../core/emulation-prevention.ts';
import { NAL, nalType } from '../h264/nal.ts';

/** What must be known of a picture on both sides of ffmpeg. */
export interface PictureStamp {
  readonly pts90k: number;
  readonly captureUnixUs: number;
}

/*
 * A picture carries its stamp through decoder and encoder as user data (ITU-T H.264 §D.1.7, H.265
 * §D.2.7), which has the same form in both and differs in the NAL unit's header only: x264
 * copies what the decoder found when it is told to (`udu_sei`). So each picture that comes out says
 * which one went in, however many were dropped in between.
 *
 *   | header | payload type 5 | payload size 32 | UUID (16 bytes) | pts90k (64) | captureUnixUs (64) | 80 |
 */
const USER_DATA_UNREGISTERED = 5;
const UUID = Buffer.from('6f2d1c5ea30b4f7c9d7e1b6c48a2f053', 'hex');
const STAMP_BYTES = 8 + 8;

/** The SEI NAL unit for a picture. @param header of such a NAL unit in the codec of the picture. */
export function stampNal(
  { pts90k, captureUnixUs }: PictureStamp,
  header: readonly number[],
): Uint8Array {
  const size = UUID.length + STAMP_BYTES;
  const times = Buffer.alloc(STAMP_BYTES);
  times.writeBigUInt64BE(BigInt(Math.round(pts90k)), 0);
  times.writeBigUInt64BE(BigInt(Math.round(captureUnixUs)), 8);
  const start = Buffer.of(...header, USER_DATA_UNREGISTERED, size);
  return withEmulationPrevention(Buffer.concat([start, UUID, times, Buffer.of(0x80)]));
}

/** The stamp among the NAL units of a picture; undefined when it has none. */
export function findStamp(nalUnits: readonly Uint8Array[]): PictureStamp | undefined {
  for (const nal of nalUnits) {
    if (nalType(nal) !== NAL.sei) continue;
    // There are no zeros in the UUID, so no emulation prevention in it or before what follows.
    const at = asBuffer(nal).indexOf(UUID);
    if (at < 0) continue;
    const start = at + UUID.length;
    const bytes = asBuffer(
      withoutEmulationPrevention(nal.subarray(start, start + 2 * STAMP_BYTES)),
    );
    if (bytes.length < STAMP_BYTES) continue;
    return {
      pts90k: Number(bytes.readBigUInt64BE(0)),
      captureUnixUs: Number(bytes.readBigUInt64BE(8)),
    };
  }
  return undefined;
}
