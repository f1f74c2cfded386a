import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { silentLogger } from '../../src/core/log.ts';
import { Packager } from '../../src/video/fmp4/packager.ts';
import type { Fragment } from '../../src/video/fragment.ts';
import { DemuxError } from '../../web/shared/player/boxes.ts';
import { avcCodec, hevcCodec } from '../../web/shared/player/codec-string.ts';
import { parseFragment, parseInit } from '../../web/shared/player/demux.ts';
import type { Clip } from '../support/clip.ts';
import { makeClip } from '../support/clip.ts';

const bytes = (buffer: Buffer) => new Uint8Array(buffer);

/** Length-prefixed NAL units, ISO/IEC 14496-15 §5.3.4.2, apart. */
function nalUnits(sample: Uint8Array): Uint8Array[] {
  const view = Buffer.from(sample);
  const units: Uint8Array[] = [];
  for (let at = 0; at < view.length; at += 4 + view.readUInt32BE(at)) {
    units.push(view.subarray(at + 4, at + 4 + view.readUInt32BE(at)));
  }
  return units;
}

/** The one SPS and the one PPS of an `avcC`, ISO/IEC 14496-15 §5.3.3.1. */
function parameterSets(avcC: Uint8Array): Uint8Array[] {
  const view = Buffer.from(avcC);
  const spsEnd = 8 + view.readUInt16BE(6);
  return [view.subarray(8, spsEnd), view.subarray(spsEnd + 3)];
}

let plain: Clip;
let reordered: Clip;
let hevc: Clip;

beforeAll(async () => {
  plain = await makeClip();
  reordered = await makeClip({ bFrames: 2, seconds: 1 });
  hevc = await makeClip({ encoder: 'libx265', seconds: 1 });
}, 60_000);

describe('what ffmpeg muxes', () => {
  it('gives codec, size, timescale and description of H.264', () => {
    const track = parseInit(bytes(plain.init));
    expect(track).toMatchObject({ width: 320, height: 180, timescale: 12_800 });
    expect(track.codec).toMatch(/^avc1\.42[0-9a-f]{4}$/);
    expect(track.description[0]).toBe(1);
  });

  it('gives one sample a fragment, in order, with key frames where they are', () => {
    const track = parseInit(bytes(plain.init));
    const samples = plain.fragments.map((fragment) => parseFragment(bytes(fragment), track));
    expect(samples).toHaveLength(50);
    expect(samples.every((list) => list.length === 1)).toBe(true);
    expect(samples.flat().map(({ decodeTime }) => decodeTime)).toEqual(
      samples.map((_list, index) => index * 512),
    );
    expect(samples.flatMap(([s], index) => (s?.keyFrame ? [index] : []))).toEqual([0, 25]);
  });

  it('gives length-prefixed NAL units that fill the sample', () => {
    const track = parseInit(bytes(plain.init));
    for (const sample of plain.fragments.flatMap((f) => parseFragment(bytes(f), track))) {
      const view = Buffer.from(sample.data);
      let at = 0;
      while (at < view.length) at += 4 + view.readUInt32BE(at);
      expect(at).toBe(view.length);
    }
  });

  it('gives presentation times of their own to pictures that are reordered', () => {
    const track = parseInit(bytes(reordered.init));
    const samples = reordered.fragments.flatMap((f) => parseFragment(bytes(f), track));
    const shown = samples.map(({ presentationTime }) => presentationTime);
    expect(shown).not.toEqual([...shown].sort((a, b) => a - b));
    expect(new Set(shown).size).toBe(samples.length);
  });

  it('reads H.265', () => {
    const track = parseInit(bytes(hevc.init));
    expect(track.codec).toMatch(/^hvc1\.1\.6\.L\d+\./);
    const first = parseFragment(bytes(hevc.fragments[0] ?? Buffer.alloc(0)), track);
    expect(first).toMatchObject([{ keyFrame: true, decodeTime: 0 }]);
  });
});

