import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { Packager } from '../../../src/video/fmp4/packager.ts';
import type { Fragment, InitSegment, MediaFragment } from '../../../src/video/fragment.ts';
import { isParameterSet, NAL, nalType } from '../../../src/video/h265/nal.ts';
import { parseInit } from '../../../web/shared/player/demux.ts';
import { type TimedClipOptions, timedClip } from '../timed-clip.ts';
import { probe } from './clip.ts';

const CLIPS: [string, TimedClipOptions, string][] = [
  ['H.264 without B-frames', { codec: 'h264' }, 'h264'],
  ['H.264 with B-frames', { codec: 'h264', bFrames: 2 }, 'h264'],
  [
    'H.264 with a pyramid of B-frames',
    { codec: 'h264', bFrames: 3, params: 'b-pyramid=2' },
    'h264',
  ],
  ['H.265 without B-frames', { codec: 'h265' }, 'hevc'],
  ['H.265 with B-frames', { codec: 'h265', bFrames: 2, params: 'open-gop=0' }, 'hevc'],
  ['H.265 with a pyramid of B-frames', { codec: 'h265', bFrames: 4, params: 'open-gop=0' }, 'hevc'],
  ['H.265 with open groups (CRA, RASL)', { codec: 'h265', bFrames: 3 }, 'hevc'],
  ['H.265 Main 10', { codec: 'h265', bFrames: 2, pixels: 'yuv420p10le' }, 'hevc'],
];

