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
 * A picture carries its stamp through decoder and encoder as user data (ITU-T H.264 §D.1.7): x264
 * copies what the decoder found when it is told to (`udu_sei`). So each picture that comes out says
 * which one went in, however many were dropped in between.
 *
 *   | 06 | payload type 5 | payload size 32 | UUID (16 bytes) | pts90k (64) | captureUnixUs (64) | 80 |
 */
const USER_DATA_UNREGISTERED = 5;
const UUID = Buffer.from('6f2d1c5ea30b4f7c9d7e1b6c48a2f053', 'hex');
const STAMP_BYTES = 8 + 8;

/** The SEI NAL unit for a picture. */
export function stampNal({ pts90k, captureUnixUs }: PictureStamp): Uint8Array {
  const size = UUID.length + STAMP_BYTES;
  const bytes = Buffer.alloc(3 + size + 1);
  bytes.set([NAL.sei, USER_DATA_UNREGISTERED, size]);
  UUID.copy(bytes, 3);
  bytes.writeBigUInt64BE(BigInt(Math.round(pts90k)), 3 + UUID.length);
  bytes.writeBigUInt64BE(BigInt(Math.round(captureUnixUs)), 3 + UUID.length + 8);
  bytes[3 + size] = 0x80;
  return withEmulationPrevention(bytes);
}

/** The stamp among the NAL units of a picture; undefined when it has none. */
export function findStamp(nalUnits: readonly Uint8Array[]): PictureStamp | undefined {
  for (const nal of nalUnits) {
    if (nalType(nal) !== NAL.sei) continue;
    const bytes = Buffer.from(withoutEmulationPrevention(nal));
    const at = bytes.indexOf(UUID);
    if (at < 0 || at + UUID.length + STAMP_BYTES > bytes.length) continue;
    return {
      pts90k: Number(bytes.readBigUInt64BE(at + UUID.length)),
      captureUnixUs: Number(bytes.readBigUInt64BE(at + UUID.length + 8)),
    };
  }
  return undefined;
}
