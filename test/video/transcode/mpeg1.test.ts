import { getPriority } from 'node:os';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import type { Fragment, InitSegment, MediaFragment } from '../../../src/video/fragment.ts';
import { startMpeg1Muxer } from '../../../src/video/transcode/mpeg1-muxer.ts';
import { Mpeg1Output } from '../../../src/video/transcode/mpeg1-output.ts';
import { mpeg1Rate } from '../../../src/video/transcode/mpeg1-process.ts';
import { Transcoder, type TranscoderOptions } from '../../../src/video/transcode/transcoder.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { withFfmpegPath, withScriptedFfmpeg } from '../../support/scripted-ffmpeg.ts';
import { until } from '../../support/until.ts';
import { encodeClip, probe, unitsOf } from '../fmp4/clip.ts';

const units = unitsOf(await encodeClip({ size: '1280x720', frames: 30, gop: 30 }));

let transcoder: Transcoder | undefined;
afterEach(async () => {
  await transcoder?.stop();
  transcoder = undefined;
});

function make({
  clock = systemClock,
  ...more
}: Partial<TranscoderOptions & { clock: Clock }> = {}) {
  const fragments: Fragment[] = [];
  const warn = jest.fn();
  const sink = { fragment: (each: Fragment) => fragments.push(each), discontinuity: jest.fn() };
  const rung = { width: 640, height: 360, kbps: 1_500 };
  transcoder = new Transcoder({
    ...{ clock, ...more, log: { ...silentLogger, warn } },
    output: new Mpeg1Output({ name: 'test', clock, rung, sink }),
  });
  const media = () => fragments.filter((each): each is MediaFragment => each.kind === 'media');
  const inits = () => fragments.filter((each): each is InitSegment => each.kind === 'init');
  return { fragments, media, inits, warn, discontinuity: sink.discontinuity };
}

function takeSets(): void {
  const [sps, pps] = [7, 8].map((type) => {
    return units[0]?.nalUnits.filter((nal) => ((nal[0] ?? 0) & 31) === type) ?? [];
  });
  transcoder?.parameterSets({ codec: 'h264', vps: [], sps: sps ?? [], pps: pps ?? [] });
}

describe('MPEG-1 for old players', () => {
  it('begins with the tables, then gives every picture of which it was made, key frames first', async () => {
    const { inits, media, fragments } = make();
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('all pictures', () => media().length === units.length);
    expect(inits()).toMatchObject([
      { format: 'mpeg1', codec: 'mp4v.6A', generation: 1, width: 640, height: 360 },
    ]);
    expect(fragments[0]?.kind).toBe('init');
    expect(media()[0]?.keyFrame).toBe(true);
    expect(media().map(({ captureUnixUs }) => captureUnixUs)).toEqual(
      units.map(({ captureUnixUs }) => captureUnixUs),
    );
    for (const { bytes } of fragments) expect([bytes[0], bytes.length % 188]).toEqual([0x47, 0]);
    const seen = await probe(Buffer.concat(fragments.map(({ bytes }) => bytes)));
    expect(seen).toMatchObject({ codec: 'mpeg1video', warnings: '' });
    expect(seen.frames).toHaveLength(units.length);
    expect(seen.frames[0]).toMatchObject({ key: true, width: 640, height: 360 });
    expect(seen.frames.map(({ key }) => key)).toEqual(media().map(({ keyFrame }) => keyFrame));
  });

  it('needs two pictures to begin, and no later picture to give one after that', async () => {
    const { media } = make();
    for (const unit of units.slice(0, 2)) transcoder?.accessUnit(unit);
    await until('the first two', () => media().length === 2);
    for (const [index, unit] of units.slice(2, 10).entries()) {
      transcoder?.accessUnit(unit);
      await until(`picture ${index + 2}`, () => media().length === index + 3);
    }
  });

  it('begins at once where the group is at hand: with its last picture', async () => {
    const { media } = make({ groupBefore: () => units.slice(0, 12) });
    takeSets();
    transcoder?.accessUnit(units[12] as AccessUnit);
    await until('the first two', () => media().length === 2);
    expect(media().map(({ captureUnixUs }) => captureUnixUs)).toEqual(
      units.slice(11, 13).map(({ captureUnixUs }) => captureUnixUs),
    );
    expect(media()[0]?.keyFrame).toBe(true);
  });

  it('begins another generation after an end, whichever of the two processes it was', async () => {
    const clock = new ManualClock();
    const { inits, media, warn, discontinuity } = make({ clock, random: () => 0 });
    for (const unit of units.slice(0, 5)) transcoder?.accessUnit(unit);
    await until('pictures', () => media().length === 5);
    process.kill(transcoder?.pid ?? 0, 'SIGKILL');
    await until('the end', () => transcoder?.pid === undefined);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('started again'),
      expect.objectContaining({ reason: expect.stringContaining('SIGKILL') }),
    );
    expect(discontinuity).toHaveBeenCalledTimes(1);
    clock.advance(250);
    for (const unit of units.slice(0, 4)) transcoder?.accessUnit(unit);
    await until('pictures of another process', () => media().length === 9);
    expect(inits().map(({ generation }) => generation)).toEqual([1, 2]);
    expect(media()[5]).toMatchObject({ generation: 2, keyFrame: true });
  });

  it('tells the words of an ffmpeg that fails, and of one that is not there', async () => {
    const console = jest.spyOn(globalThis.console, 'error');
    await withScriptedFfmpeg('echo no such codec >&2; exit 1', async () => {
      const { warn } = make();
      transcoder?.accessUnit(units[0] as AccessUnit);
      await until('a warning', () => warn.mock.calls.length > 0);
      expect(JSON.stringify(warn.mock.calls)).toContain('exit code 1; no such codec');
    });
    await withFfmpegPath('/nonexistent/ffmpeg', async () => {
      const muxer = startMpeg1Muxer({}, systemClock);
      muxer.stdin.write('nobody reads this');
      const { code, lastWords } = await muxer.exited;
      expect([code, lastWords.join()]).toEqual([null, expect.stringContaining('apt-get install')]);
      await muxer.stop();
    });
    expect(console).not.toHaveBeenCalled();
  });

  it('runs the muxer with a lower priority than the gateway, and ends it with its input', async () => {
    const muxer = startMpeg1Muxer({}, systemClock);
    await until('a lowered priority', () => getPriority(muxer.pid) > getPriority());
    muxer.stdin.end();
    expect((await muxer.exited).code).toBe(1);
    expect(() => process.kill(muxer.pid ?? 0, 0)).toThrow();
  });

  it.each([
    [1, 24_000 / 1_001],
    [15, 24_000 / 1_001],
    [25, 25],
    [25.3, 30_000 / 1_001],
    [29.97, 30_000 / 1_001],
    [50, 50],
    [90, 60],
  ])('encodes %s pictures a second as %s: MPEG-1 knows some rates only', (rate, expected) => {
    expect(mpeg1Rate(rate)).toBe(expected);
  });
});
