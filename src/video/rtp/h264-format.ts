/**
 * H.264 in RTP (RFC 6184 §5.6–5.8; packetization modes 0 and 1).
 *
 *    0 1 2 3 4 5 6 7     NAL unit header; type 1–23 is a NAL unit by itself,
 *   +-+---+---------+    24 STAP-A: (size (16), NAL unit) …
 *   |F|NRI|  type   |    28 FU-A:   a second byte | S | E | R | type |, then a part of the payload
 *   +-+---+---------+
 */
import { isParameterSet, isSlice, NAL, nalType, startsPicture } from '../h264/nal.ts';
import { FRAGMENT, type NalSink, type PayloadFormat, readAggregate } from './payload-format.ts';

const FIRST_AGGREGATION = 24;
const STAP_A = 24;
const FU_A = 28;

export const H264_FORMAT: PayloadFormat = {
  codec: 'h264',
  read(payload, into) {
    const type = nalType(payload);
    if (type === FU_A) readFragment(payload, into);
    else if (type === STAP_A) readAggregate(payload, 1, 0, into);
    else if (type < FIRST_AGGREGATION) into.nal(payload);
    else into.malformed();
  },
  isUsable: (nal) => nalType(nal) > 0 && nalType(nal) < FIRST_AGGREGATION,
  isSlice,
  startsPicture,
  isKeySlice: (nal) => nalType(nal) === NAL.idrSlice,
  isLeadingSlice: () => false,
  isParameterSet,
};

/** RFC 6184 §5.8, tolerating start and end in one packet and parts without content. */
function readFragment(payload: Buffer, into: NalSink): void {
  if (payload.length < 2) {
    into.malformed();
    return;
  }
  const fragment = payload.readUInt8(1);
  if (fragment & FRAGMENT.start) {
    into.begin(Uint8Array.of((payload.readUInt8(0) & 0xe0) | (fragment & 0x1f)));
  }
  into.append(payload.subarray(2));
  if (fragment & FRAGMENT.end) into.end();
}
