import { ascii, type Box, box, fixed32, fullBox, serialize, u16, u32, zeros } from './box.ts';
import type { Track } from './track.ts';

/** Ticks a second of everything in a segment: RTP's own, so that no time is ever rounded. */
export const TIMESCALE = 90_000;
export const TRACK_ID = 1;

/** `ftyp` + `moov`: one track without samples, continued by fragments (14496-12 §8.8). */
export function initSegment(track: Track): Buffer {
  return serialize(ftyp(track), moov(track));
}

function ftyp(track: Track): Box {
  return box('ftyp', [
    ascii('iso6'), // major_brand
    u32(0), // minor_version
    ascii('iso6'), // compatible: default-base-is-moof, signed composition offsets
    ascii(track.sampleEntry), // compatible: 14496-15
    ascii('mp41'), // compatible
  ]);
}

function moov(track: Track): Box {
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

function trak(track: Track): Box {
  return box('trak', [], [tkhd(track), mdia(track)]);
}

const ENABLED_IN_MOVIE = 0x000003;

function tkhd(track: Track): Box {
  const [across, down] = track.sampleAspect ?? [1, 1];
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
    fixed32(Math.min((track.width * across) / down, 0x7fff)), // width as shown
    fixed32(track.height), // height as shown
  ]);
}

function mdia(track: Track): Box {
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

function minf(track: Track): Box {
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
function stbl(track: Track): Box {
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

function stsd(track: Track): Box {
  return fullBox(
    'stsd',
    0,
    0,
    [u32(1)], // entry_count
    [sampleEntry(track)],
  );
}

/** 14496-12 §12.1.3: a visual sample entry. */
function sampleEntry(track: Track): Box {
  const { width, height, sampleAspect } = track;
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
  return box(track.sampleEntry, fields, [
    track.configuration,
    ...(sampleAspect ? [pasp(sampleAspect)] : []),
  ]);
}

function pasp([across, down]: readonly [number, number]): Box {
  return box('pasp', [
    u32(across), // hSpacing
    u32(down), // vSpacing
  ]);
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
