import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import {
  type MatroskaTrack,
  matroskaHeader,
  matroskaPicture,
} from '../../../src/video/transcode/matroska.ts';

/** By a reader that is not ours: what it is told of the stream, and time, length and kind of each picture. */
function read(track: MatroskaTrack, pictures: readonly [Buffer, number, boolean][]) {
  const show = ['-show_entries', 'stream=codec_name,extradata_size:packet=pts,size,flags'];
  const { stdout } = spawnSync(
    'ffprobe',
    ['-v', 'error', '-f', 'matroska', ...show, '-of', 'json', 'pipe:0'],
    {
      input: Buffer.concat([
        matroskaHeader(track),
        ...pictures.map((each) => matroskaPicture(...each)),
      ]),
      encoding: 'utf8',
    },
  );
  return JSON.parse(stdout);
}

it('says when each picture is shown and which stand alone, after any time', () => {
  const pictures: [Buffer, number, boolean][] = [
    [Buffer.alloc(10), 0, true],
    [Buffer.alloc(70_000), 40, false],
    [Buffer.alloc(12), 2 ** 31 + 40, false],
  ];
  const { packets } = read({ codecId: 'V_MPEG4/ISO/ASP' }, pictures);
  expect(packets).toEqual([
    expect.objectContaining({ pts: 0, size: '10', flags: expect.stringMatching(/^K/) }),
    expect.objectContaining({ pts: 40, size: '70000', flags: expect.stringMatching(/^_/) }),
    expect.objectContaining({ pts: 2 ** 31 + 40, size: '12' }),
  ]);
});

it('says what a decoder has to know', () => {
  const codecPrivate = Buffer.from('000001b001000001b58913', 'hex');
  const { streams } = read({ codecId: 'V_MPEG4/ISO/ASP', codecPrivate }, [
    [Buffer.alloc(9), 0, true],
  ]);
  expect(streams[0]).toMatchObject({
    codec_name: 'mpeg4',
    extradata_size: codecPrivate.length,
  });
});

it('takes no picture whose length it could not say', () => {
  const huge = { length: 2 ** 28 } as Buffer;
  expect(() => matroskaPicture(huge, 0, true)).toThrow(RangeError);
});
