import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { Packager } from '../../../src/video/fmp4/packager.ts';
import type { Fragment } from '../../../src/video/fragment.ts';
import { isSlice, NAL, nalType } from '../../../src/video/h264/nal.ts';
import { parseSps } from '../../../src/video/h264/sps.ts';
import type { FfmpegExit } from '../../../src/video/transcode/child.ts';
import type { FfmpegJob } from '../../../src/video/transcode/ffmpeg.ts';
import { H264Output, type H264OutputOptions } from '../../../src/video/transcode/h264-output.ts';
import { Transcoder, type TranscoderOptions } from '../../../src/video/transcode/transcoder.ts';
import { commandOf } from '../../support/child-processes.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { WITH_VAAPI, withScriptedFfmpeg } from '../../support/scripted-ffmpeg.ts';
import { until } from '../../support/until.ts';
import { encodeClip, probe, unitsOf } from '../fmp4/clip.ts';

const LOW = { width: 640, height: 360, kbps: 800 };
const units = unitsOf(await encodeClip({ size: '1280x720', frames: 30 }));
const times = ({ pts90k, captureUnixUs }: AccessUnit) => ({ pts90k, captureUnixUs });

let transcoder: Transcoder | undefined;
afterEach(() => transcoder?.stop());

describe('transcoder with ffmpeg', () => {
  it('gives every picture the times of the one it was made of', async () => {
    const { out } = withFfmpeg();
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('all pictures', () => out.length >= units.length);
    expect(out.map(times)).toEqual(units.map(times));
    expect(out[0]?.keyFrame).toBe(true);
    expect(transcoder?.figures()).toMatchObject({ in: 30, out: 30, dropped: 0, restarts: 0 });
  });

  it('needs no later picture to give one', async () => {
    const { out } = withFfmpeg();
    for (const [index, unit] of units.slice(0, 5).entries()) {
      transcoder?.accessUnit(unit);
      await until(`picture ${index}`, () => out.length === index + 1);
    }
  });

  it('makes pictures of the size of the rung that ffprobe reads without a warning', async () => {
    const { out } = withFfmpeg();
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('all pictures', () => out.length >= units.length);
    const fragments: Fragment[] = [];
    const packager = new Packager({
      log: silentLogger,
      sink: { fragment: (f) => fragments.push(f), discontinuity: () => undefined },
    });
    for (const unit of out) packager.accessUnit(unit);
    const seen = await probe(Buffer.concat(fragments.map((fragment) => fragment.bytes)));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
    expect(seen.frames[0]).toMatchObject({ width: 640, height: 360 });
  });

  it('keeps the shape of a 4:3 picture and leaves no user data in the output', async () => {
    const { out } = withFfmpeg();
    const narrow = unitsOf(await encodeClip({ size: '1024x768', frames: 2 }));
    for (const unit of narrow) transcoder?.accessUnit(unit);
    await until('both pictures', () => out.length === narrow.length);
    const types = out.flatMap((unit) => unit.nalUnits.map(nalType));
    expect(new Set(types)).toEqual(new Set([NAL.sps, NAL.pps, NAL.idrSlice, NAL.slice]));
    const fragments: Fragment[] = [];
    const packager = new Packager({
      log: silentLogger,
      sink: { fragment: (f) => fragments.push(f), discontinuity: () => undefined },
    });
    for (const unit of out) packager.accessUnit(unit);
    expect(fragments[0]).toMatchObject({ kind: 'init', width: 480, height: 360 });
  });

  it('leaves a picture as small as it is when it fits', async () => {
    const { out } = withFfmpeg({ rung: { width: 1_920, height: 1_080, kbps: 4_000 } });
    for (const unit of units.slice(0, 2)) transcoder?.accessUnit(unit);
    await until('both pictures', () => out.length === 2);
    expect(sizeOf(out)).toEqual([1_280, 720]);
  });

  it('leaves pictures out evenly, never a key frame, when a rung has fewer a second', async () => {
    const { out } = withFfmpeg({ rung: { ...LOW, framesPerSecond: 5 } });
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('the pictures', () => out.length >= 9);
    const numbers = out.map(({ pts90k }) => units.findIndex((unit) => unit.pts90k === pts90k));
    expect(numbers).toEqual([0, 4, 9, 10, 14, 19, 20, 24, 29]);
  });

  it('keeps to the ceiling of its rung whatever the pictures are', async () => {
    const noise = unitsOf(
      await encodeClip({ size: '640x360', frames: 100, filter: 'noise=alls=60:allf=t' }),
    );
    const { out } = withFfmpeg({ clock: new ManualClock(), rung: { ...LOW, kbps: 500 } });
    for (const [index, unit] of noise.entries()) {
      await until('room', () => index - out.length < 25);
      transcoder?.accessUnit(unit);
    }
    await until('all pictures', () => out.length === noise.length);
    const kbit = out.map(
      (unit) => (unit.nalUnits.reduce((sum, nal) => sum + nal.length, 0) * 8) / 1_000,
    );
    const most = kbit.map((_, from) =>
      kbit.slice(from, from + 25).reduce((sum, each) => sum + each, 0),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(500 * 1.5);
    expect(most[50]).toBeGreaterThan(500 / 2);
  });

  it('puts pictures with B-frames into the order in which they are shown', async () => {
    const { out } = withFfmpeg();
    for (const unit of await reorderedUnits()) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length >= 7);
    const shown = out.map((unit) => unit.pts90k);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });

  it('holds no picture back for long when it is too slow, and goes on with a key frame', async () => {
    const clock = new ManualClock();
    const { out } = withFfmpeg({ clock });
    transcoder?.accessUnit(units[0] as AccessUnit);
    await until('a picture', () => out.length === 1);
    const { pid = 0 } = transcoder ?? {};
    process.kill(pid, 'SIGSTOP');
    try {
      for (const unit of units.slice(1, 6)) transcoder?.accessUnit(unit);
      clock.advance(200);
      transcoder?.accessUnit(units[6] as AccessUnit);
      clock.advance(1);
      for (const unit of units.slice(7, 12)) transcoder?.accessUnit(unit);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until('what was inside', () => out.length === 7);
    for (const unit of units.slice(12)) transcoder?.accessUnit(unit);
    await until('the pictures from the next key frame on', () => out.length === 17);
    const came = [...units.slice(0, 7), ...units.slice(20)];
    expect(out.map(times)).toEqual(came.map(times));
    expect(transcoder?.figures()).toMatchObject({ in: 30, out: 17, dropped: 13, restarts: 0 });
  });

  it('counts what waits for ffmpeg to start from the moment at which it has started', async () => {
    const clock = new ManualClock();
    const { out } = withFfmpeg({ clock });
    for (const unit of units.slice(0, 15)) transcoder?.accessUnit(unit);
    clock.advance(1_000);
    for (const unit of units.slice(15)) transcoder?.accessUnit(unit);
    await until('all pictures', () => out.length === 30);
    expect(transcoder?.figures()).toMatchObject({ dropped: 0 });
  });

  it('lets a decoder keep a few pictures so as to put them in order', async () => {
    const clock = new ManualClock();
    const { out } = withFfmpeg({ clock });
    const reordered = await reorderedUnits();
    for (const unit of reordered.slice(0, 6)) transcoder?.accessUnit(unit);
    await until('the first pictures', () => out.length >= 3);
    clock.advance(8_000);
    for (const unit of reordered.slice(6)) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length >= 7);
    expect(transcoder?.figures()).toMatchObject({ in: 10, dropped: 0, restarts: 0 });
  });

  it('begins with the newest picture when the group before it is at hand', async () => {
    const groupBefore = jest.fn((_: AccessUnit) => units.slice(10, 16));
    const { out } = withFfmpeg({ groupBefore });
    takeSets(units[10]);
    for (const unit of units.slice(16, 24)) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length === 8);
    expect(groupBefore).toHaveBeenCalledTimes(1);
    expect(groupBefore.mock.calls).toEqual([[units[16]]]);
    expect(out.map(times)).toEqual(units.slice(16, 24).map(times));
    expect(out.map(({ keyFrame }) => keyFrame).slice(0, 5)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(transcoder?.figures()).toMatchObject({ in: 8, out: 8, dropped: 0 });
  });

  it('tells pictures by their times where an encoder loses user data', async () => {
    await withScriptedFfmpeg(WITH_VAAPI, async () => {
      const { out } = withFfmpeg({
        encoder: { kind: 'vaapi' },
        groupBefore: () => units.slice(0, 6),
      });
      takeSets(units[0]);
      for (const unit of units.slice(6)) transcoder?.accessUnit(unit);
      await until('pictures', () => out.length === 24);
      expect(out.map(times)).toEqual(units.slice(6).map(times));
    });
  });

  it('tells reordered pictures by their times, in the order in which they are shown', async () => {
    await withScriptedFfmpeg(WITH_VAAPI, async () => {
      const { out } = withFfmpeg({ encoder: { kind: 'vaapi' } });
      for (const unit of await reorderedUnits()) transcoder?.accessUnit(unit);
      await until('pictures', () => out.length >= 7);
      expect(out.slice(0, 7).map(({ pts90k }) => pts90k / 3_600)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    });
  });

  it('tells pictures by their times when some are left out, too', async () => {
    await withScriptedFfmpeg(WITH_VAAPI, async () => {
      const rung = { ...LOW, framesPerSecond: 5 };
      const { out } = withFfmpeg({ encoder: { kind: 'vaapi' }, rung });
      for (const unit of units) transcoder?.accessUnit(unit);
      await until('the pictures', () => out.length >= 9);
      const came = [0, 4, 9, 10, 14, 19, 20, 24, 29].map((number) => units[number]);
      expect(out.map(times)).toEqual(came.map((unit) => unit && times(unit)));
    });
  });

  it('recovers when ffmpeg is killed', async () => {
    const { out, warn, discontinuity } = withFfmpeg();
    for (const unit of units) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length > 0);
    process.kill((await until('a process', () => transcoder?.pid)) ?? 0, 'SIGKILL');
    await until('the end of the process', () => transcoder?.pid === undefined);
    const before = out.length;
    await until('pictures after the restart', () => {
      for (const unit of units.slice(0, 10)) transcoder?.accessUnit(later(unit));
      return out.length > before;
    });
    expect(out[before]?.keyFrame).toBe(true);
    expect(transcoder?.figures().restarts).toBe(1);
    expect(discontinuity).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('started again'),
      expect.objectContaining({ reason: expect.stringContaining('SIGKILL') }),
    );
  });

  it('replaces an ffmpeg that hangs', async () => {
    const clock = new ManualClock();
    const { out, warn } = withFfmpeg({ clock, random: () => 0 });
    for (const unit of units.slice(0, 5)) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length === 5);
    const stuck = transcoder?.pid ?? 0;
    process.kill(stuck, 'SIGSTOP');
    for (const unit of units.slice(5, 10)) transcoder?.accessUnit(unit);
    clock.advance(5_001);
    transcoder?.accessUnit(units[10] as AccessUnit);
    // SIGTERM reaches nobody who is stopped.
    await until('the end of the process', () => {
      clock.advance(2_000);
      return transcoder?.pid === undefined;
    });
    expect(() => process.kill(stuck, 0)).toThrow();
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('started again'),
      expect.objectContaining({ reason: 'ffmpeg took pictures and gave none' }),
    );
    clock.advance(250);
    for (const unit of units.slice(10, 15)) transcoder?.accessUnit(unit);
    await until('pictures of another process', () => out.length === 10);
    expect(out.slice(5).map(times)).toEqual(units.slice(10, 15).map(times));
  });

  it('ends one that only takes processor time, also when its camera falls silent', async () => {
    await withScriptedFfmpeg('trap "" TERM; while :; do :; done', async () => {
      const clock = new ManualClock();
      withFfmpeg({ clock });
      transcoder?.accessUnit(units[0] as AccessUnit);
      const pid = (await until('a process', () => transcoder?.pid)) ?? 0;
      await until('it spins', () => commandOf(pid) === 'ffmpeg');
      clock.advance(30_000);
      await until('its end', () => {
        clock.advance(2_000);
        return commandOf(pid) === undefined;
      });
    });
  });

  it('hands a loss on, and begins again with the key frame that follows it', async () => {
    const { out, discontinuity } = withFfmpeg();
    for (const unit of units.slice(0, 5)) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length === 5);
    transcoder?.discontinuity();
    expect(discontinuity).toHaveBeenCalledTimes(1);
    for (const unit of units.slice(5, 15)) transcoder?.accessUnit(unit);
    await until('pictures after the loss', () => out.length === 10);
    expect(out.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []))).toEqual([0, 5]);
  });

  it('goes on with a picture of another size and shape', async () => {
    const { out } = withFfmpeg();
    for (const unit of units.slice(0, 3)) transcoder?.accessUnit(unit);
    await until('pictures', () => out.length === 3);
    const other = unitsOf(await encodeClip({ size: '640x480', frames: 3 }));
    for (const unit of other) transcoder?.accessUnit(later(unit));
    await until('pictures of the new size', () => out.length === 6);
    expect(out.slice(3).map(times)).toEqual(other.map(later).map(times));
    expect(transcoder?.figures().restarts).toBe(0);
  });

  it('leaves no process behind', async () => {
    withFfmpeg();
    transcoder?.accessUnit(units[0] as AccessUnit);
    const pid = (await until('a process', () => transcoder?.pid)) ?? 0;
    await transcoder?.stop();
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe('transcoder', () => {
  it('starts with the first key frame', () => {
    const { processes } = withStandIn();
    transcoder?.accessUnit(units[1] as AccessUnit);
    expect(processes).toHaveLength(0);
    transcoder?.accessUnit(units[10] as AccessUnit);
    expect(processes).toHaveLength(1);
    expect(transcoder?.figures().dropped).toBe(1);
  });

  it('does not begin in the middle of a group that is not whole, or too long to decode at once', () => {
    const takes = (groupBefore: () => AccessUnit[]) => {
      const { processes, requestKeyFrame } = withStandIn({ groupBefore });
      takeSets(units[0]);
      transcoder?.accessUnit(units[5] as AccessUnit);
      return [processes.length, requestKeyFrame.mock.calls.length];
    };
    const [key, other] = units as [AccessUnit, AccessUnit];
    const large = { ...other, nalUnits: [Buffer.alloc(8 * 1024 * 1024, 1)] };
    expect(takes(() => [key, other])).toEqual([1, 0]);
    expect(takes(() => [])).toEqual([0, 1]);
    expect(takes(() => [other])).toEqual([0, 1]);
    expect(takes(() => [key, ...Array.from({ length: 249 }, () => other)])).toEqual([1, 0]);
    expect(takes(() => [key, ...Array.from({ length: 250 }, () => other)])).toEqual([0, 1]);
    expect(takes(() => [key, large])).toEqual([0, 1]);
  });

  it('begins in the middle once: where nothing came of it, at a key frame next time', async () => {
    const groupBefore = jest.fn(() => units.slice(0, 5));
    const { clock, processes } = withStandIn({ groupBefore });
    takeSets(units[0]);
    transcoder?.accessUnit(units[5] as AccessUnit);
    processes[0]?.exit({ code: 1, signal: null, lastWords: ['no'] });
    await settle();
    clock.advance(1_000);
    transcoder?.accessUnit(units[6] as AccessUnit);
    expect(processes).toHaveLength(1);
    transcoder?.accessUnit(units[10] as AccessUnit);
    expect(processes).toHaveLength(2);
    expect(groupBefore).toHaveBeenCalledTimes(1);
  });

  it('tells an encoder the rate at which pictures really come, sooner when they are more than it knows', async () => {
    const { jobs, discontinuity } = withStandIn();
    const feed = (from: number, count: number, interval90k: number) => {
      for (let i = 0; i < count; i++) {
        const unit = units[i % 10] as AccessUnit;
        transcoder?.accessUnit({ ...unit, pts90k: from + i * interval90k });
      }
    };
    feed(0, 71, 3_600);
    expect(jobs.map(rateOf)).toEqual(['25']);
    feed(1_000_000, 111, 1_800);
    expect(jobs.map(rateOf)).toEqual(['25', '50']);
    expect(discontinuity).toHaveBeenCalledTimes(1);
    feed(2_000_000, 81, 9_000);
    expect(jobs.map(rateOf)).toEqual(['25', '50']);
    feed(2_000_000 + 81 * 9_000, 60, 9_000);
    expect(jobs.map(rateOf)).toEqual(['25', '50', '10']);
  });

  it('ends each picture with a delimiter', () => {
    const { processes } = withStandIn();
    transcoder?.accessUnit(units[0] as AccessUnit);
    const written: Buffer = processes[0]?.stdin.read();
    expect(written.subarray(-6)).toEqual(Buffer.of(0, 0, 0, 1, NAL.accessUnitDelimiter, 0xf0));
  });

  it('drops up to a key frame when ffmpeg takes nothing, and holds a bounded amount', () => {
    const { processes } = withStandIn();
    for (let i = 0; i < 10; i++) for (const unit of units) transcoder?.accessUnit(unit);
    expect(transcoder?.figures()).toMatchObject({ in: 300, dropped: 250 });
    expect(processes).toHaveLength(1);
  });

  it('ends a process that is stuck', async () => {
    const { clock, processes, warn } = withStandIn();
    for (let i = 0; i < 3; i++) for (const unit of units) transcoder?.accessUnit(unit);
    clock.advance(21_000);
    transcoder?.accessUnit(units[0] as AccessUnit);
    await settle();
    expect(processes[0]?.stopped).toBe(true);
    expect(warn).toHaveBeenCalledWith(
      expect.any(String),
      expect.objectContaining({ reason: 'ffmpeg took pictures and gave none' }),
    );
  });

  it('ends a process that is stuck with little inside', async () => {
    const { clock, processes } = withStandIn();
    for (const unit of units.slice(0, 6)) transcoder?.accessUnit(unit);
    clock.advance(20_000);
    transcoder?.accessUnit(units[6] as AccessUnit);
    await settle();
    expect(processes[0]?.stopped).toBe(false);
    clock.advance(1);
    transcoder?.accessUnit(units[7] as AccessUnit);
    await settle();
    expect(processes[0]?.stopped).toBe(true);
  });

  it('ends a process for which no pictures come, and begins anew with those that do', async () => {
    const { clock, processes, warn, discontinuity } = withStandIn();
    transcoder?.accessUnit(units[0] as AccessUnit);
    clock.advance(29_999);
    transcoder?.accessUnit(units[1] as AccessUnit);
    clock.advance(29_999);
    expect(processes[0]?.stopped).toBe(false);
    clock.advance(1);
    expect(processes[0]?.stopped).toBe(true);
    expect(discontinuity).toHaveBeenCalledTimes(1);
    expect(warn).not.toHaveBeenCalled();
    transcoder?.accessUnit(units[2] as AccessUnit);
    expect(processes).toHaveLength(1);
    transcoder?.accessUnit(units[10] as AccessUnit);
    expect(processes).toHaveLength(2);
  });

  it('waits longer and longer before it starts what keeps ending', async () => {
    const { clock, processes, warn } = withStandIn();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      transcoder?.accessUnit(units[0] as AccessUnit);
      processes.at(-1)?.exit({ code: 1, signal: null, lastWords: ['no such filter'] });
      await settle();
      const from = clock.nowMs();
      while (processes.length === attempt + 1 && clock.nowMs() - from < 60_000) {
        clock.advance(50);
        transcoder?.accessUnit(units[0] as AccessUnit);
      }
      pauses.push(clock.nowMs() - from);
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000]);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('started again'),
      expect.objectContaining({ reason: expect.stringContaining('no such filter') }),
    );
  });

  it('asks for a key frame while it waits for one that it could use', async () => {
    const { clock, processes, requestKeyFrame } = withStandIn();
    const [key, other] = units as [AccessUnit, AccessUnit];
    transcoder?.accessUnit(other);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1);
    transcoder?.accessUnit(key);
    transcoder?.accessUnit(other);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1);
    processes[0]?.exit({ code: 1, signal: null, lastWords: ['no'] });
    await settle();
    transcoder?.accessUnit(other);
    expect(requestKeyFrame).toHaveBeenCalledTimes(1); // it pauses
    clock.advance(250);
    transcoder?.accessUnit(other);
    expect(requestKeyFrame).toHaveBeenCalledTimes(2);
    transcoder?.accessUnit(key);
    const others = unitsOf(await encodeClip({ size: '480x360', frames: 1 }));
    const sets = others[0]?.nalUnits.filter((nal) => !isSlice(nal)) ?? [];
    transcoder?.accessUnit({ ...other, nalUnits: [...sets, ...other.nalUnits] });
    expect(requestKeyFrame).toHaveBeenCalledTimes(3);
  });

  it('asks for no key frame while it is full', () => {
    const { requestKeyFrame } = withStandIn();
    for (let i = 0; i < 60; i++) transcoder?.accessUnit(units[i === 0 ? 0 : 1] as AccessUnit);
    expect(transcoder?.figures().dropped).toBe(10);
    expect(requestKeyFrame).not.toHaveBeenCalled();
  });

  it('gives up a process that writes something else than video', async () => {
    const { processes, warn } = withStandIn();
    transcoder?.accessUnit(units[0] as AccessUnit);
    processes[0]?.stdout.write('This is not the file that you are looking for');
    await settle();
    await settle();
    expect(warn).toHaveBeenCalledWith(
      expect.any(String),
      expect.objectContaining({ reason: expect.stringContaining('something else than FLV') }),
    );
  });

  it('gives ffmpeg nothing of the camera but parameter sets and slices', () => {
    const { processes } = withStandIn();
    const foreign = Buffer.of(NAL.sei, 5, 1, 7, 0x80);
    const unit = units[0] as AccessUnit;
    transcoder?.accessUnit({ ...unit, nalUnits: [foreign, ...unit.nalUnits] });
    const written: Buffer = processes[0]?.stdin.read();
    expect(written.includes(foreign)).toBe(false);
    for (const slice of unit.nalUnits.filter(isSlice)) {
      expect(written.includes(Buffer.from(slice))).toBe(true);
    }
  });
});

