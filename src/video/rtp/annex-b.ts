/**
 * Byte stream format (ITU-T H.264 annex B) where RTP should have bare NAL units: some devices put
 * start codes inside a payload. A NAL unit cannot contain 00 00 01 itself, so looking is safe.
 */
const START_CODE = Buffer.from([0, 0, 1]);

/**
 * Calls `each` with every NAL unit in `bytes`, views without start codes and trailing zeros, until it
 * returns false: a picture of nothing but start codes has millions.
 */
export function forEachNal(bytes: Buffer, each: (nal: Buffer) => boolean): void {
  let start = 0;
  for (let code = bytes.indexOf(START_CODE); code >= 0; ) {
    if (!hand(bytes, start, code, each)) return;
    start = code + START_CODE.length;
    code = bytes.indexOf(START_CODE, start);
  }
  if (start === 0) each(bytes);
  else hand(bytes, start, bytes.length, each);
}

/** False when there need be no more. */
function hand(bytes: Buffer, start: number, end: number, each: (nal: Buffer) => boolean): boolean {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last -= 1;
  return last === start || each(bytes.subarray(start, last));
}
