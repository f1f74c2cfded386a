import { ByteReader } from '../src/core/bytes.ts';
import { LiveViewError } from '../src/core/errors.ts';
import { stampPlace } from '../src/simulator/rtsp/stamp.ts';
import { isKeyFrame } from '../src/video/h264/nal.ts';

/** What the measurement needs of a picture in fragmented MP4. */
export interface Mp4Picture {
  /** Decoding time in seconds. */
  readonly seconds: number;
  readonly keyFrame: boolean;
  /** When the camera sent it, Unix µs; undefined when the picture carries no stamp. */
  readonly stampUs: number | undefined;
}

/**
 * Reads fragmented MP4 that arrives in arbitrary pieces (ISO/IEC 14496-12), one picture a fragment,
 * by whomever it was made:
 *
 *   moov trak mdia mdhd   timescale
 *   moof traf tfdt        decoding time, in units of that
 *   mdat                  | NAL length (32) | NAL unit | NAL length | NAL unit …
 */
export class Mp4Pictures {
  #bytes: Buffer = Buffer.alloc(0);
  #timescale = 0;
  #decodeTime = 0;

  /**
   * The pictures that `chunk` completes.
   *
   * @throws LiveViewError `mp4-malformed`, `truncated`; the reader is of no more use then.
   */
  push(chunk: Buffer): Mp4Picture[] {
    const pictures: Mp4Picture[] = [];
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    let used = 0;
    for (const box of boxesOf(this.#bytes)) {
      used += box.size;
      const picture = this.#take(box);
      if (picture) pictures.push(picture);
    }
    this.#bytes = this.#bytes.subarray(used);
    return pictures;
  }

  #take({ type, body }: Box): Mp4Picture | undefined {
    if (type === 'moov') this.#timescale = timescaleOf(find(body, ['trak', 'mdia', 'mdhd']));
    if (type === 'moof') this.#decodeTime = decodeTimeOf(find(body, ['traf', 'tfdt']));
    if (type !== 'mdat') return undefined;
    return {
      seconds: this.#decodeTime / this.#timescale,
      keyFrame: isKeyFrame(nalUnitsOf(body)),
      stampUs: stampOf(body),
    };
  }
}

interface Box {
  readonly type: string;
  /** With its header. */
  readonly size: number;
  readonly body: Buffer;
}

const HEADER_BYTES = 8;
/** Far beyond a picture of any stream that is measured. */
const MAX_BOX_BYTES = 32 * 1024 * 1024;

/** Those that are complete. */
function* boxesOf(bytes: Buffer): Generator<Box> {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const size = bytes.readUInt32BE(at);
    if (size < HEADER_BYTES || size > MAX_BOX_BYTES) throw malformed(`a box of ${size} bytes`);
    if (at + size > bytes.length) return;
    const type = bytes.toString('latin1', at + 4, at + HEADER_BYTES);
    yield { type, size, body: bytes.subarray(at + HEADER_BYTES, at + size) };
    at += size;
  }
}

function find(body: Buffer, path: readonly string[]): Buffer {
  let inner = body;
  for (const wanted of path) {
    const found = [...boxesOf(inner)].find(({ type }) => type === wanted);
    if (!found) throw malformed(`no ${wanted} where MP4 has one`);
    inner = found.body;
  }
  return inner;
}

/** Version 1 has 64-bit times before it (§8.4.2). */
function timescaleOf(mdhd: Buffer): number {
  const fields = new ByteReader(mdhd, 'mdhd');
  fields.skip(mdhd[0] === 1 ? 20 : 12); // version, flags, creation_time, modification_time
  return fields.u32();
}

/** 64 bits in version 1 (§8.8.12). */
function decodeTimeOf(tfdt: Buffer): number {
  const fields = new ByteReader(tfdt, 'tfdt');
  fields.skip(4); // version, flags
  return tfdt[0] === 1 ? fields.u32() * 2 ** 32 + fields.u32() : fields.u32();
}

function nalUnitsOf(mdat: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  for (let at = 0; at + 4 < mdat.length; ) {
    const end = at + 4 + mdat.readUInt32BE(at);
    nalUnits.push(mdat.subarray(at + 4, end));
    at = end;
  }
  return nalUnits;
}

function malformed(what: string): LiveViewError {
  return new LiveViewError('mp4-malformed', `the MP4 that is measured holds ${what}`);
}

const STAMP_DIGITS = 16;

function stampOf(mdat: Buffer): number | undefined {
  const place = stampPlace(mdat);
  if (place < 0) return undefined;
  return Number.parseInt(mdat.toString('latin1', place, place + STAMP_DIGITS), 16);
}
