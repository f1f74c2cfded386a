/** MPEG-4 Part 2, MPEG-2 and MPEG-1: their pictures, and which is made of no other, by the RTP payloads of one. */

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
export function isMpeg4Key(payloads: readonly Buffer[]): boolean {
  const vop = after(VOP_START, payloads, 0)?.[0];
  return vop !== undefined && vop >> 6 === 0;
}

/** RFC 6416 §5: nothing is added. */
export function mpeg4Pictures(payloads: readonly Buffer[]): Buffer[] {
  return [Buffer.concat(payloads)];
}

/** RFC 6416 §7.1: the headers of the stream, in hexadecimal. */
export function mpeg4Setup(parameters: ReadonlyMap<string, string>): Buffer | undefined {
  const config = parameters.get('config') ?? '';
  return /^(?:[0-9a-f]{2}){1,4096}$/i.test(config) ? Buffer.from(config, 'hex') : undefined;
}

const PICTURE_START = Buffer.of(0, 0, 1, 0);
/** RFC 2250 §3.4; what it says of the picture, GStreamer leaves at 0. */
const MPV_HEADER_BYTES = 4;
/** §3.4.1, where T is set. */
const MPEG2_HEADER_BYTES = 4;
const INTRA = 1;

/** ISO/IEC 13818-2 §6.2.3: | temporal_reference (10) | picture_coding_type (3) | behind the start code. */
export function isMpeg2Key(payloads: readonly Buffer[]): boolean {
  const second = after(PICTURE_START, payloads, MPV_HEADER_BYTES)?.[1];
  return second !== undefined && ((second >> 3) & 7) === INTRA;
}

/** | MBZ (5) | T | temporal reference (10) | … */
export function mpeg2Pictures(payloads: readonly Buffer[]): Buffer[] {
  const parts = payloads.map((payload) => {
    const isMpeg2 = ((payload[0] ?? 0) & 4) !== 0;
    return payload.subarray(MPV_HEADER_BYTES + (isMpeg2 ? MPEG2_HEADER_BYTES : 0));
  });
  return [Buffer.concat(parts)];
}
