import { Mp4Pictures } from '../../../bench/mp4-pictures.ts';
import { decodeMedia } from '../../../src/client/binary.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { parseServerMessage } from '../../../src/client/messages.ts';
import { DemuxError } from '../../../web/shared/player/boxes.ts';
import { parseFragment, parseInit } from '../../../web/shared/player/demux.ts';
import { hexes, JSON_WORDS, texts } from '../bytes.ts';
import { capture } from '../captures.ts';
import { mustHold, type Target } from '../target.ts';

const files = [capture('ffmpeg-h264-bframes.mp4'), capture('ffmpeg-h265.mp4')];
const bytesOf = (piece: Buffer) => new Uint8Array(piece);
const tracks = files.map((file) => parseInit(bytesOf(file)));
const BOXES = texts(
  'moov',
  'moof',
  'mdat',
  'traf',
  'trun',
  'tfhd',
  'tfdt',
  'stsd',
  'avcC',
  'hvcC',
  'mdhd',
);

/** The file from its first fragment on, and single fragments of it. */
function fragmentsOf(file: Buffer): Buffer[] {
  const starts = [...file.toString('latin1').matchAll(/moof/g)].map(({ index }) => index - 4);
  const [first = 0, second = 0, third = 0] = starts;
  return [file.subarray(first, second), file.subarray(second, third), file.subarray(first)];
}

const init: Target = {
  name: 'MP4 init segments (player)',
  shape: 'whole',
  seeds: files.map((file) => [file.subarray(0, file.indexOf('moof') - 4)]),
  tokens: [...BOXES, ...hexes('000000 00000001 00000008 ffffffff 01')],
  throws: DemuxError,
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    const track = parseInit(bytesOf(bytes));
    mustHold(track.timescale > 0, 'a timescale is positive');
    emit(track);
  },
};

const fragments: Target = {
  name: 'MP4 fragments (player)',
  shape: 'whole',
  seeds: files.flatMap((file) => fragmentsOf(file).map((fragment) => [fragment])),
  tokens: init.tokens,
  throws: DemuxError,
  growth: 60,
  run([bytes = Buffer.alloc(0)], emit) {
    for (const track of tracks) {
      for (const sample of parseFragment(bytesOf(bytes), track)) {
        mustHold(Number.isFinite(sample.presentationTime), 'a time is a number');
        emit([sample.decodeTime, sample.presentationTime, sample.duration, sample.keyFrame]);
      }
    }
  },
};

const measured: Target = {
  name: 'MP4 pictures (benchmarks)',
  shape: 'stream',
  seeds: files.map((file) => [file]),
  tokens: init.tokens,
  growth: 20,
  holdsBytes: 33 * 1024 * 1024,
  run(pieces, emit) {
    const reader = new Mp4Pictures();
    for (const piece of pieces) for (const picture of reader.push(piece)) emit(picture);
  },
};

const media: Target = {
  name: 'binary messages of the live socket (client)',
  shape: 'whole',
  seeds: [[Buffer.from('0203000100000009000600000000000a6d6f6f66', 'hex')]],
  tokens: hexes('01 02 03 00000000 ffffffff'),
  throws: ClientError,
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(decodeMedia(bytesOf(bytes).buffer));
  },
};

const told: Target = {
  name: 'text messages of the live socket (client)',
  shape: 'whole',
  seeds: [
    '{"type":"welcome","session":"s","user":"u","role":"operator","heartbeatMs":300,"serverTime":"x"}',
    '{"type":"watching","channel":1,"camera":"a","format":"fmp4","codec":"avc1.640028","width":1}',
    '{"type":"screen","incident":"i","tiles":[{"camera":"a"}],"focus":null}',
    '{"type":"request","id":"1","state":"pending","request":{"id":"2"}}',
  ].map((text) => [Buffer.from(text)]),
  tokens: [...JSON_WORDS, ...texts('"screen"')],
  throws: ClientError,
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    emit(parseServerMessage(bytes.toString()));
  },
};

export const CONTAINER_TARGETS: readonly Target[] = [init, fragments, measured, media, told];
