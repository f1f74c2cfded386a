import { describe, expect, it, jest } from '@jest/globals';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit, ParameterSets } from '../../../src/video/access-unit.ts';
import { Packager } from '../../../src/video/fmp4/packager.ts';
import type { Fragment, InitSegment, MediaFragment } from '../../../src/video/fragment.ts';
import { NAL, nalType } from '../../../src/video/h264/nal.ts';
import { BitWriter } from '../../support/bit-writer.ts';
import { encodeClip, probe, unitsOf } from './clip.ts';

const clip = await encodeClip();
const units = unitsOf(clip);

describe('packager', () => {
  it('makes what ffprobe reads without a warning, a fragment a picture', async () => {
    const { fragments } = packaged(units);
    expect(fragments.map((fragment) => fragment.kind)).toEqual([
      'init',
      ...units.map(() => 'media'),
    ]);
    const seen = await probe(bytesOf(fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
    expect(seen.frames.map((frame) => frame.pts)).toEqual(units.map((_, i) => i * 3_600));
    expect(seen.frames.map((frame) => frame.key)).toEqual(units.map((unit) => unit.keyFrame));
    expect(seen.frames[0]).toMatchObject({ width: 320, height: 240 });
  });

  it('says codec and size in the init segment', () => {
    expect(inits(packaged(units).fragments)).toEqual([
      expect.objectContaining({
        generation: 1,
        format: 'fmp4',
        codec: expect.stringMatching(/^avc1\.42[0-9a-f]{4}$/),
        width: 320,
        height: 240,
      }),
    ]);
  });

  it('hands each picture on at once, with its capture time', () => {
    const { packager, fragments } = setUp();
    for (const [index, unit] of units.entries()) {
      packager.accessUnit(unit);
      expect(media(fragments)).toHaveLength(index + 1);
      expect(media(fragments).at(-1)?.captureUnixUs).toBe(unit.captureUnixUs);
    }
  });

  it('carries B-frames with composition offsets', async () => {
    const reordered = unitsOf(await encodeClip({ bFrames: 2, gop: 12 }), decodingOrder);
    const seen = await probe(bytesOf(packaged(reordered).fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames.map((frame) => frame.pictureType)).toContain('B');
    expect(seen.frames).toHaveLength(reordered.length);
    expect(intervals(seen.frames.map((frame) => frame.pts))).toEqual(
      Array(reordered.length - 1).fill(3_600),
    );
    expect(intervals(seen.decodeTimes).every((interval) => interval > 0)).toBe(true);
  });

  it('says that a camera sends B-frames without declaring them', () => {
    const { packager, fragments, warn } = setUp();
    const bits = new BitWriter().u(8, 77).u(8, 0).u(8, 30).ue(0);
    bits.ue(0, 0, 0).ue(2).u(1, 0).ue(19, 14).u(3, 0b110).u(2, 0); // 320x240, no VUI
    const undeclared = Buffer.concat([Buffer.of(0x67), bits.bytes()]);
    const { pps } = setsOf(units[0]);
    packager.parameterSets({ codec: 'h264', vps: [], sps: [undeclared], pps });
    for (const [index, unit] of units.slice(0, 10).entries()) {
      packager.accessUnit({ ...withoutParameterSets(unit), pts90k: decodingOrder(index) });
    }
    expect(media(fragments)).toHaveLength(10);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('B-frames'), { reordered: 1 }]]);
  });

  it('keeps sample after sample without gap or overlap when the camera is unsteady', async () => {
    const unsteady = unitsOf(clip, (i) => i * 3_600 + ((i * 977) % 2_500));
    const seen = await probe(bytesOf(packaged(unsteady).fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
    // The time of each is the previous picture's own, so the pace is the camera's.
    expect(intervals(seen.decodeTimes).slice(1)).toEqual(
      intervals(unsteady.map((unit) => unit.pts90k)).slice(0, -1),
    );
  });

  it('survives timestamps hours off', async () => {
    const wrong = unitsOf(clip, (i) => i * 3_600 + (i === 7 ? 37_600 * 90_000 : 0));
    const seen = await probe(bytesOf(packaged(wrong).fragments));
    expect(seen.warnings).toBe('');
    expect(intervals(seen.decodeTimes)).toEqual(Array(units.length - 1).fill(3_600));
  });

  it('starts a generation when the size changes, each readable, time going on', async () => {
    const larger = unitsOf(await encodeClip({ size: '480x360' }), (i) => (20 + i) * 3_600);
    const { fragments } = packaged([...units, ...larger]);
    const [first, second] = [1, 2].map((n) => fragments.filter((f) => f.generation === n));
    expect(inits(fragments).map(({ width, height }) => [width, height])).toEqual([
      [320, 240],
      [480, 360],
    ]);
    for (const [part, width, start] of [
      [first, 320, 0],
      [second, 480, 20 * 3_600],
    ] as const) {
      const seen = await probe(bytesOf(part ?? []));
      expect(seen.warnings).toBe('');
      expect(seen.frames).toHaveLength(20);
      expect(new Set(seen.frames.map((frame) => frame.width))).toEqual(new Set([width]));
      expect(seen.decodeTimes[0]).toBe(start);
    }
  });

  it('keeps the sample aspect ratio', async () => {
    const anamorphic = unitsOf(await encodeClip({ frames: 3, filter: 'setsar=4/3' }));
    const seen = await probe(bytesOf(packaged(anamorphic).fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames[0]?.sampleAspect).toBe('4:3');
  });

  it('waits for a key frame after a discontinuity, and hands it on', () => {
    const { packager, fragments, discontinuity } = setUp();
    for (const unit of units.slice(0, 3)) packager.accessUnit(unit);
    expect(discontinuity).not.toHaveBeenCalled();
    packager.discontinuity();
    expect(discontinuity).toHaveBeenCalledTimes(1);
    for (const unit of units.slice(5, 12)) packager.accessUnit(unit);
    expect(media(fragments).map((fragment) => fragment.captureUnixUs)).toEqual(
      [0, 1, 2, 10, 11].map((i) => 1_000_000 + i * 40_000),
    );
    expect(inits(fragments)).toHaveLength(1);
  });

  it('waits for parameter sets in the stream and says so once', () => {
    const { packager, fragments, warn } = setUp();
    for (const unit of units.slice(0, 10)) packager.accessUnit(withoutParameterSets(unit));
    packager.accessUnit(withoutParameterSets({ ...units[0], keyFrame: true } as AccessUnit));
    expect(fragments).toEqual([]);
    expect(warn).toHaveBeenCalledTimes(1);
    for (const unit of units.slice(10)) packager.accessUnit(unit);
    expect(media(fragments)).toHaveLength(10);
  });

  it('begins with the parameter sets of the SDP when the stream has none', async () => {
    const { packager, fragments } = setUp();
    packager.parameterSets(setsOf(units[0]));
    for (const unit of units) packager.accessUnit(withoutParameterSets(unit));
    const seen = await probe(bytesOf(fragments));
    expect(seen.warnings).toBe('');
    expect(seen.frames).toHaveLength(units.length);
  });

  it('starts no generation when a reconnect repeats the parameter sets', () => {
    const { packager, fragments } = setUp();
    for (const unit of units) packager.accessUnit(unit);
    packager.discontinuity();
    packager.parameterSets(setsOf(units[0]));
    for (const unit of units) packager.accessUnit(unit);
    expect(inits(fragments)).toHaveLength(1);
    expect(media(fragments)).toHaveLength(2 * units.length);
  });

  it('shows no picture between new parameter sets and a key frame', async () => {
    const { packager, fragments } = setUp();
    packager.accessUnit(units[0] as AccessUnit);
    packager.parameterSets(setsOf(unitsOf(await encodeClip({ size: '480x360', frames: 1 }))[0]));
    for (const unit of units.slice(1, 12)) packager.accessUnit(unit);
    expect(fragments.map(({ kind, generation }) => [kind, generation])).toEqual([
      ['init', 1],
      ['media', 1],
      ['init', 2],
      ['media', 2],
      ['media', 2],
    ]);
  });

  it('leaves parameter sets, delimiters and filler out of the samples', () => {
    const filler = Uint8Array.of(NAL.filler, 0xff, 0x80);
    const fragments = packaged(
      units.map((unit) => ({ ...unit, nalUnits: [...unit.nalUnits, filler] })),
    ).fragments;
    const types = media(fragments).flatMap((fragment) => typesIn(fragment.bytes));
    expect(new Set(types)).toEqual(new Set([NAL.sei, NAL.idrSlice, NAL.slice]));
  });

  it('makes nothing of access units without a picture', () => {
    const { packager, fragments } = setUp();
    packager.accessUnit({ ...(units[0] as AccessUnit), nalUnits: [] });
    packager.accessUnit({ ...(units[0] as AccessUnit), nalUnits: [Uint8Array.of(NAL.sei, 1)] });
    expect(fragments).toEqual([]);
  });

  it('names unusable parameter sets instead of failing', () => {
    const { packager, fragments, warn } = setUp();
    packager.parameterSets({ codec: 'h264', vps: [], sps: [Uint8Array.of(0x67)], pps: [] });
    expect(fragments).toEqual([]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('parameter sets are unusable')]]);
  });
});

function setUp() {
  const fragments: Fragment[] = [];
  const warn = jest.fn<Logger['warn']>();
  const discontinuity = jest.fn();
  const sink = { fragment: (fragment: Fragment) => void fragments.push(fragment), discontinuity };
  const packager = new Packager({ sink, log: { ...silentLogger, warn } });
  return { fragments, warn, discontinuity, packager };
}

function packaged(pictures: readonly AccessUnit[]) {
  const all = setUp();
  for (const unit of pictures) all.packager.accessUnit(unit);
  return all;
}

const bytesOf = (fragments: readonly Fragment[]) => Buffer.concat(fragments.map((f) => f.bytes));
const inits = (all: readonly Fragment[]) => all.filter((f): f is InitSegment => f.kind === 'init');
const media = (all: readonly Fragment[]) =>
  all.filter((f): f is MediaFragment => f.kind === 'media');
const intervals = (times: readonly number[]) =>
  times.slice(1).map((time, i) => time - (times[i] ?? 0));

/** x264 with two B-frames and groups of 12: I0 P3 B1 B2 P6 B4 B5 P9 B7 B8 P11 B10, and so on. */
function decodingOrder(index: number): number {
  const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 11, 10, 12, 15, 13, 14, 18, 16, 17, 19];
  return (order[index] ?? index) * 3_600;
}

function ofType(unit: AccessUnit | undefined, type: number): Uint8Array[] {
  return (unit?.nalUnits ?? []).filter((nal) => nalType(nal) === type);
}

function setsOf(unit: AccessUnit | undefined): ParameterSets {
  return { codec: 'h264', vps: [], sps: ofType(unit, NAL.sps), pps: ofType(unit, NAL.pps) };
}

function withoutParameterSets(unit: AccessUnit): AccessUnit {
  const isSet = (nal: Uint8Array) => nalType(nal) === NAL.sps || nalType(nal) === NAL.pps;
  return { ...unit, nalUnits: unit.nalUnits.filter((nal) => !isSet(nal)) };
}

/** The NAL unit types in the sample of a fragment, whose `mdat` begins at byte 104. */
function typesIn(fragment: Buffer): number[] {
  const types: number[] = [];
  for (let at = 112; at < fragment.length; at += 4 + fragment.readUInt32BE(at)) {
    types.push(nalType(fragment.subarray(at + 4)));
  }
  return types;
}
