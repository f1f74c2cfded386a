import { BitReader } from '../../core/bit-reader.ts';
import { codecNotSupported } from '../rtp/depacketizer.ts';

/** What has to be known of a codec that ffmpeg reads for us, from the payloads of its RTP packets. */
export interface ForeignCodec {
  /** Each picture stands alone: any of them may be left out. */
  readonly standsAlone: boolean;
  /** Whether ffmpeg can begin with the picture of these payloads: it is made of nothing that came before. */
  canBegin(payloads: readonly Buffer[]): boolean;
  /** Why ffmpeg will never show such a picture; undefined when it may. */
  hindrance?(payload: Buffer): string | undefined;
  /** Equal for pictures of the same size and kind, where the payload says so. */
  shape?(payload: Buffer): number | undefined;
}

/**
 * By their names in `a=rtpmap`. Only these: ffmpeg reads many more, each of which would be one more
 * parser for a hostile camera to choose.
 */
const FOREIGN: ReadonlyMap<string, ForeignCodec> = new Map<string, ForeignCodec>([
  [
    'JPEG',
    {
      standsAlone: true,
      canBegin: ([first]) => first !== undefined && isJpegStart(first),
      hindrance: jpegHindrance,
      shape: jpegShape,
    },
  ],
  ['MP4V-ES', { standsAlone: false, canBegin: isMpeg4Key }],
  ['MPV', { standsAlone: false, canBegin: isMpeg2Key }],
  ['H263-1998', { standsAlone: false, canBegin: isH263Key }],
  ['H263-2000', { standsAlone: false, canBegin: isH263Key }],
  ['VP8', { standsAlone: false, canBegin: isVp8Key }],
]);

/** @throws LiveViewError `codec-not-supported`. */
export function requireForeignCodec(encoding: string): ForeignCodec {
  const codec = FOREIGN.get(encoding);
  if (codec) return codec;
  throw codecNotSupported(encoding);
}

/*
 * RFC 2435 §3.1, before each part of a picture:
 *
 *   | type-specific (8) | fragment offset (24) | type (8) | Q (8) | width / 8 (8) | height / 8 (8) |
 */
const JPEG_HEADER_BYTES = 8;

function isJpegStart(payload: Buffer): boolean {
  return payload.length >= JPEG_HEADER_BYTES && payload.readUIntBE(1, 3) === 0;
}

function jpegShape(payload: Buffer): number | undefined {
  return payload.length < JPEG_HEADER_BYTES ? undefined : payload.readUInt16BE(6);
}

/** Larger than 2040 there is no number for; senders write 0 and each has its own way to say more. */
function jpegHindrance(payload: Buffer): string | undefined {
  if (payload.length < JPEG_HEADER_BYTES || (payload[6] !== 0 && payload[7] !== 0))
    return undefined;
  return 'its JPEG is larger than 2040 pixels, for which RTP has no number (RFC 2435)';
}

/**
 * RFC 7741 §4.2 and §4.3: a descriptor, as long as its flags say, then the frame's own header, whose
 * lowest bit is 0 in a key frame.
 *
 *   | X R N S R PID (3) |  X: | I L T K 0 (4) |  I: | M picture id (7 or 15) |  L: 8  |  T or K: 8  |
 */
function isVp8Key([payload]: readonly Buffer[]): boolean {
  if (!payload) return false;
  const first = payload[0] ?? 0;
  if ((first & 0x17) !== 0x10) return false;
  let at = 1;
  if (first & 0x80) {
    const more = payload[1] ?? 0;
    at = 2;
    if (more & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (more & 0x40) at += 1;
    if (more & 0x30) at += 1;
  }
  const header = payload[at];
  return header !== undefined && (header & 1) === 0;
}

/** What follows a start code, in the first payload that has it whole; RTP senders cut none in two. */
function after(startCode: Buffer, payloads: readonly Buffer[], skip: number): Buffer | undefined {
  for (const payload of payloads) {
    const at = payload.indexOf(startCode, skip);
    if (at >= 0) return payload.subarray(at + startCode.length);
  }
  return undefined;
}

const VOP_START = Buffer.of(0, 0, 1, 0xb6);

/** ISO/IEC 14496-2 §6.2.5: vop_coding_type, two bits behind the start code, is 0 (I). RFC 6416 §5. */
function isMpeg4Key(payloads: readonly Buffer[]): boolean {
  const vop = after(VOP_START, payloads, 0)?.[0];
  return vop !== undefined && vop >> 6 === 0;
}

const PICTURE_START = Buffer.of(0, 0, 1, 0);
/** RFC 2250 §3.4; what it says of the picture, GStreamer leaves at 0. */
const MPV_HEADER_BYTES = 4;
const INTRA = 1;

/** ISO/IEC 13818-2 §6.2.3: | temporal_reference (10) | picture_coding_type (3) | behind the start code. */
function isMpeg2Key(payloads: readonly Buffer[]): boolean {
  const second = after(PICTURE_START, payloads, MPV_HEADER_BYTES)?.[1];
  return second !== undefined && ((second >> 3) & 7) === INTRA;
}

/**
 * RFC 4629 §5.1, then the picture header of ITU-T H.263 §5.1 without the two bytes of zeros that P stands for:
 *
 *   | RR (5) | P | V | PLEN (6) | PEBIT (3) |  V: 8  |  PLEN bytes  |
 *   | 100000 | TR (8) | 10 | split, camera, freeze | source format (3) | type (1) | …
 *
 * Source format 7 is PLUSPTYPE (§5.1.4): | UFEP (3) | UFEP 1: OPPTYPE (18) | type (3) | … in place of the type.
 */
function isH263Key([payload]: readonly Buffer[]): boolean {
  if (!payload || payload.length < 2) return false;
  const header = payload.readUInt16BE(0);
  const at = 2 + ((header >> 9) & 1) + ((header >> 3) & 0x3f);
  if ((header & 0x400) === 0 || payload.length < at + 6) return false;
  const reader = new BitReader(payload.subarray(at, at + 6), 'H.263');
  if (reader.bits(6) !== 0x20) return false;
  reader.skip(8 + 2 + 3);
  if (reader.bits(3) !== 7) return reader.bits(1) === 0;
  if (reader.bits(3) === 1) reader.skip(18);
  return reader.bits(3) === 0;
}
