/** What cameras send in codecs that ffmpeg reads, and the pictures that they make themselves. */
import { jpegSize } from '../../../src/cameras/jpeg.ts';
import { parseRtp, serializeRtp } from '../../../src/video/rtp/packet.ts';
import { parseSdp } from '../../../src/video/rtsp/sdp.ts';
import { requireForeignCodec } from '../../../src/video/transcode/foreign-codec.ts';
import {
  type GatheredPicture,
  MAX_PAYLOADS,
  PictureGatherer,
} from '../../../src/video/transcode/picture-gatherer.ts';
import { jpegOf } from '../../support/jpeg.ts';
import { hexes, texts } from '../bytes.ts';
import { type Input, mustHold, type Target } from '../target.ts';

/** A picture in two packets, and the next. */
function packets(...payloads: readonly Buffer[]): Input {
  return payloads.map((payload, index) => {
    const marker = index % 2 === 1;
    const timestamp = 9_000 * (index >> 1);
    return serializeRtp({ payloadType: 96, sequence: index, timestamp, ssrc: 7, marker, payload });
  });
}

const TOKENS = hexes(
  '000001b6 00000100 10 9080 90f0 0400 8060 80e0 ffffff 00000000 82 000001b3 001c 7fff',
);

function bytesOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The packets of a camera, to what is known of the pictures that ffmpeg is given. */
function pictures(encoding: string, seed: Input): Target {
  const codec = requireForeignCodec(encoding);
  return {
    name: `pictures in ${encoding}`,
    shape: 'packets',
    seeds: [seed],
    tokens: TOKENS,
    growth: 20,
    // One picture, and what an object costs for each of its packets.
    holdsBytes: 8 * 1024 * 1024 + MAX_PAYLOADS * 256,
    run(pieces, emit) {
      const depacketize = codec.depacketizer();
      const gatherer = new PictureGatherer((picture) => {
        mustHold(picture.payloads.length <= MAX_PAYLOADS, 'a picture has so many packets at most');
        const made = depacketize(picture.payloads);
        mustHold(made.length <= 15, 'a picture is one, or as many as a packet of Theora has');
        mustHold(
          bytesOf(made) <= bytesOf(picture.payloads) * 2 + 512,
          'little is added to what came',
        );
        emit([picture, made, ...answers(picture)]);
      });
      for (const piece of pieces) {
        if (piece.length === 0) gatherer.lost();
        else gatherer.packet(parseRtp(piece), 1e15);
      }
    },
  };

  function answers({ payloads }: GatheredPicture): unknown[] {
    const [first] = payloads;
    mustHold(first !== undefined && first.length > 0, 'a picture begins with something');
    if (!first) return [];
    return [codec.canBegin(payloads), codec.hindrance?.(first), codec.shape?.(first)];
  }
}

const THEORA_SETUP = Buffer.from('00000001aabbcc00000201010102dd', 'hex').toString('base64');
const SDP = [
  ...['v=0', 'o=- 0 0 IN IP4 192.0.2.1', 's=x', 't=0 0', 'm=video 0 RTP/AVP 96 26 98'],
  ...['a=rtpmap:96 MP4V-ES/90000', 'a=fmtp:96 profile-level-id=1; config=000001B001000001B5'],
  ...['a=rtpmap:98 THEORA/90000', `a=fmtp:98 configuration=${THEORA_SETUP}`],
].join('\r\n');
const SETUPS = ['MP4V-ES', 'THEORA', 'H263'].map(requireForeignCodec);

const setups: Target = {
  name: 'what a decoder is told of a stream',
  shape: 'whole',
  seeds: [[Buffer.from(SDP)], [Buffer.from(`${SDP}\na=fmtp:26 config=${'00'.repeat(4_097)}`)]],
  tokens: texts('a=fmtp:96 ', 'config=', 'configuration=', ';', '=', '\r', '\n', 'AAAA', 'm=video'),
  growth: 100,
  run([bytes = Buffer.alloc(0)], emit) {
    for (const { formats } of parseSdp(bytes.toString()).media) {
      for (const { parameters } of formats) {
        const told = SETUPS.map(({ setup }) => setup?.(parameters)?.length ?? 0);
        mustHold(Math.max(...told) <= 66_000, 'it is not long');
        emit(told);
      }
    }
  },
};

const stills: Target = {
  name: 'JPEG of a camera',
  shape: 'whole',
  seeds: [[jpegOf(640, 480)], [jpegOf(1, 65_535, 0xc2)]],
  tokens: hexes('ffd8 ffd9 ffda0008 ffc0000b08 ffe00002 ff ffff ffe0ffff 0000'),
  growth: 20,
  run([bytes = Buffer.alloc(0)], emit) {
    const size = jpegSize(bytes);
    mustHold(size.width > 0 && size.height > 0, 'a picture has a size');
    emit(size);
  },
};

const [jpeg, mpeg4, mpeg2, h263, oldH263, vp8, vp9, theora] = [
  packets(
    ...hexes('0000000001502815aabb 00000400015028150102 0000000001502815aabb 0000040001502815'),
  ),
  packets(...hexes('000001b001000001b610aa bbbb 000001b650cc dd')),
  packets(...hexes('00002000000001b316000001000008ff 0000000000000101aa 00000000000001000017 00')),
  packets(...hexes('0400816a0bff00 0000aabb 0400816e0bff00 0000')),
  packets(...hexes('006000000000800200000000000000 00aa 007000000000800200000000000000 00')),
  packets(...hexes('90808750aa 80808751bb 90f0870105205055 00')),
  packets(...hexes('88870182aa 80870182 0a180102030402 00 0a08020400ff0082 00')),
  packets(...hexes('aabbcc0100023fff 00 aabbcc4000023fff aabbcc8000023fff')),
];

export const FOREIGN_TARGETS: readonly Target[] = [
  pictures('JPEG', jpeg),
  pictures('MP4V-ES', mpeg4),
  pictures('MPV', mpeg2),
  pictures('H263-2000', h263),
  pictures('H263', oldH263),
  pictures('VP8', vp8),
  pictures('VP9', vp9),
  pictures('THEORA', theora),
  setups,
  stills,
];
