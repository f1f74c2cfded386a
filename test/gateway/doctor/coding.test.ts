import { describe, expect, it } from '@jest/globals';
import { codingOf } from '../../../src/gateway/doctor/coding.ts';
import { nalUnitsOf } from '../../../src/video/h264/annex-b.ts';
import { encodeClip } from '../../video/fmp4/clip.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

describe('what the parameter sets of a stream say', () => {
  it('in H.264', async () => {
    const clip = await encodeClip({ frames: 1, size: '640x360', rate: 12, bFrames: 2 });
    expect(codingOf('h264', [...nalUnitsOf(clip)])).toEqual({
      codec: 'h264',
      profile: 'Main',
      level: '2.2',
      codecString: 'avc1.4d4016',
      width: 640,
      height: 360,
      framesPerSecond: 12,
    });
  });

  it('in H.265', async () => {
    const clip = await runFfmpeg([
      ...['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=12', '-frames:v', '1'],
      ...['-pix_fmt', 'yuv420p', '-c:v', 'libx265', '-preset', 'ultrafast'],
      ...['-x265-params', 'log-level=none', '-f', 'hevc'],
    ]);
    expect(codingOf('h265', [...nalUnitsOf(clip)])).toMatchObject({
      codec: 'h265',
      profile: 'Main',
      codecString: expect.stringMatching(/^hvc1\.1\./),
      width: 640,
      height: 360,
      framesPerSecond: 12,
    });
  });

  it('is nothing where there are none', () => {
    expect(codingOf('h264', [Buffer.from('6588', 'hex')])).toBeUndefined();
    expect(codingOf('h265', [])).toBeUndefined();
  });

  it('is refused where they cannot be read', () => {
    expect(() => codingOf('h264', [Buffer.from('6742', 'hex')])).toThrow(
      expect.objectContaining({ code: 'invalid-sps' }),
    );
  });
});
