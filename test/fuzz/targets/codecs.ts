import { AvcParameters } from '../../../src/video/fmp4/avc-parameters.ts';
import { HevcParameters } from '../../../src/video/fmp4/hevc-parameters.ts';
import { initSegment } from '../../../src/video/fmp4/init-segment.ts';
import type { StreamParameters } from '../../../src/video/fmp4/stream-parameters.ts';
import { nalUnitsOf } from '../../../src/video/h264/annex-b.ts';
import { AnnexBSplitter } from '../../../src/video/h264/annex-b-splitter.ts';
import { parseSps as avcSps } from '../../../src/video/h264/sps.ts';
import { parsePps } from '../../../src/video/h265/pps.ts';
import { parseSps as hevcSps } from '../../../src/video/h265/sps.ts';
import { parseVps } from '../../../src/video/h265/vps.ts';
import { FlvReader } from '../../../src/video/transcode/flv-reader.ts';
import { findStamp, stampNal } from '../../../src/video/transcode/picture-stamp.ts';
import { parseInit } from '../../../web/shared/player/demux.ts';
import { hexes } from '../bytes.ts';
import { capture } from '../captures.ts';
import { mustHold, type Target } from '../target.ts';

const h264 = capture('ffmpeg-h264.annexb');
const nalUnits = [...nalUnitsOf(h264)];
const avcSets = nalUnits.filter((nal) => [7, 8].includes((nal[0] ?? 0) & 0x1f)).slice(0, 2);
const hevcUnits = [...nalUnitsOf(capture('ffmpeg-h265.annexb'))];
const hevcSets = hevcUnits.filter((nal) => (nal[0] ?? 0) >> 1 >= 32).slice(0, 3);
const TOKENS = hexes('67640028 6742c01e 68ce 000003 000001 00000001 ff 00 ffffffff');

/** What a stream's parameter sets become: an init segment that a player can read. */
function sets(name: string, known: readonly Buffer[], make: () => StreamParameters): Target {
  return {
    name: `${name} parameter sets`,
    shape: 'packets',
    seeds: [known, ...known.map((nal) => [nal])],
    tokens: TOKENS,
    growth: 100,
    holdsBytes: 64 * 4_096,
    run(pieces, emit) {
      const parameters = make();
      for (const piece of pieces) {
        if (!parameters.takeFrom([piece], () => undefined)) continue;
        const track = parameters.track();
        if (!track) continue;
        mustHold(track.width > 0 && track.height > 0, 'a picture has a size');
        const init = parseInit(new Uint8Array(initSegment(track)));
        mustHold(init.codec === track.codec, 'the init segment says the same codec');
        emit(track.codec);
      }
      emit(parameters.track()?.parameterSets);
    },
  };
}

/** Whatever the parser of one set makes of one NAL unit. */
function oneSet(name: string, known: readonly Buffer[], parse: (nal: Buffer) => object): Target {
  return {
    name,
    shape: 'whole',
    seeds: known.map((nal) => [nal]),
    tokens: TOKENS,
    growth: 20,
    run([bytes = Buffer.alloc(0)], emit) {
      const parsed = parse(bytes);
      for (const value of Object.values(parsed)) {
        mustHold(typeof value !== 'number' || Number.isFinite(value), 'a number is finite');
      }
      emit(parsed);
    },
  };
}

const splitter: Target = {
  name: 'H.264 byte stream',
  shape: 'stream',
  seeds: [[h264], [h264.subarray(0, 300)], [Buffer.from('00000109f0000001419a00000109f0', 'hex')]],
  tokens: [...TOKENS, ...hexes('0000016588 000001419a 00000109f0 0000010605010080')],
  growth: 20,
  // A picture, and the chunk that completes it.
  holdsBytes: 16 * 1024 * 1024 + 128 * 1024,
  run(pieces, emit) {
    const splitter = new AnnexBSplitter();
    for (const piece of pieces) for (const picture of splitter.push(piece)) emit(picture);
    for (const picture of splitter.flush()) emit(picture);
  },
};

const flv: Target = {
  name: 'FLV of the transcoder',
  shape: 'stream',
  seeds: [[capture('ffmpeg-h264.flv')], [capture('ffmpeg-h264.flv').subarray(0, 500)]],
  tokens: hexes('464c5601010000000900000000 090000 1701000000 1700000000 000000 01 ffe1 ff'),
  growth: 30,
  holdsBytes: 8 * 1024 * 1024 + 128 * 1024,
  run(pieces, emit) {
    const reader = new FlvReader();
    for (const piece of pieces) for (const picture of reader.push(piece)) emit(picture);
  },
};

const stamps: Target = {
  name: 'stamps of pictures (SEI)',
  shape: 'packets',
  seeds: [
    [Buffer.from(stampNal({ pts90k: 3_600, captureUnixUs: 1.7e15 }, [0x06]))],
    [Buffer.from(stampNal({ pts90k: 0, captureUnixUs: 0 }, [0x06])), ...nalUnits.slice(0, 3)],
  ],
  tokens: hexes('0605 000003 ff 6f2d1c5e'),
  growth: 20,
  run(pieces, emit) {
    emit(findStamp([...pieces]));
  },
};

export const CODEC_TARGETS: readonly Target[] = [
  sets('H.264', avcSets, () => new AvcParameters()),
  oneSet('H.264 SPS', avcSets.slice(0, 1), avcSps),
  sets('H.265', hevcSets, () => new HevcParameters()),
  oneSet('H.265 VPS', hevcSets.slice(0, 1), parseVps),
  oneSet('H.265 SPS', hevcSets.slice(1, 2), hevcSps),
  oneSet('H.265 PPS', hevcSets.slice(2), parsePps),
  splitter,
  flv,
  stamps,
];
