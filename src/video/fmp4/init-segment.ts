import type { Sps } from '../h264/sps.ts';
import { ascii, type Box, box, fixed32, fullBox, serialize, u8, u16, u32, zeros } from './box.ts';

/** Ticks a second of everything in a segment: RTP's own, so that no time is ever rounded. */
export const TIMESCALE = 90_000;
export const TRACK_ID = 1;

export interface AvcTrack {
  /** The set whose size and format describe the pictures; one of `spsNals`, read. */
  readonly sps: Sps;
  readonly spsNals: readonly Uint8Array[];
  readonly ppsNals: readonly Uint8Array[];
}

/** `ftyp` + `moov`: one H.264 track without samples, continued by fragments (14496-12 §8.8). */
export function initSegment(track: AvcTrack): Buffer {
  return serialize(ftyp(), moov(track));
}

function ftyp(): Box {
  return box('ftyp', [
    ascii('iso6'), // major_brand
    u32(0), // minor_version
    ascii('iso6'), // compatible: default-base-is-moof, signed composition offsets
    ascii('avc1'), // compatible: 14496-15
    ascii('mp41'), // compatible
  ]);
}

function moov(track: AvcTrack): Box {
  return box('moov', [], [mvhd(), trak(track), mvex()]);
}

function mvhd(): Box {
  return fullBox('mvhd', 0, 0, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(TIMESCALE), // timescale
    u32(0), // duration: not known
    fixed32(1), // rate
    u16(0x0100), // volume
    zeros(2 + 8), // reserved
    IDENTITY, // matrix
    zeros(24), // pre_defined
    u32(TRACK_ID + 1), // next_track_ID
  ]);
}

/** §8.3.2: no rotation, no scaling. */
const IDENTITY = Buffer.concat(
  [
    [fixed32(1), u32(0), u32(0)],
    [u32(0), fixed32(1), u32(0)],
    [u32(0), u32(0), u32(0x4000_0000)],
  ].flat(),
);

function trak(track: AvcTrack): Box {
  return box('trak', [], [tkhd(track.sps), mdia(track)]);
}

const ENABLED_IN_MOVIE = 0x000003;

function tkhd(sps: Sps): Box {
  const [across, down] = sps.sampleAspect ?? [1, 1];
  return fullBox('tkhd', 0, ENABLED_IN_MOVIE, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(TRACK_ID), // track_ID
    zeros(4), // reserved
    u32(0), // duration: not known
    zeros(8), // reserved
    u16(0), // layer
    u16(0), // alternate_group
    u16(0), // volume: not sound
    zeros(2), // reserved
    IDENTITY, // matrix
    fixed32(Math.min((sps.width * across) / down, 0x7fff)), // width as shown
    fixed32(sps.height), // height as shown
  ]);
}

function mdia(track: AvcTrack): Box {
  return box('mdia', [], [mdhd(), hdlr(), minf(track)]);
}

const UNDETERMINED_LANGUAGE = 0x55c4;

function mdhd(): Box {
  return fullBox('mdhd', 0, 0, [
    u32(0), // creation_time
    u32(0), // modification_time
    u32(TIMESCALE), // timescale
    u32(0), // duration: not known
    u16(UNDETERMINED_LANGUAGE), // language
    u16(0), // pre_defined
  ]);
}

function hdlr(): Box {
  return fullBox('hdlr', 0, 0, [
    u32(0), // pre_defined
    ascii('vide'), // handler_type
    zeros(12), // reserved
    ascii('video\0'), // name
  ]);
}

function minf(track: AvcTrack): Box {
  return box('minf', [], [vmhd(), box('dinf', [], [dref()]), stbl(track)]);
}

function vmhd(): Box {
  return fullBox('vmhd', 0, 1, [
    u16(0), // graphicsmode: copy
    zeros(6), // opcolor
  ]);
}

const IN_THIS_FILE = 0x000001;

