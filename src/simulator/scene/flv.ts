import { LiveViewError } from '../../core/errors.ts';
import { isKeyFrame } from '../../video/h264/nal.ts';

/**
 * Reads ffmpeg's FLV output (Adobe Flash Video File Format 10.1, annex E). Unlike a byte stream,
 * it says how long a picture is, so that none waits for the start of the next.
 *
 *   file  | "FLV" | version 1 | flags | header size (4) | 0 (4) | tag | size (4) | tag | size (4) | …
 *   tag   | type | data size (3) | time (3) | time high (1) | stream (3) | data …
 *   data  | frame, codec 7 | 0 sets, 1 picture | composition time (3) | …
 *   sets  | version, profile, compatibility, level | 4-byte lengths | count SPS | size (2) SPS … | count PPS | size (2) PPS …
 *   picture | size (4) | NAL unit | size (4) | NAL unit …
 */
export interface FlvPicture {
  /** Key frames begin with the parameter sets. */
  readonly nalUnits: readonly Uint8Array[];
  readonly keyFrame: boolean;
}

const FILE_HEADER = 13;
const TAG_HEADER = 11;
const TRAILER = 4;
const VIDEO = 9;
const AVC = 7;
const MAX_TAG_BYTES = 8 * 1024 * 1024;

export class FlvReader {
  #rest: Buffer = Buffer.alloc(0);
  #skip = FILE_HEADER;
  #parameterSets: Buffer[] = [];

  /**
   * The pictures that `chunk` completes.
   *
   * @throws LiveViewError `flv-malformed`.
   */
  push(chunk: Buffer): FlvPicture[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const skipped = Math.min(this.#skip, this.#rest.length);
    this.#skip -= skipped;
    this.#rest = this.#rest.subarray(skipped);
    const pictures: FlvPicture[] = [];
    while (this.#rest.length >= TAG_HEADER) {
      const size = this.#rest.readUIntBE(1, 3);
      if (size > MAX_TAG_BYTES) throw malformed(`a tag of ${size} bytes`);
      const end = TAG_HEADER + size + TRAILER;
      if (this.#rest.length < end) break;
      const data = this.#rest.subarray(TAG_HEADER, TAG_HEADER + size);
      if (this.#rest[0] === VIDEO) this.#video(data, pictures);
      this.#rest = this.#rest.subarray(end);
    }
    return pictures;
  }

  #video(data: Buffer, pictures: FlvPicture[]): void {
    if (data.length < 5 || ((data[0] ?? 0) & 15) !== AVC) throw malformed('video that is no H.264');
    const body = data.subarray(5);
    if (data[1] === 0) this.#parameterSets = parameterSetsOf(body);
    if (data[1] !== 1) return;
    const nalUnits = sized(body, 4, Number.POSITIVE_INFINITY).units;
    const keyFrame = isKeyFrame(nalUnits);
    pictures.push({
      nalUnits: keyFrame ? [...this.#parameterSets, ...nalUnits] : nalUnits,
      keyFrame,
    });
  }
}

/** AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1. */
function parameterSetsOf(record: Buffer): Buffer[] {
  if (record.length < 7 || ((record[4] ?? 0) & 3) !== 3)
    throw malformed('an unknown configuration');
  const sps = sized(record.subarray(6), 2, (record[5] ?? 0) & 31);
  const pps = sized(sps.rest.subarray(1), 2, sps.rest[0] ?? 0);
  return [...sps.units, ...pps.units];
}

function sized(
  bytes: Buffer,
  lengthBytes: 2 | 4,
  count: number,
): { units: Buffer[]; rest: Buffer } {
  const units: Buffer[] = [];
  let at = 0;
  while (units.length < count && at + lengthBytes <= bytes.length) {
    const end = at + lengthBytes + bytes.readUIntBE(at, lengthBytes);
    if (end > bytes.length) throw malformed('a NAL unit beyond its tag');
    units.push(bytes.subarray(at + lengthBytes, end));
    at = end;
  }
  return { units, rest: bytes.subarray(at) };
}

function malformed(what: string): LiveViewError {
  return new LiveViewError('flv-malformed', `the encoder wrote ${what}`);
}
