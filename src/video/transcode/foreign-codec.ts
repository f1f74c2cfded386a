import { codecNotSupported } from '../rtp/depacketizer.ts';

/** What has to be known of a codec that ffmpeg reads for us, from the payloads of its RTP packets. */
export interface ForeignCodec {
  /** Each picture stands alone: any of them may be left out. */
  readonly standsAlone: boolean;
  /** Whether ffmpeg can begin with the picture that has this first payload. */
  canBegin(payload: Buffer): boolean;
  /** Why ffmpeg will never show such a picture; undefined when it may. */
  hindrance?(payload: Buffer): string | undefined;
  /** Equal for pictures of the same size and kind, where the payload says so. */
  shape?(payload: Buffer): number | undefined;
}

const ANY: ForeignCodec = { standsAlone: false, canBegin: () => true };

/**
 * By their names in `a=rtpmap`. Only these: ffmpeg reads many more, each of which would be one more
 * parser for a hostile camera to choose.
 */
const FOREIGN: ReadonlyMap<string, ForeignCodec> = new Map<string, ForeignCodec>([
  [
    'JPEG',
    { standsAlone: true, canBegin: isJpegStart, hindrance: jpegHindrance, shape: jpegShape },
  ],
  ['MP4V-ES', ANY],
  ['MPV', ANY],
  ['H263-1998', ANY],
  ['H263-2000', ANY],
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
function isVp8Key(payload: Buffer): boolean {
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
