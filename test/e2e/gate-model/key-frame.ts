import { createHash } from 'node:crypto';

const BOX_HEADER_LENGTH = 8;
const NAL_LENGTH = 4;
const NAL_TYPE = 0x1f;
/** ITU-T H.264 table 7-1: a slice of a picture that needs no other. */
const IDR = 5;

/**
 * What the key frame of a fragment shows, in few letters: the cameras of the simulator have a picture each,
 * which comes again and again. Undefined for what has none, such as an init segment.
 */
export function keyFrameIn(fragment: Buffer): string | undefined {
  for (let at = 0; at + BOX_HEADER_LENGTH <= fragment.length; ) {
    const end = at + Math.max(fragment.readUInt32BE(at), BOX_HEADER_LENGTH);
    const content = at + BOX_HEADER_LENGTH;
    if (fragment.toString('latin1', at + 4, content) === 'mdat') {
      return idrIn(fragment.subarray(content, end));
    }
    at = end;
  }
  return undefined;
}

/** ISO/IEC 14496-15: units with their length before them. */
function idrIn(sample: Buffer): string | undefined {
  for (let at = 0; at + NAL_LENGTH < sample.length; ) {
    const start = at + NAL_LENGTH;
    const end = start + sample.readUInt32BE(at);
    if (((sample[start] ?? 0) & NAL_TYPE) === IDR) {
      return createHash('sha256').update(sample.subarray(start, end)).digest('base64url');
    }
    at = end;
  }
  return undefined;
}
