/**
 * NAL units of H.265 (ITU-T H.265 §7.3.1.2), without start codes:
 *
 *   | 0 forbidden | 1 … 6 nal_unit_type | 7 … 12 nuh_layer_id | 13 14 15 nuh_temporal_id_plus1 |
 *
 * then the payload with emulation prevention.
 */
export const HEADER_BYTES = 2;

/** nal_unit_type, table 7-1; only those that something here looks at. */
export const NAL = {
  radlN: 6,
  raslN: 8,
  raslR: 9,
  blaWithLeading: 16,
  idrWithRadl: 19,
  idr: 20,
  cra: 21,
  lastIrap: 23,
  lastVcl: 31,
  vps: 32,
  sps: 33,
  pps: 34,
  accessUnitDelimiter: 35,
  endOfSequence: 36,
  endOfBitstream: 37,
  filler: 38,
  prefixSei: 39,
  suffixSei: 40,
  /** From here on the standard leaves types to others; RTP has some of them (RFC 7798 §4.4). */
  firstUnspecified: 48,
} as const;

/** An access unit delimiter that allows every slice type (pic_type 2, then the stop bit; §7.3.2.5). */
export const ACCESS_UNIT_DELIMITER: Uint8Array = Uint8Array.of(
  NAL.accessUnitDelimiter << 1,
  1,
  0x50,
);

/** 63 (unspecified) for an empty NAL unit; 0 is a slice. */
export function nalType(nal: Uint8Array): number {
  return nal.length === 0 ? 63 : ((nal[0] ?? 0) >> 1) & 0x3f;
}

/** 0 for all that a camera sends; others belong to a second view or a finer layer. */
export function layerId(nal: Uint8Array): number {
  return (((nal[0] ?? 0) & 1) << 5) | ((nal[1] ?? 0) >> 3);
}

/** A VPS, an SPS or a PPS. */
export function isParameterSet(nal: Uint8Array): boolean {
  const type = nalType(nal);
  return type >= NAL.vps && type <= NAL.pps;
}

/** A slice segment: types 0 to 31. */
export function isSlice(nal: Uint8Array): boolean {
  return nalType(nal) <= NAL.lastVcl;
}

/** The slice segment has first_slice_segment_in_pic_flag, the first bit of its header (§7.3.6.1). */
export function startsPicture(nal: Uint8Array): boolean {
  return isSlice(nal) && ((nal[HEADER_BYTES] ?? 0) & 0x80) !== 0;
}

/** A slice segment of an intra random access point picture (§3.73): BLA, IDR, CRA. */
export function isIrap(nal: Uint8Array): boolean {
  const type = nalType(nal);
  return type >= NAL.blaWithLeading && type <= NAL.lastIrap;
}

/**
 * A slice segment of a random access skipped leading picture (§3.112): it is shown before the CRA or
 * BLA picture that it follows and may refer to pictures before that.
 */
export function isRasl(nal: Uint8Array): boolean {
  const type = nalType(nal);
  return type === NAL.raslN || type === NAL.raslR;
}