describe('what the gateway packages', () => {
  it('is read back: every picture, its time and its bytes', () => {
    const track = parseInit(bytes(plain.init));
    const fragments: Fragment[] = [];
    const sink = {
      fragment: (fragment: Fragment) => fragments.push(fragment),
      discontinuity: () => undefined,
    };
    const packager = new Packager({ sink, log: silentLogger });
    const pictures = plain.fragments.flatMap((f) => parseFragment(bytes(f), track));
    for (const [index, { data, keyFrame }] of pictures.entries()) {
      packager.accessUnit({
        codec: 'h264',
        nalUnits: [...(keyFrame ? parameterSets(track.description) : []), ...nalUnits(data)],
        keyFrame,
        pts90k: index * 3_600,
        captureUnixUs: index,
      });
    }
    const [init, ...media] = fragments;
    const own = parseInit(bytes(init?.bytes ?? Buffer.alloc(0)));
    const { codec, width, height } = track;
    expect(own).toMatchObject({ codec, width, height, timescale: 90_000 });
    const samples = media.flatMap((fragment) => parseFragment(bytes(fragment.bytes), own));
    expect(samples.map(({ keyFrame }) => keyFrame)).toEqual(pictures.map((p) => p.keyFrame));
    const first = samples[0]?.presentationTime ?? 0;
    expect(samples.map(({ presentationTime }) => presentationTime - first)).toEqual(
      pictures.map((_picture, index) => index * 3_600),
    );
    const slices = (data: Uint8Array) => nalUnits(data).filter(([type = 0]) => (type & 0x1f) <= 5);
    expect(samples.map(({ data }) => slices(data))).toEqual(
      pictures.map(({ data }) => slices(data)),
    );
  });
});

describe('what nobody should mux', () => {
  it('is refused when cut short anywhere', () => {
    const track = parseInit(bytes(plain.init));
    const fragment = plain.fragments[0] ?? Buffer.alloc(0);
    const moofSize = fragment.readUInt32BE(0);
    for (let length = 1; length < plain.init.length; length += 1) {
      if (length === plain.init.readUInt32BE(0)) continue;
      expect(() => parseInit(bytes(plain.init.subarray(0, length)))).toThrow(DemuxError);
    }
    for (let length = 1; length < fragment.length; length += length < moofSize ? 1 : 97) {
      expect(() => parseFragment(bytes(fragment.subarray(0, length)), track)).toThrow(DemuxError);
    }
  });

  it('never throws anything else, whatever is changed', () => {
    const track = parseInit(bytes(plain.init));
    const seeds = [plain.init, ...plain.fragments.slice(0, 2), hevc.init];
    const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 6 }),
        (seed, changes) => {
          const mutated = bytes(seed);
          for (const { at, value } of changes) mutated[at % mutated.length] = value;
          for (const parse of [parseInit, (b: typeof mutated) => parseFragment(b, track)]) {
            try {
              parse(mutated);
            } catch (error) {
              expect(error).toBeInstanceOf(DemuxError);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('codec strings', () => {
  it('writes profile, compatibility and level of H.264', () => {
    expect(avcCodec('avc1', Uint8Array.of(1, 0x64, 0, 0x28))).toBe('avc1.640028');
  });

  it.each([
    ['hvc1.1.6.L93.b0', [1, 0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93]],
    ['hvc1.A4.41.H120.b0.23', [1, 0x64, 0x82, 0, 0, 0, 0xb0, 0x23, 0, 0, 0, 0, 120]],
    ['hvc1.2.20000000.L30', [1, 0x02, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 30]],
  ])('writes %s', (text, hvcC) => {
    expect(hevcCodec('hvc1', Uint8Array.from(hvcC))).toBe(text);
  });

  it('refuses a record that is too short', () => {
    expect(() => avcCodec('avc1', Uint8Array.of(1))).toThrow(DemuxError);
    expect(() => hevcCodec('hvc1', new Uint8Array(12))).toThrow(DemuxError);
  });
});