describe('packager', () => {
  it.each(CLIPS)(
    'makes what ffprobe reads without a warning, in even steps: %s',
    async (_, options, codec) => {
      const units = await timedClip(options);
      const { fragments } = packaged(units);
      expect(media(fragments)).toHaveLength(units.length);
      const seen = await probe(bytesOf(fragments));
      expect(seen.warnings).toBe('');
      expect(seen.codec).toBe(codec);
      expect(seen.frames).toHaveLength(units.length);
      expect(steps(seen.frames.map((frame) => frame.pts))).toEqual(even(units.length));
      expect(steps(seen.decodeTimes)).toEqual(even(units.length));
      expect(seen.frames[0]).toMatchObject({ key: true, width: 320, height: 240 });
    },
  );

  it.each(CLIPS)('hands each picture on as it comes: %s', async (_, options) => {
    const { packager, fragments } = setUp();
    for (const [index, unit] of (await timedClip(options)).entries()) {
      packager.accessUnit(unit);
      expect(media(fragments)).toHaveLength(index + 1);
    }
  });

  it.each(CLIPS.filter(([, { bFrames = 0 }]) => bFrames === 0))(
    'shows each picture when it is decoded where none is reordered: %s',
    async (_, options) => {
      const { fragments } = packaged(await timedClip(options));
      expect(media(fragments).map(offsetIn)).toEqual(media(fragments).map(() => 0));
    },
  );

  it.each(CLIPS)('says the same codec as the sample entry: %s', async (_, options) => {
    const { fragments } = packaged(await timedClip(options));
    const [init] = inits(fragments);
    expect(parseInit(new Uint8Array(init?.bytes ?? []))).toMatchObject({
      codec: init?.codec,
      width: 320,
      height: 240,
    });
  });

  it('keeps jitter out of the order: B-frames of an unsteady camera', async () => {
    const units = (await timedClip({ codec: 'h265', bFrames: 3, params: 'open-gop=0' })).map(
      (unit) => ({ ...unit, pts90k: unit.pts90k + ((unit.pts90k * 7) % 1_700) }),
    );
    const seen = await probe(bytesOf(packaged(units).fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
    const inOrder = units.map((unit) => unit.pts90k).sort((a, b) => a - b);
    expect(steps(seen.frames.map((frame) => frame.pts))).toEqual(steps(inOrder));
    expect(Math.min(...steps(seen.decodeTimes))).toBeGreaterThan(0);
  });

  it.each([
    ['ahead', 37_600 * 90_000],
    ['back', -9_800 * 90_000],
  ])('survives a timestamp hours %s among B-frames', async (_, jump) => {
    const units = (await timedClip({ codec: 'h265', bFrames: 2, params: 'open-gop=0' })).map(
      (unit, index) => ({ ...unit, pts90k: 1e10 + unit.pts90k + (index === 9 ? jump : 0) }),
    );
    const seen = await probe(bytesOf(packaged(units).fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
    expect(Math.min(...steps(seen.decodeTimes))).toBeGreaterThan(0);
    expect(Math.max(...steps(seen.decodeTimes))).toBeLessThan(90_000);
  });

  it('waits for parameter sets in the stream when the SDP had none', async () => {
    const units = await timedClip({ codec: 'h265' });
    const bare = units.slice(0, 20).map((unit) => ({
      ...unit,
      nalUnits: unit.nalUnits.filter((nal) => !isParameterSet(nal)),
    }));
    const { fragments } = packaged([...bare, ...units.slice(20)]);
    expect(media(fragments)).toHaveLength(20);
    expect(media(fragments)[0]?.captureUnixUs).toBe(units[20]?.captureUnixUs);
  });

  it('begins with the parameter sets of the SDP, all three kinds', async () => {
    const units = await timedClip({ codec: 'h265' });
    const ofType = (type: number) =>
      units[0]?.nalUnits.filter((nal) => nalType(nal) === type) ?? [];
    const { packager, fragments } = setUp();
    const [vps, sps, pps] = [NAL.vps, NAL.sps, NAL.pps].map(ofType);
    packager.parameterSets({ codec: 'h265', vps: vps ?? [], sps: sps ?? [], pps: pps ?? [] });
    for (const unit of units) {
      const nalUnits = unit.nalUnits.filter((nal) => !isParameterSet(nal));
      packager.accessUnit({ ...unit, nalUnits });
    }
    const seen = await probe(bytesOf(fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
  });

  it('starts a generation when size, depth or codec changes, time going on', async () => {
    const streams = await Promise.all([
      timedClip({ codec: 'h265', bFrames: 2, params: 'open-gop=0' }),
      timedClip({ codec: 'h265', size: '480x360' }),
      timedClip({ codec: 'h265', size: '480x360', pixels: 'yuv420p10le' }),
      timedClip({ codec: 'h264', size: '480x360' }),
      timedClip({ codec: 'h265' }),
    ]);
    const { fragments } = packaged(streams.flat());
    expect(inits(fragments).map(({ codec, width }) => [codec.slice(0, 6), width])).toEqual([
      ['hvc1.1', 320],
      ['hvc1.1', 480],
      ['hvc1.2', 480],
      ['avc1.4', 480],
      ['hvc1.1', 320],
    ]);
    let end = 0;
    for (const { generation } of inits(fragments)) {
      const part = fragments.filter((fragment) => fragment.generation === generation);
      const seen = await probe(bytesOf(part));
      expect(seen.warnings).toBe('');
      expect(seen.frames).toHaveLength(40);
      expect(seen.decodeTimes[0]).toBeGreaterThanOrEqual(end);
      end = seen.decodeTimes.at(-1) ?? 0;
    }
  });

  it('begins at a CRA without what leads it, and passes that on in the middle', async () => {
    const units = await timedClip({ codec: 'h265', bFrames: 3, frames: 80 });
    expect(units.filter((unit) => unit.leading).length).toBeGreaterThan(5);
    const second = units.findIndex((unit, index) => index > 0 && unit.keyFrame);
    const { fragments } = packaged(units.slice(second));
    const skipped = units.slice(second, second + 8).filter((unit) => unit.leading).length;
    expect(skipped).toBeGreaterThan(0);
    expect(media(fragments)).toHaveLength(units.length - second - skipped);
    expect(media(fragments).some((fragment) => fragment.leading)).toBe(true);
    const seen = await probe(bytesOf(fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(media(fragments).length);
    expect(steps(seen.frames.map((frame) => frame.pts))).toEqual(even(seen.frames.length));
  });

  it('leaves parameter sets and delimiters of H.265 out of the samples', async () => {
    const units = (await timedClip({ codec: 'h265', params: 'aud=1' })).map((unit) => ({
      ...unit,
      nalUnits: [...unit.nalUnits, Uint8Array.of(NAL.filler << 1, 1, 0xff, 0x80)],
    }));
    const { fragments } = packaged(units);
    const types = media(fragments).flatMap(({ bytes }) => typesIn(bytes));
    expect(types.filter((type) => type > NAL.lastVcl && type !== NAL.prefixSei)).toEqual([]);
    expect(types.length).toBeGreaterThanOrEqual(units.length);
  });
});

function setUp() {
  const fragments: Fragment[] = [];
  const sink = {
    fragment: (fragment: Fragment) => void fragments.push(fragment),
    discontinuity: () => undefined,
  };
  return { fragments, packager: new Packager({ sink, log: silentLogger }) };
}

function packaged(units: readonly AccessUnit[]) {
  const all = setUp();
  for (const unit of units) all.packager.accessUnit(unit);
  return all;
}

const bytesOf = (fragments: readonly Fragment[]) => Buffer.concat(fragments.map((f) => f.bytes));
const inits = (all: readonly Fragment[]) => all.filter((f): f is InitSegment => f.kind === 'init');
const media = (all: readonly Fragment[]) =>
  all.filter((f): f is MediaFragment => f.kind === 'media');
const steps = (times: readonly number[]) => times.slice(1).map((time, i) => time - (times[i] ?? 0));
const even = (pictures: number) => Array(pictures - 1).fill(3_600);
/** sample_composition_time_offset, the last field before the `mdat`. */
const offsetIn = ({ bytes }: MediaFragment) => bytes.readInt32BE(100);

function typesIn(fragment: Buffer): number[] {
  const types: number[] = [];
  for (let at = 112; at < fragment.length; at += 4 + fragment.readUInt32BE(at)) {
    types.push(nalType(fragment.subarray(at + 4)));
  }
  return types;
}