/** Of the pictures, by their parameter sets. */
function sizeOf(pictures: readonly AccessUnit[]): [number, number] | undefined {
  const sps = pictures[0]?.nalUnits.find((nal) => nalType(nal) === NAL.sps);
  if (!sps) return undefined;
  const { width, height } = parseSps(sps);
  return [width, height];
}

/** I0 P3 B1 B2 P6 B4 B5 P9 B7 B8. */
async function reorderedUnits(): Promise<AccessUnit[]> {
  const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];
  const clip = await encodeClip({ frames: 10, bFrames: 2, gop: 60 });
  return unitsOf(clip, (i) => (order[i] ?? i) * 3_600);
}

function later(unit: AccessUnit): AccessUnit {
  return { ...unit, pts90k: unit.pts90k + 900_000, captureUnixUs: unit.captureUnixUs + 10_000_000 };
}

function takeSets(unit: AccessUnit | undefined): void {
  const ofType = (type: number) => unit?.nalUnits.filter((nal) => nalType(nal) === type) ?? [];
  const [sps, pps] = [ofType(NAL.sps), ofType(NAL.pps)];
  transcoder?.parameterSets({ codec: 'h264', vps: [], sps, pps });
}

type Options = Partial<Omit<TranscoderOptions, 'output'> & H264OutputOptions>;

