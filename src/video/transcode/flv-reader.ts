import { LiveViewError } from '../../core/errors.ts';
import type { CodedPicture } from '../h264/annex-b-splitter.ts';
import { isKeyFrame } from '../h264/nal.ts';

/**
 * Reads H.264 out of ffmpeg's FLV (Adobe Flash Video File Format 10.1, annex E). A byte stream does
 * not say where a picture ends before the next one begins; here its length stands in front of it.
 *
 *   file     | "FLV" | version (8) | flags (8) | header length (32) | previous tag size 0 (32) | tag …
 *   tag      | type (8) | size (24) | time (24) | time, high (8) | stream (24) | data | tag size (32)
 *   video    | frame type (4) codec (4) | packet type (8) | composition time (24) | body
 *   body 0   an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1)
 *   body 1   | NAL length (32) | NAL unit | NAL length | NAL unit …
 */
const FILE_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const TAG_TRAILER_BYTES = 4;
const VIDEO_HEADER_BYTES = 5;
const VIDEO_TAG = 9;
const AVC = 7;
const MAX_TAG_BYTES = 8 * 1024 * 1024;

export interface TimedPicture extends CodedPicture {
  /** By the clock of whoever wrote it; 32 bits. */
  readonly timeMs: number;
}

export class FlvReader {
  /** Bytes of an unfinished tag, in the pieces in which they came. */
  #pieces: Buffer[] = [];
  #length = 0;
  #wanted = FILE_HEADER_BYTES;
  #inFileHeader = true;
  #parameterSets: Buffer[] = [];

  /**
   * The pictures that `chunk` completes; key frames begin with the parameter sets.
   *
   * @throws LiveViewError `flv-malformed`; the reader is of no more use then.
   */
  push(chunk: Buffer): TimedPicture[] {
    const pictures: TimedPicture[] = [];
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#wanted) {
      const bytes = Buffer.concat(this.#pieces);
      const used = this.#read(bytes, pictures);
      this.#pieces = [bytes.subarray(used)];
      this.#length = bytes.length - used;
    }
    return pictures;
  }

  /** Reads as much as is complete and sets what is wanted next; gives the number of bytes used. */
  #read(bytes: Buffer, pictures: TimedPicture[]): number {
    let at = 0;
    if (this.#inFileHeader) {
      if (bytes.toString('latin1', 0, 3) !== 'FLV') throw malformed('something else than FLV');
      this.#inFileHeader = false;
      at = FILE_HEADER_BYTES;
    }
    for (;;) {
      this.#wanted = TAG_HEADER_BYTES;
      if (bytes.length - at < this.#wanted) return at;
      const size = bytes.readUIntBE(at + 1, 3);
      if (size > MAX_TAG_BYTES) throw malformed(`a tag of ${size} bytes`);
      this.#wanted = TAG_HEADER_BYTES + size + TAG_TRAILER_BYTES;
      if (bytes.length - at < this.#wanted) return at;
      const data = bytes.subarray(at + TAG_HEADER_BYTES, at + TAG_HEADER_BYTES + size);
      const timeMs = bytes.readUIntBE(at + 4, 3) + (bytes[at + 7] ?? 0) * 2 ** 24;
      if (bytes[at] === VIDEO_TAG) this.#video(data, timeMs, pictures);
      at += this.#wanted;
    }
  }

  #video(data: Buffer, timeMs: number, pictures: TimedPicture[]): void {
    if (data.length < VIDEO_HEADER_BYTES || ((data[0] ?? 0) & 15) !== AVC) {
      throw malformed('video that is not H.264');
    }
    const body = data.subarray(VIDEO_HEADER_BYTES);
    if (data[1] === 0) this.#parameterSets = parameterSetsOf(body);
    if (data[1] === 1) pictures.push({ ...this.#picture(body), timeMs });
  }

  #picture(body: Buffer): CodedPicture {
    const { nalUnits } = takeSized(body, 0, 4, Number.POSITIVE_INFINITY);
    const keyFrame = isKeyFrame(nalUnits);
    return { nalUnits: keyFrame ? [...this.#parameterSets, ...nalUnits] : nalUnits, keyFrame };
  }
}

/** Sets from byte 5 on: the count of SPS in five bits, the SPS, the count of PPS, the PPS. */
function parameterSetsOf(record: Buffer): Buffer[] {
  if (record.length < 7 || ((record[4] ?? 0) & 3) !== 3)
    throw malformed('an unknown configuration');
  const sps = takeSized(record, 6, 2, (record[5] ?? 0) & 31);
  const pps = takeSized(record, sps.end + 1, 2, record[sps.end] ?? 0);
  return [...sps.nalUnits, ...pps.nalUnits];
}

/** Up to `count` NAL units, each after its length. */
function takeSized(bytes: Buffer, from: number, lengthBytes: number, count: number) {
  const nalUnits: Buffer[] = [];
  let at = from;
  while (nalUnits.length < count && at + lengthBytes <= bytes.length) {
    const start = at + lengthBytes;
    at = start + bytes.readUIntBE(at, lengthBytes);
    if (at > bytes.length) throw malformed('a NAL unit beyond the end of its tag');
    if (at > start) nalUnits.push(bytes.subarray(start, at));
  }
  return { nalUnits, end: at };
}

function malformed(what: string): LiveViewError {
  return new LiveViewError('flv-malformed', `ffmpeg's output holds ${what}`);
}
