import { describe, expect, it } from '@jest/globals';
import { FlvReader } from '../../../src/simulator/scene/flv.ts';
import { nalType } from '../../../src/video/h264/nal.ts';
import { startFfmpeg } from '../../../src/video/transcode/ffmpeg.ts';

async function flvOf(pictures: number): Promise<Buffer> {
  const made = startFfmpeg({
    name: 'flv',
    inputOptions: ['-f', 'lavfi'],
    input: 'testsrc2=size=128x96:rate=10',
    outputOptions: [
      ...['-frames:v', String(pictures), '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0'],
      ...['-threads', '1', '-pix_fmt', 'yuv420p', '-g', '5', '-f', 'flv'],
    ],
    output: 'pipe:1',
  });
  const chunks: Buffer[] = [];
  for await (const chunk of made.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('reading FLV', () => {
  it('finds every picture, whatever pieces it comes in', async () => {
    const file = await flvOf(12);
    const whole = new FlvReader().push(file);
    expect(whole.map(({ keyFrame }) => keyFrame)).toEqual(
      Array.from({ length: 12 }, (_, i) => i % 5 === 0),
    );
    for (const size of [1, 7, 100]) {
      const reader = new FlvReader();
      const pieces = [];
      for (let at = 0; at < file.length; at += size) {
        pieces.push(...reader.push(file.subarray(at, at + size)));
      }
      expect(
        pieces.map(({ nalUnits }) => nalUnits.map((nal) => Buffer.from(nal).toString('hex'))),
      ).toEqual(
        whole.map(({ nalUnits }) => nalUnits.map((nal) => Buffer.from(nal).toString('hex'))),
      );
    }
  });

  it('puts the parameter sets in front of key frames', async () => {
    const [first, second] = new FlvReader().push(await flvOf(2));
    expect(first?.nalUnits.slice(0, 2).map(nalType)).toEqual([7, 8]);
    expect(second?.nalUnits.map(nalType)).toEqual([1]);
  });

  it('gives a picture as soon as its last byte is there', async () => {
    const file = await flvOf(1);
    const reader = new FlvReader();
    let count = 0;
    for (const byte of file) count += reader.push(Buffer.of(byte)).length;
    expect(count).toBe(1);
  });

  it.each([
    ['a tag of absurd size', Buffer.of(9, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0)],
    [
      'another codec',
      Buffer.concat([
        Buffer.of(9, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0x12, 0, 0, 0, 0),
        Buffer.alloc(4),
      ]),
    ],
    [
      'a NAL unit that is longer than its tag',
      Buffer.concat([
        Buffer.of(9, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0x17, 1, 0, 0, 0, 0, 0, 9, 9, 1),
        Buffer.alloc(4),
      ]),
    ],
  ])('refuses %s', (_, tag) => {
    const reader = new FlvReader();
    reader.push(Buffer.alloc(13));
    expect(() => reader.push(tag)).toThrow(expect.objectContaining({ code: 'flv-malformed' }));
  });
});