function withFfmpeg({ clock = systemClock, ...more }: Options = {}) {
  const out: AccessUnit[] = [];
  const warn = jest.fn<Logger['warn']>();
  const discontinuity = jest.fn();
  const sink = {
    ...{ parameterSets: () => undefined, discontinuity },
    accessUnit: (unit: AccessUnit) => out.push(unit),
  };
  transcoder = new Transcoder({
    ...{ clock, ...more },
    log: { ...silentLogger, warn },
    output: new H264Output({ name: 'test', clock, rung: LOW, ...more, sink }),
  });
  return { out, warn, discontinuity };
}

class StandIn {
  readonly pid = undefined;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  stopped = false;
  exit: (exit: FfmpegExit) => void = () => undefined;
  readonly exited = new Promise<FfmpegExit>((resolve) => {
    this.exit = resolve;
  });

  async stop(): Promise<void> {
    this.stopped = true;
    this.exit({ code: 255, signal: null, lastWords: [] });
  }
}

function rateOf({ inputOptions }: FfmpegJob): string | undefined {
  return inputOptions[inputOptions.indexOf('-framerate') + 1];
}

function withStandIn(more: Partial<TranscoderOptions> = {}) {
  const processes: StandIn[] = [];
  const jobs: FfmpegJob[] = [];
  const discontinuity = jest.fn();
  const clock = new ManualClock();
  const warn = jest.fn<Logger['warn']>();
  const requestKeyFrame = jest.fn();
  const nothing = () => undefined;
  const start = (job: FfmpegJob) => {
    jobs.push(job);
    const process = new StandIn();
    processes.push(process);
    return process;
  };
  const sink = { parameterSets: nothing, accessUnit: nothing, discontinuity };
  transcoder = new Transcoder({
    clock,
    log: { ...silentLogger, warn },
    output: new H264Output({ name: 'test', clock, rung: LOW, start, sink }),
    requestKeyFrame,
    random: () => 0,
    ...more,
  });
  return { processes, jobs, clock, warn, requestKeyFrame, discontinuity };
}
