/**
 * NAL units of H.264 (ITU-T H.264 §7.3.1), without start codes:
 *
 *   | 0 forbidden | 1 2 nal_ref_idc | 3 4 5 6 7 nal_unit_type |  payload with emulation prevention …
 */

/** nal_unit_type, table 7-1; only those that something here looks at. */
export const NAL = {
  slice: 1,
  sliceDataA: 2,
  idrSlice: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
} as const;

/** An access unit delimiter that allows every slice type (primary_pic_type 7, then the stop bit). */
export const ACCESS_UNIT_DELIMITER: Uint8Array = Uint8Array.of(NAL.accessUnitDelimiter, 0xf0);

/** 0 (unspecified) for an empty NAL unit. */
export function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** An SPS or a PPS. */
export function isParameterSet(nal: Uint8Array): boolean {
  const type = nalType(nal);
  return type === NAL.sps || type === NAL.pps;
}

/** A coded slice of a primary picture: types 1 to 5. */
export function isSlice(nal: Uint8Array): boolean {
  const type = nalType(nal);
  return type >= NAL.slice && type <= NAL.idrSlice;
}

/**
 * The slice has first_mb_in_slice 0, the first field of its header: a single 1 bit as ue(v). In
 * streams without arbitrary slice order, which is to say all but Baseline curiosities, it begins a picture.
 */
export function startsPicture(nal: Uint8Array): boolean {
  return isSlice(nal) && ((nal[1] ?? 0) & 0x80) !== 0;
}

/** The picture can be decoded without any other: it has an IDR slice. */
export function isKeyFrame(nalUnits: readonly Uint8Array[]): boolean {
  return nalUnits.some((nal) => nalType(nal) === NAL.idrSlice);
}
