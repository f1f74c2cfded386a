import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withEmulationPrevention } from '../../../src/core/emulation-prevention.ts';
import { LiveViewError } from '../../../src/core/errors.ts';
import { NAL, nalType } from '../../../src/video/h264/nal.ts';
import { codecString, parseSps } from '../../../src/video/h264/sps.ts';
import { BitWriter } from '../../support/bit-writer.ts';
import { encodeClip, picturesOf } from '../fmp4/clip.ts';

describe('SPS', () => {
  it('reads that of a dome camera: High, 1080p, cropped from 1088 lines', () => {
    const sps = parseSps(
      Buffer.from('67640028acd940780227e5c05a808080a0000003002000000781e30632c0', 'hex'),
    );
    expect(sps).toMatchObject({
      profile: 100,
      constraints: 0,
      level: 40,
      width: 1920,
      height: 1080,
      chromaFormat: 1,
      neverReorders: false,
    });
    expect(codecString(sps)).toBe('avc1.640028');
  });

  it.each([
    [
      'Baseline',
      { size: '320x240' },
      { profile: 66, width: 320, height: 240, neverReorders: true },
    ],
    ['cropped both ways', { size: '318x178' }, { width: 318, height: 178 }],
    ['another rate', { rate: 15 }, { framesPerSecond: 15 }],
    ['wide samples', { filter: 'setsar=4/3' }, { sampleAspect: [4, 3] }],
    ['odd samples', { filter: 'setsar=33/32' }, { sampleAspect: [33, 32] }],
    ['B-frames', { bFrames: 2 }, { profile: 77, maxReorderFrames: 2, neverReorders: false }],
    ['4:4:4', { pixels: 'yuv444p' }, { profile: 244, chromaFormat: 3, width: 320 }],
  ])('reads what x264 writes: %s', async (_, options, expected) => {
    expect(parseSps(await spsOfClip(options))).toMatchObject(expected);
  });

  it('takes fields for twice the height of their map units', () => {
    const sps = parseSps(plainSps({ rows: 34, interlaced: true, crop: [0, 0, 0, 2] }));
    expect(sps).toMatchObject({ width: 1920, height: 2 * 34 * 16 - 2 * 2 * 2 });
  });

  it('steps over scaling lists', () => {
    const bits = new BitWriter().u(8, 100).u(8, 0).u(8, 40).ue(0);
    bits.ue(1, 0, 0).u(1, 0).u(1, 1); // 4:2:0, 8 bits, a scaling matrix
    bits.u(1, 1);
    for (let i = 0; i < 16; i++) bits.se(i === 0 ? 8 : 0);
    bits.u(1, 1).se(-8); // the default list
    for (let i = 2; i < 8; i++) bits.u(1, 0);
    expect(parseSps(finish(bits, {}))).toMatchObject({ width: 1920, height: 1088 });
  });

  it('reads picture order count type 1', () => {
    const bits = new BitWriter().u(8, 66).u(8, 0).u(8, 30).ue(0).ue(0);
    bits.ue(1).u(1, 0).se(-3).se(5).ue(2).se(1).se(-1);
    expect(parseSps(finish(bits, { orderDone: true }))).toMatchObject({ width: 1920 });
  });

  it('believes what comes before a VUI that is cut short', () => {
    const bits = new BitWriter().u(8, 77).u(8, 0).u(8, 30).ue(0);
    const whole = finish(bits, { vui: (vui) => vui.u(1, 1).u(8, 255).u(16, 4) });
    expect(parseSps(whole)).toMatchObject({ width: 1920, height: 1088 });
    expect(parseSps(whole).sampleAspect).toBeUndefined();
  });

  it.each([
    ['an empty one', Buffer.alloc(0), /cannot be read/],
    ['a PPS', Buffer.of(0x68, 0xce), /cannot be read/],
    ['one that is cut short', Buffer.of(0x67, 0x42, 0xc0), /cannot be read/],
    ['an absurd size', plainSps({ rows: 100_000 }), /cannot be read/],
    ['cropping of everything', plainSps({ crop: [500, 500, 0, 0] }), /cannot be read/],
  ])('refuses %s', (_, nal, message) => {
    expect(() => parseSps(nal)).toThrow(message);
    expect(() => parseSps(nal)).toThrow(expect.objectContaining({ code: 'invalid-sps' }));
  });

  it('fails with nothing but its own error, whatever the bytes', async () => {
    const good = await spsOfClip({ bFrames: 2 });
    const noise = fc.uint8Array({ maxLength: 60 });
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(noise, flips, fc.nat(good.length), (bytes, changes, length) => {
        onlyTyped(() => parseSps(Buffer.concat([Buffer.of(0x67), bytes])));
        const changed = Buffer.from(good.subarray(0, length));
        for (const [at, value] of changes) if (at < length) changed[at] = value;
        onlyTyped(() => parseSps(changed));
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});

async function spsOfClip(options: Parameters<typeof encodeClip>[0]): Promise<Uint8Array> {
  const [first] = picturesOf(await encodeClip({ frames: 2, ...options }));
  const sps = first?.nalUnits.find((nal) => nalType(nal) === NAL.sps);
  if (!sps) throw new Error('x264 wrote no SPS');
  return sps;
}

interface Shape {
  rows?: number;
  interlaced?: boolean;
  crop?: number[];
  orderDone?: boolean;
  vui?: (bits: BitWriter) => void;
}

function plainSps(shape: Shape): Buffer {
  return finish(new BitWriter().u(8, 77).u(8, 0).u(8, 40).ue(0), shape);
}

/** Everything behind the identifier and the format: 120 macroblocks across, 68 down unless told. */
function finish(bits: BitWriter, shape: Shape): Buffer {
  const { rows = 68, interlaced = false, crop, orderDone = false, vui } = shape;
  if (!orderDone) bits.ue(0, 0, 0); // frame numbers, picture order count type 0 and its length
  bits
    .ue(1)
    .u(1, 0)
    .ue(119, rows - 1);
  bits.u(1, interlaced ? 0 : 1);
  if (interlaced) bits.u(1, 0);
  bits.u(1, 1).u(1, crop ? 1 : 0);
  if (crop) bits.ue(...crop);
  bits.u(1, vui ? 1 : 0);
  vui?.(bits);
  return Buffer.from(withEmulationPrevention(Buffer.concat([Buffer.of(0x67), bits.bytes()])));
}

function onlyTyped(act: () => void): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(LiveViewError);
  }
}
