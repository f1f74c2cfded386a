import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { type Mp4Picture, Mp4Pictures } from '../../bench/mp4-pictures.ts';
import { Slab } from '../../src/core/slab.ts';
import { STAMP_SEI, stampPlace, writeStamp } from '../../src/simulator/rtsp/stamp.ts';
import { mediaFragment } from '../../src/video/fmp4/media-fragment.ts';

const SLICE = Buffer.of(0x41, 0x9a, 0x02);
const KEY_SLICE = Buffer.of(0x65, 0x88, 0x84);

const fragment = (number: number, nalUnits: readonly Uint8Array[]): Buffer =>
  mediaFragment(
    {
      sequence: number,
      keyFrame: false,
      decodeTime90k: number * 3_600,
      duration90k: 3_600,
      compositionOffset90k: 0,
      nalUnits,
    },
    new Slab(1),
  );

/** An empty moov but for the timescale, which is 90,000. */
function moov(): Buffer {
  const mdhd = Buffer.alloc(24);
  mdhd.writeUInt32BE(90_000, 12);
  return ['mdhd', 'mdia', 'trak', 'moov'].reduce(boxed, mdhd);
}

function boxed(body: Buffer, type: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function stamped(unixUs: number): Buffer {
  const sei = Buffer.from(STAMP_SEI);
  writeStamp(sei, stampPlace(sei), unixUs);
  return sei;
}

function inPieces(bytes: Buffer, size: number): Mp4Picture[] {
  const reader = new Mp4Pictures();
  const pictures: Mp4Picture[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pictures.push(...reader.push(bytes.subarray(at, at + size)));
  }
  return pictures;
}

describe('reading pictures out of fragmented MP4', () => {
  const sentUs = 1_790_000_000_123_456;
  const stream = Buffer.concat([
    moov(),
    fragment(1, [stamped(sentUs), KEY_SLICE]),
    fragment(2, [stamped(sentUs + 40_000), SLICE]),
    fragment(3, [SLICE]),
  ]);
  const expected = [
    { seconds: 0.04, keyFrame: true, stampUs: sentUs },
    { seconds: 0.08, keyFrame: false, stampUs: sentUs + 40_000 },
    { seconds: 0.12, keyFrame: false, stampUs: undefined },
  ];

  it.each([1, 7, 100, 10_000])('gives time, kind and stamp from pieces of %d bytes', (size) => {
    expect(inPieces(stream, size)).toEqual(expected);
  });

  it('gives a picture with its last byte, not later', () => {
    const reader = new Mp4Pictures();
    const first = Buffer.concat([moov(), fragment(1, [KEY_SLICE])]);
    expect(reader.push(first.subarray(0, -1))).toEqual([]);
    expect(reader.push(first.subarray(-1))).toHaveLength(1);
  });

  it('reads what ffmpeg writes with a fragment for each picture', () => {
    const pictures = inPieces(madeByFfmpeg(), 4_096);
    expect(pictures).toHaveLength(10);
    expect(pictures.map(({ keyFrame }) => keyFrame)).toEqual(
      pictures.map((_, i) => i === 0 || i === 5),
    );
    pictures.forEach(({ seconds }, i) => {
      expect(seconds).toBeCloseTo(i / 25, 3);
    });
  });

  it('says so when it is given something else', () => {
    expect(() => new Mp4Pictures().push(Buffer.alloc(16))).toThrow(
      expect.objectContaining({
        code: 'mp4-malformed',
        message: expect.stringContaining('0 bytes'),
      }),
    );
    expect(() => new Mp4Pictures().push(boxed(Buffer.alloc(0), 'moov'))).toThrow('no trak');
  });
});

function madeByFfmpeg(): Buffer {
  return execFileSync('ffmpeg', [
    ...['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=25', '-frames:v', '10'],
    ...['-c:v', 'libx264', '-bf', '0', '-g', '5', '-f', 'mp4'],
    ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof', 'pipe:1'],
  ]);
}
