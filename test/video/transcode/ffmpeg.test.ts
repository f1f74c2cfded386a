import { describe, expect, it } from '@jest/globals';
import { findFfmpeg, startFfmpeg } from '../../../src/video/transcode/ffmpeg.ts';
import { withFfmpegPath } from '../../support/scripted-ffmpeg.ts';
import { until } from '../../support/until.ts';

const COPY = {
  name: 'copy',
  inputOptions: ['-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', '16x16'],
  input: 'pipe:0',
  outputOptions: ['-f', 'rawvideo'],
  output: 'pipe:1',
};
const ENDLESS = {
  name: 'endless',
  inputOptions: ['-re', '-f', 'lavfi'],
  input: 'testsrc2=size=64x64',
  outputOptions: ['-f', 'rawvideo'],
  output: 'pipe:1',
};

describe('ffmpeg', () => {
  it('tells its version', async () => {
    expect(await findFfmpeg()).toMatch(/^\d+\.\d+/);
  });

  it('says how to install what is missing', async () => {
    await withFfmpegPath('/nonexistent/ffmpeg', async () => {
      await expect(findFfmpeg()).rejects.toMatchObject({
        code: 'ffmpeg-missing',
        message: expect.stringContaining('apt-get install'),
      });
    });
  });

  it('carries bytes through and ends when its input ends', async () => {
    const process = startFfmpeg(COPY);
    const frame = Buffer.alloc(256, 7);
    process.stdin.end(frame);
    const out: Buffer[] = [];
    for await (const chunk of process.stdout) out.push(chunk);
    expect(Buffer.concat(out)).toEqual(frame);
    expect(await process.exited).toMatchObject({ code: 0, signal: null });
  });

  it('runs with a lower priority than the gateway', async () => {
    const { getPriority } = await import('node:os');
    const process = startFfmpeg(COPY);
    await until(
      'a lowered priority',
      () => process.pid && getPriority(process.pid) > getPriority(),
    );
    await process.stop();
  });

  it('keeps the last words of a job that cannot be done', async () => {
    const process = startFfmpeg({ ...COPY, input: '/nonexistent/film.mp4' });
    const exit = await process.exited;
    expect(exit.code).not.toBe(0);
    expect(exit.lastWords.join('\n')).toContain('/nonexistent/film.mp4');
  });

  it('stops an endless job whose output nobody reads', async () => {
    const process = startFfmpeg(ENDLESS);
    const pid = await until('a process', () => process.pid);
    await process.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('stops a job that has not started yet', async () => {
    const process = startFfmpeg(ENDLESS);
    await process.stop();
    expect(process.pid === undefined || !isAlive(process.pid)).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