function dref(): Box {
  return fullBox(
    'dref',
    0,
    0,
    [u32(1)], // entry_count
    [fullBox('url ', 0, IN_THIS_FILE, [])],
  );
}

/** The sample tables are empty: every sample is in a fragment. */
function stbl(track: AvcTrack): Box {
  return box(
    'stbl',
    [],
    [
      stsd(track),
      fullBox('stts', 0, 0, [u32(0)]), // entry_count
      fullBox('stsc', 0, 0, [u32(0)]), // entry_count
      fullBox('stsz', 0, 0, [u32(0), u32(0)]), // sample_size, sample_count
      fullBox('stco', 0, 0, [u32(0)]), // entry_count
    ],
  );
}

function stsd(track: AvcTrack): Box {
  return fullBox(
    'stsd',
    0,
    0,
    [u32(1)], // entry_count
    [avc1(track)],
  );
}

/** 14496-12 §12.1.3: a visual sample entry; `avc1`: parameter sets are here and nowhere else. */
function avc1(track: AvcTrack): Box {
  const { width, height, sampleAspect } = track.sps;
  const fields = [
    zeros(6), // reserved
    u16(1), // data_reference_index
    zeros(16), // pre_defined and reserved
    u16(width), // width in samples
    u16(height), // height
    fixed32(72), // horizresolution in dots per inch
    fixed32(72), // vertresolution
    zeros(4), // reserved
    u16(1), // frame_count a sample
    zeros(32), // compressorname
    u16(24), // depth: colour without alpha
    u16(0xffff), // pre_defined
  ];
  return box('avc1', fields, [avcC(track), ...(sampleAspect ? [pasp(sampleAspect)] : [])]);
}

function pasp([across, down]: readonly [number, number]): Box {
  return box('pasp', [
    u32(across), // hSpacing
    u32(down), // vSpacing
  ]);
}

const LENGTH_BYTES = 4;

/** 14496-15 §5.3.3.1: AVCDecoderConfigurationRecord. */
function avcC({ sps, spsNals, ppsNals }: AvcTrack): Box {
  return box('avcC', [
    u8(1), // configurationVersion
    u8(sps.profile), // AVCProfileIndication
    u8(sps.constraints), // profile_compatibility
    u8(sps.level), // AVCLevelIndication
    u8(0b1111_1100 | (LENGTH_BYTES - 1)), // reserved, lengthSizeMinusOne
    u8(0b1110_0000 | spsNals.length), // reserved, numOfSequenceParameterSets
    ...spsNals.flatMap(withLength),
    u8(ppsNals.length), // numOfPictureParameterSets
    ...ppsNals.flatMap(withLength),
    ...(HAS_FORMAT.includes(sps.profile) ? formatOf(sps) : []),
  ]);
}

/** Profiles whose record continues with the sample format. */
const HAS_FORMAT = [100, 110, 122, 144];

function formatOf(sps: Sps): Buffer[] {
  return [
    u8(0b1111_1100 | sps.chromaFormat), // reserved, chroma_format
    u8(0b1111_1000 | (sps.bitDepthLuma - 8)), // reserved, bit_depth_luma_minus8
    u8(0b1111_1000 | (sps.bitDepthChroma - 8)), // reserved, bit_depth_chroma_minus8
    u8(0), // numOfSequenceParameterSetExt
  ];
}

function withLength(nal: Uint8Array): Uint8Array[] {
  return [u16(nal.length), nal];
}

/** §8.8.1: fragments follow. */
function mvex(): Box {
  return box('mvex', [], [trex()]);
}

function trex(): Box {
  return fullBox('trex', 0, 0, [
    u32(TRACK_ID), // track_ID
    u32(1), // default_sample_description_index
    u32(0), // default_sample_duration: each fragment has its own
    u32(0), // default_sample_size
    u32(0), // default_sample_flags
  ]);
}
