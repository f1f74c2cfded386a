/**
 * H.265 in RTP (RFC 7798 §4.4), single stream.
 *
 *    0                   1           payload header; type 0–47 is a NAL unit by itself,
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *   +-+-----------+-----------+-----+    48 AP:   (size (16), NAL unit) …
 *   |F|   type    |  LayerId  | TID |    49 FU:   a third byte | S | E | type |, then a part of the payload
 *   +-+-----------+-----------+-----+    50 PACI: | A | type (6) | size (5) | flags (4) |, that many
 *                                                 bytes of extension, then what it envelops
 *
 * Where `sprop-max-don-diff` is over 0 there are numbers for putting NAL units in order: DONL (16)
 * before the first NAL unit or part of one, DOND (8) before the other units of an AP. They are passed
 * over: no camera is known to send NAL units in another order than that of decoding.
 */
import {
  HEADER_BYTES,
  isIrap,
  isParameterSet,
  isRasl,
  isSlice,
  layerId,
  NAL,
  nalType,
  startsPicture,
} from '../h265/nal.ts';
import { FRAGMENT, type NalSink, type PayloadFormat, readAggregate } from './payload-format.ts';

const AP = 48;
const FU = 49;
const PACI = 50;
const DONL_BYTES = 2;
const DOND_BYTES = 1;

/** @param numbered `sprop-max-don-diff` is over 0. */
export function h265Format(numbered: boolean): PayloadFormat {
  return {
    codec: 'h265',
    read: (payload, into) => readPayload(payload, numbered, into),
    // What belongs to another view or layer is not for a decoder of the base layer.
    isUsable: (nal) =>
      nal.length >= HEADER_BYTES && nalType(nal) < NAL.firstUnspecified && layerId(nal) === 0,
    isSlice,
    startsPicture,
    isKeySlice: isIrap,
    isLeadingSlice: isRasl,
    isParameterSet,
  };
}

function readPayload(payload: Buffer, numbered: boolean, into: NalSink): void {
  const type = nalType(payload);
  const donl = numbered ? DONL_BYTES : 0;
  if (payload.length < HEADER_BYTES + donl) into.malformed();
  else if (type === FU) readFragment(payload, donl, into);
  else if (type === AP)
    readAggregate(payload, HEADER_BYTES + donl, numbered ? DOND_BYTES : 0, into);
  else if (type === PACI) readEnvelope(payload, numbered, into);
  else if (type >= NAL.firstUnspecified) into.malformed();
  else if (numbered) readNumbered(payload, into);
  else into.nal(payload);
}

function readNumbered(payload: Buffer, into: NalSink): void {
  into.begin(payload.subarray(0, HEADER_BYTES));
  into.append(payload.subarray(HEADER_BYTES + DONL_BYTES));
  into.end();
}

/** §4.4.3, tolerating start and end in one packet and parts without content. */
function readFragment(payload: Buffer, donl: number, into: NalSink): void {
  const fragment = payload[HEADER_BYTES];
  const begins = fragment !== undefined && (fragment & FRAGMENT.start) !== 0;
  const content = HEADER_BYTES + 1 + (begins ? donl : 0);
  if (fragment === undefined || payload.length < content) {
    into.malformed();
    return;
  }
  if (begins) into.begin(headerOf(payload, payload.readUInt8(0) & 0x80, fragment & 0x3f));
  into.append(payload.subarray(content));
  if (fragment & FRAGMENT.end) into.end();
}

/** §4.4.4: what is enveloped has lost its header, but not what the outer one does not say. */
function readEnvelope(payload: Buffer, numbered: boolean, into: NalSink): void {
  if (payload.length < HEADER_BYTES + 2) {
    into.malformed();
    return;
  }
  const fields = payload.readUInt16BE(HEADER_BYTES);
  const type = (fields >> 9) & 0x3f;
  const content = payload.subarray(HEADER_BYTES + 2 + ((fields >> 4) & 0x1f));
  const header = headerOf(payload, (fields >> 8) & 0x80, type);
  if (type === PACI) into.malformed();
  else readPayload(Buffer.concat([header, content]), numbered, into);
}

/** The header of a NAL unit that has layer and temporal identifier of the payload's. */
function headerOf(payload: Buffer, forbidden: number, type: number): Uint8Array {
  return Uint8Array.of(forbidden | (type << 1) | (payload.readUInt8(0) & 1), payload.readUInt8(1));
}
