import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveViewError } from '../../../src/core/errors.ts';
import { TsReader } from '../../../src/video/transcode/ts-reader.ts';

const run = promisify(execFile);

/** Twelve pictures, as a muxer writes them that is not ours. */
async function stream(...options: string[]): Promise<Buffer> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-frames:v', '12'],
      ...['-c:v', 'mpeg1video', '-g', '5', '-bf', '0', ...options, '-f', 'mpegts', '-'],
    ],
    { encoding: 'buffer' },
  );
  return stdout;
}

const LENGTHS = await stream('-b:v', '800k', '-omit_video_pes_length', '0');
const NO_LENGTHS = await stream('-b:v', '800k');

const times = (bytes: Buffer) => new TsReader().push(bytes).map(({ timeMs }) => timeMs);

describe('MPEG-TS reader', () => {
  it('finds pictures with their kind, time and size', () => {
    const reader = new TsReader();
    const pictures = reader.push(LENGTHS);
    expect(pictures.map(({ keyFrame }) => keyFrame)).toEqual(
      Array.from({ length: 12 }, (_, index) => index % 5 === 0),
    );
    const [first] = pictures;
    expect(pictures.map(({ timeMs }) => timeMs - (first?.timeMs ?? 0))).toEqual(
      Array.from({ length: 12 }, (_, index) => index * 40),
    );
    expect(first?.size).toEqual({ width: 320, height: 240 });
    expect(pictures[1]?.size).toBeUndefined();
    expect(Buffer.concat(pictures.map(({ bytes }) => bytes))).toEqual(LENGTHS);
  });

  it('knows the tables after the first picture', () => {
    const reader = new TsReader();
    expect(reader.tables).toHaveLength(0);
    reader.push(LENGTHS);
    const pids = [0, 1, 2].map((at) => reader.tables.readUInt16BE(at * 188 + 1) & 0x1fff);
    expect(pids).toEqual([0x11, 0, 0x1000]);
    expect(reader.tables).toHaveLength(3 * 188);
  });

  it('gives each with its last packet, and the same whatever the pieces', () => {
    const reader = new TsReader();
    const whole = new TsReader().push(LENGTHS);
    let given = 0;
    const pictures = Array.from({ length: LENGTHS.length / 47 }, (_, at) => {
      const found = reader.push(LENGTHS.subarray(at * 47, (at + 1) * 47));
      given += found.reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (found.length > 0) expect(given).toBe((at + 1) * 47);
      return found;
    }).flat();
    expect(pictures).toEqual(whole);
  });

  it('finds the end of pictures that do not say how long they are', () => {
    expect(NO_LENGTHS).not.toEqual(LENGTHS);
    expect(times(NO_LENGTHS)).toEqual(times(LENGTHS));
  });

  it.each([
    ['something else', Buffer.alloc(188, 'x')],
    ['a picture without a time', withoutTime()],
    ['a picture without end', Buffer.concat(Array.from({ length: 22_400 }, () => filler()))],
  ])('refuses %s', (_, bytes) => {
    expect(() => new TsReader().push(bytes)).toThrow(
      expect.objectContaining({ code: 'ts-malformed' }),
    );
  });

  it('fails with nothing but its own error, whatever the bytes', () => {
    const bytes = LENGTHS.subarray(0, 188 * 40);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, (places) => {
        const changed = Buffer.from(bytes);
        for (const [at, value] of places) changed[at] = value;
        try {
          new TsReader().push(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(LiveViewError);
        }
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});

/** A video PES packet whose flags say that there is no PTS. */
function withoutTime(): Buffer {
  const packet = Buffer.alloc(188);
  packet.set([0x47, 0x41, 0, 0x10, 0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0]);
  return packet;
}

/** A packet of another stream, which belongs to the next picture. */
function filler(): Buffer {
  const packet = Buffer.alloc(188);
  packet.set([0x47, 0x02, 0, 0x10]);
  return packet;
}
