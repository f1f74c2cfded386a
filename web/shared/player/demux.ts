import type { Box } from './boxes.ts';
import { DemuxError, descend, Fields, findBox, readBoxes, requireBox } from './boxes.ts';
import { avcCodec, hevcCodec } from './codec-string.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a decoder needs to know before the first picture. */
export interface TrackInfo {
  /** RFC 6381. */
  readonly codec: string;
  /** The body of `avcC` or `hvcC`: what WebCodecs calls the description. */
  readonly description: Bytes;
  /** Ticks a second of all times of the track. */
  readonly timescale: number;
  readonly width: number;
  readonly height: number;
  readonly defaults: SampleDefaults;
}

export interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** One coded picture. Times in ticks of the track. */
export interface Sample {
  readonly keyFrame: boolean;
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly duration: number;
  /** A view, not a copy. */
  readonly data: Bytes;
}

/** Far more than one fragment a picture needs; a bound for what a peer controls. */
const MAX_SAMPLES = 1_024;
/** `sample_is_non_sync_sample`, ISO/IEC 14496-12 §8.8.3.1. */
const NON_SYNC = 0x10000;

/**
 * Reads `ftyp` + `moov` of one video track.
 *
 * @throws DemuxError
 */
export function parseInit(bytes: Bytes): TrackInfo {
  const moov = descend(readBoxes(bytes), 'moov');
  const mdia = descend(moov, 'trak', 'mdia');
  const stsd = requireBox(descend(mdia, 'minf', 'stbl'), 'stsd');
  const timescale = mediaTimescale(requireBox(mdia, 'mdhd'));
  return { ...sampleEntry(stsd), timescale, defaults: trackDefaults(moov) };
}

/**
 * Reads the samples of `moof` + `mdat`, in decoding order; boxes that are not needed are passed over.
 *
 * @throws DemuxError
 */
export function parseFragment(bytes: Bytes, track: TrackInfo): Sample[] {
  const samples: Sample[] = [];
  for (const moof of readBoxes(bytes)) {
    if (moof.type !== 'moof') continue;
    const traf = descend([moof], 'moof', 'traf');
    const defaults = fragmentDefaults(requireBox(traf, 'tfhd'), track.defaults);
    let decodeTime = baseDecodeTime(requireBox(traf, 'tfdt'));
    let dataAt = moof.start;
    for (const trun of traf.filter((box) => box.type === 'trun')) {
      const run = readRun(trun, { bytes, moofStart: moof.start, dataAt, decodeTime, defaults });
      samples.push(...run.samples);
      if (samples.length > MAX_SAMPLES) throw new DemuxError('malformed', 'too many samples');
      ({ dataAt, decodeTime } = run);
    }
  }
  return samples;
}

/** `mdhd`, §8.4.2: version 1 has 64-bit times before the timescale. */
function mediaTimescale(mdhd: Box): number {
  const fields = new Fields(mdhd);
  const version = fields.u8();
  fields.skip(3 + (version === 1 ? 16 : 8));
  const timescale = fields.u32();
  if (timescale === 0) throw new DemuxError('malformed', 'a timescale of 0');
  return timescale;
}

/** `stsd`, §8.5.2 and §12.1.3: the first entry, a VisualSampleEntry of 78 bytes and boxes. */
function sampleEntry(stsd: Box): Pick<TrackInfo, 'codec' | 'description' | 'width' | 'height'> {
  const entry = readBoxes(stsd.body.subarray(8))[0];
  if (!entry) throw new DemuxError('malformed', 'an stsd without an entry');
  const fields = new Fields(entry);
  fields.skip(24);
  const width = fields.u16();
  const height = fields.u16();
  fields.skip(50);
  const inner = readBoxes(entry.body.subarray(78));
  if (entry.type === 'avc1' || entry.type === 'avc3') {
    const description = requireBox(inner, 'avcC').body;
    return { codec: avcCodec(entry.type, description), description, width, height };
  }
  if (entry.type === 'hvc1' || entry.type === 'hev1') {
    const description = requireBox(inner, 'hvcC').body;
    return { codec: hevcCodec(entry.type, description), description, width, height };
  }
  throw new DemuxError('unsupported', `a track of ${entry.type}`);
}

/** `trex`, §8.8.3; absent means that every fragment says everything itself. */
function trackDefaults(moov: readonly Box[]): SampleDefaults {
  const mvex = findBox(moov, 'mvex');
  const trex = mvex ? findBox(readBoxes(mvex.body), 'trex') : undefined;
  if (!trex) return { duration: 0, size: 0, flags: 0 };
  const fields = new Fields(trex);
  fields.skip(12);
  return { duration: fields.u32(), size: fields.u32(), flags: fields.u32() };
}

/** `tfhd`, §8.8.7. */
function fragmentDefaults(tfhd: Box, track: SampleDefaults): SampleDefaults {
  const fields = new Fields(tfhd);
  const flags = fields.u32() & 0xffffff;
  fields.skip(4);
  if (flags & 0x1) throw new DemuxError('unsupported', 'data offsets from the start of a file');
  if (flags & 0x2) fields.skip(4);
  return {
    duration: flags & 0x8 ? fields.u32() : track.duration,
    size: flags & 0x10 ? fields.u32() : track.size,
    flags: flags & 0x20 ? fields.u32() : track.flags,
  };
}

/** `tfdt`, §8.8.12. */
function baseDecodeTime(tfdt: Box): number {
  const fields = new Fields(tfdt);
  const version = fields.u8();
  fields.skip(3);
  return version === 1 ? fields.u64() : fields.u32();
}

interface Run {
  readonly bytes: Bytes;
  readonly moofStart: number;
  /** Where the data continues when the run does not say. */
  readonly dataAt: number;
  readonly decodeTime: number;
  readonly defaults: SampleDefaults;
}

/** `trun`, §8.8.8. */
function readRun(trun: Box, { bytes, moofStart, dataAt, decodeTime, defaults }: Run) {
  const fields = new Fields(trun);
  const word = fields.u32();
  const has = (flag: number) => (word & flag) !== 0;
  const signedOffsets = word >>> 24 === 1;
  const count = fields.u32();
  if (count > MAX_SAMPLES) throw new DemuxError('malformed', `a run of ${count} samples`);
  let at = has(0x1) ? moofStart + fields.i32() : dataAt;
  const firstFlags = has(0x4) ? fields.u32() : undefined;
  let time = decodeTime;
  const samples: Sample[] = [];
  for (let index = 0; index < count; index += 1) {
    const duration = has(0x100) ? fields.u32() : defaults.duration;
    const size = has(0x200) ? fields.u32() : defaults.size;
    const own = has(0x400) ? fields.u32() : defaults.flags;
    const flags = index === 0 && firstFlags !== undefined ? firstFlags : own;
    const offset = has(0x800) ? (signedOffsets ? fields.i32() : fields.u32()) : 0;
    if (at < 0 || at + size > bytes.length) throw new DemuxError('truncated', 'a sample cut short');
    samples.push({
      keyFrame: (flags & NON_SYNC) === 0,
      decodeTime: time,
      presentationTime: time + offset,
      duration,
      data: bytes.subarray(at, at + size),
    });
    at += size;
    time += duration;
  }
  return { samples, dataAt: at, decodeTime: time };
}
