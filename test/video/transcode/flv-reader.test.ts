import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveViewError } from '../../../src/core/errors.ts';
import { FlvReader } from '../../../src/video/transcode/flv-reader.ts';

const SPS = Buffer.of(0x67, 0x42, 0xc0, 0x1e);
const PPS = Buffer.of(0x68, 0xce);
const IDR = Buffer.of(0x65, 0x88, 1);
const P = Buffer.of(0x41, 0x9a);

const HEADER = Buffer.from('464c560101000000090000000000'.slice(0, 26), 'hex');
const SETS = video(
  0,
  Buffer.concat([
    Buffer.of(1, 0x42, 0xc0, 0x1e, 0xff, 0xe1),
    Buffer.of(0, SPS.length),
    SPS,
    Buffer.of(1, 0, PPS.length),
    PPS,
  ]),
);
const METADATA = tag(18, Buffer.from('onMetaData'));
const STREAM = Buffer.concat([
  HEADER,
  METADATA,
  SETS,
  video(1, Buffer.concat([Buffer.of(0, 0, 0, IDR.length), IDR])),
  video(1, Buffer.concat([Buffer.of(0, 0, 0, P.length), P]), 0x01000028),
  video(2, Buffer.alloc(0)),
]);
const PICTURES = [
  { nalUnits: [SPS, PPS, IDR], keyFrame: true, timeMs: 0 },
  { nalUnits: [P], keyFrame: false, timeMs: 0x01000028 },
];

describe('FLV reader', () => {
  it('gives pictures, with the parameter sets before key frames', () => {
    expect(new FlvReader().push(STREAM)).toEqual(PICTURES);
  });

  it('gives each with its last byte', () => {
    const reader = new FlvReader();
    const end = STREAM.length - 20;
    expect(reader.push(STREAM.subarray(0, end - 1))).toHaveLength(1);
    expect(reader.push(STREAM.subarray(end - 1))).toHaveLength(1);
  });

  it('gives the same whatever the pieces', () => {
    const reader = new FlvReader();
    expect(Array.from(STREAM, (byte) => reader.push(Buffer.of(byte))).flat()).toEqual(PICTURES);
  });

  it.each([
    ['something else', Buffer.from('This is no FLV file')],
    ['an absurd tag', Buffer.concat([HEADER, Buffer.of(9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0)])],
    ['another codec', Buffer.concat([HEADER, tag(9, Buffer.of(0x12, 0, 0, 0, 0))])],
    ['a NAL unit that is too long', Buffer.concat([HEADER, video(1, Buffer.of(0, 0, 9, 9, 1))])],
    ['a short configuration', Buffer.concat([HEADER, video(0, Buffer.of(1, 2))])],
  ])('refuses %s', (_, bytes) => {
    expect(() => new FlvReader().push(bytes)).toThrow(
      expect.objectContaining({ code: 'flv-malformed' }),
    );
  });

  it('fails with nothing but its own error, whatever the bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(STREAM.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, (places) => {
        const bytes = Buffer.from(STREAM);
        for (const [at, value] of places) bytes[at] = value;
        try {
          new FlvReader().push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(LiveViewError);
        }
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});

function video(packetType: number, body: Buffer, timeMs = 0): Buffer {
  return tag(9, Buffer.concat([Buffer.of(0x17, packetType, 0, 0, 0), body]), timeMs);
}

/** The lower three bytes of the time, then the highest. */
function tag(type: number, data: Buffer, timeMs = 0): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(11 + data.length);
  const head = Buffer.of(type, 0, 0, data.length, 0, 0, 0, timeMs >>> 24, 0, 0, 0);
  head.writeUIntBE(timeMs & 0xffffff, 4, 3);
  return Buffer.concat([head, data, size]);
}
