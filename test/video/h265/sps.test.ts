import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withEmulationPrevention } from '../../../src/core/emulation-prevention.ts';
import { LiveViewError } from '../../../src/core/errors.ts';
import { NAL, nalType } from '../../../src/video/h265/nal.ts';
import { parsePps } from '../../../src/video/h265/pps.ts';
import { codecString } from '../../../src/video/h265/profile.ts';
import { parseSps } from '../../../src/video/h265/sps.ts';
import { parseVps } from '../../../src/video/h265/vps.ts';
import { BitWriter } from '../../support/bit-writer.ts';
import { type TimedClipOptions, timedClip } from '../timed-clip.ts';

describe('H.265 SPS', () => {
  it.each([
    [
      'Main',
      { size: '320x240' },
      { width: 320, height: 240, chromaFormat: 1, bitDepthLuma: 8, maxReorderFrames: 0 },
      /^hvc1\.1\.6\.L\d+\.90$/,
    ],
    ['cropped both ways', { size: '318x178' }, { width: 318, height: 178 }, /^hvc1\.1\./],
    ['another rate', { rate: 15 }, { framesPerSecond: 15 }, /^hvc1\.1\./],
    ['wide samples', { filter: 'setsar=4/3' }, { sampleAspect: [4, 3] }, /^hvc1\.1\./],
    ['odd samples', { filter: 'setsar=33/32' }, { sampleAspect: [33, 32] }, /^hvc1\.1\./],
    ['B-frames', { bFrames: 3, params: 'b-pyramid=1' }, { maxReorderFrames: 2 }, /^hvc1\.1\./],
    [
      'Main 10',
      { pixels: 'yuv420p10le' },
      { bitDepthLuma: 10, bitDepthChroma: 10 },
      /^hvc1\.2\.4\.L\d+\.90$/,
    ],
    ['4:4:4', { pixels: 'yuv444p' }, { chromaFormat: 3, width: 320 }, /^hvc1\.4\.10\.L\d+\.9e\.8$/],
    ['scaling lists', { params: 'scaling-list=default' }, { framesPerSecond: 25 }, /^hvc1\.1\./],
    ['many references', { bFrames: 4, params: 'ref=5' }, { framesPerSecond: 25 }, /^hvc1\.1\./],
    ['temporal layers', { bFrames: 3, params: 'temporal-layers=1' }, { width: 320 }, /^hvc1\.1\./],
  ] as [string, Partial<TimedClipOptions>, object, RegExp][])(
    'reads what x265 writes: %s',
    async (_, options, expected, codec) => {
      const sps = parseSps(await setOfClip(NAL.sps, options));
      expect(sps).toMatchObject(expected);
      expect(codecString(sps.general)).toMatch(codec);
    },
  );

  it('gives the codec string of the standard’s own example', () => {
    // ISO/IEC 14496-15 E.3: Main 10 in the high tier, level 5.1, progressive and not packed.
    const general = {
      space: 0,
      highTier: true,
      profile: 2,
      compatibility: 0x2000_0000,
      level: 153,
    };
    expect(codecString({ ...general, constraints: [0xb0, 0, 0, 0, 0, 0] })).toBe(
      'hvc1.2.4.H153.b0',
    );
    expect(codecString({ ...general, space: 1, constraints: [0, 0, 0, 0, 0, 0] })).toBe(
      'hvc1.A2.4.H153',
    );
  });

  it('steps over sub-layers, scaling lists, PCM, predicted and long-term references', () => {
    const bits = head({ subLayers: 2 });
    bits.u(1, 1).ue(4, 2, 0).ue(4, 2, 0).ue(4, 2, 0);
    bits.ue(0, 3, 0, 3).ue(1, 1);
    bits.u(2, 3); // scaling lists, and they are here
    for (let i = 0; i < 20; i++) {
      if (i === 0) bits.u(1, 1).ue(...Array(16).fill(0));
      else if (i === 12)
        bits
          .u(1, 1)
          .se(3)
          .ue(...Array(64).fill(0));
      else bits.u(1, 0).ue(0);
    }
    bits.u(2, 0).u(1, 1).u(8, 0x77).ue(0, 2).u(1, 1); // PCM
    bits.ue(2).ue(2, 1).ue(0).u(1, 1).ue(0).u(1, 1).ue(0).u(1, 1); // three pictures
    bits.u(1, 1).u(1, 0).ue(0).u(1, 1).u(2, 0).u(2, 1).u(1, 1); // predicted from them
    bits.u(1, 1).ue(1).u(8, 5).u(1, 1); // one long-term picture of eight bits
    bits.u(2, 0).u(1, 1); // and the usability information
    bits.u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(3, 0).u(1, 0).u(1, 1).u(32, 1_001).u(32, 30_000);
    expect(parseSps(finish(bits))).toMatchObject({
      width: 1920,
      height: 1080,
      temporalLayers: 3,
      maxReorderFrames: 2,
      maxDecodedFrames: 5,
      framesPerSecond: 30_000 / 1_001,
    });
  });

  it('believes what comes before coding tools that are cut short', () => {
    expect(parseSps(finish(head({}).u(1, 0).ue(1, 0, 0)))).toMatchObject({
      width: 1920,
      height: 1080,
      maxReorderFrames: 0,
    });
  });

  it.each([
    ['an empty one', Buffer.alloc(0)],
    ['a PPS', Buffer.of(0x44, 1, 0xc0)],
    ['one that is cut short', Buffer.of(0x42, 1, 1, 1)],
    ['an absurd size', finish(head({ width: 100_000 }))],
    ['a window on nothing', finish(head({ window: [500, 500, 0, 0] }))],
    ['eight sub-layers', Buffer.of(0x42, 1, 0x0f, 0)],
  ])('refuses %s', (_, nal) => {
    expect(() => parseSps(nal)).toThrow(expect.objectContaining({ code: 'invalid-sps' }));
  });

  it('fails with nothing but its own error, whatever the bytes', async () => {
    const good = await setOfClip(NAL.sps, { bFrames: 2 });
    const noise = fc.uint8Array({ maxLength: 80 });
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(noise, flips, fc.nat(good.length), (bytes, changes, length) => {
        for (const [type, parse] of PARSERS) {
          onlyTyped(() => parse(Buffer.concat([Buffer.of(type << 1, 1), bytes])));
        }
        const changed = Buffer.from(good.subarray(0, length));
        for (const [at, value] of changes) if (at < length) changed[at] = value;
        onlyTyped(() => parseSps(changed));
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});

describe('H.265 VPS and PPS', () => {
  it('reads identifiers, and the rate where the VPS has it', async () => {
    expect(parseVps(await setOfClip(NAL.vps, {}))).toMatchObject({ id: 0 });
    expect(parsePps(await setOfClip(NAL.pps, {}))).toEqual({ id: 0, spsId: 0 });
    const bits = new BitWriter().u(4, 3).u(2, 3).u(6, 0).u(3, 0).u(1, 1).u(16, 0xffff);
    profile(bits, 0).u(1, 0).ue(4, 2, 0);
    bits.u(6, 1).ue(1).u(2, 3).u(1, 1).u(32, 1).u(32, 12);
    const vps = Buffer.concat([Buffer.of(0x40, 1), bits.bytes()]);
    expect(parseVps(Buffer.from(withEmulationPrevention(vps)))).toEqual({
      id: 3,
      framesPerSecond: 12,
    });
  });

  it('refuses others by name', () => {
    const pps = Buffer.of(0x44, 1);
    expect(() => parseVps(pps)).toThrow(expect.objectContaining({ code: 'invalid-vps' }));
    expect(() => parsePps(pps)).toThrow(expect.objectContaining({ code: 'invalid-pps' }));
  });
});

const PARSERS = [
  [NAL.vps, parseVps],
  [NAL.sps, parseSps],
  [NAL.pps, parsePps],
] as const;

async function setOfClip(type: number, options: Partial<TimedClipOptions>): Promise<Uint8Array> {
  const [first] = await timedClip({ codec: 'h265', frames: 3, ...options });
  const set = first?.nalUnits.find((nal) => nalType(nal) === type);
  if (!set) throw new Error(`x265 wrote no parameter set of type ${type}`);
  return set;
}

/** An SPS up to log2_max_pic_order_cnt_lsb_minus4, 1920 × 1080 unless told. */
function head(shape: { subLayers?: number; width?: number; window?: number[] }): BitWriter {
  const { subLayers = 0, width = 1920, window = [0, 0, 0, 4] } = shape;
  const bits = new BitWriter().u(4, 0).u(3, subLayers).u(1, 1);
  profile(bits, subLayers).ue(0, 1, width, 1088);
  return bits
    .u(1, 1)
    .ue(...window)
    .ue(0, 0, 4);
}

function profile(bits: BitWriter, subLayers: number): BitWriter {
  bits.u(8, 1).u(32, 0x6000_0000).u(32, 0x9000_0000).u(16, 0).u(8, 120);
  for (let i = 0; i < subLayers; i++) bits.u(2, i === 0 ? 3 : 0);
  if (subLayers > 0)
    bits
      .u(2 * (8 - subLayers), 0)
      .u(32, 0)
      .u(32, 0)
      .u(24, 0)
      .u(8, 90);
  return bits;
}

function finish(bits: BitWriter): Buffer {
  const nal = Buffer.concat([Buffer.of(NAL.sps << 1, 1), bits.bytes()]);
  return Buffer.from(withEmulationPrevention(nal));
}

function onlyTyped(act: () => void): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(LiveViewError);
  }
}
