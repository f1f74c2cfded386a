import { describe, expect, it } from '@jest/globals';
import { configSchema } from '../../../src/config/schema.ts';
import { Permit } from '../../../src/core/permit.ts';
import { Bitrates, measuredMedia } from '../../../src/gateway/quality/bitrates.ts';
import { ladder } from '../../../src/gateway/quality/ladder.ts';
import type { Delivery } from '../../../src/video/fragment.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { drain, init, picture } from '../../video/hub/pictures.ts';

const { transcode } = configSchema.parse({
  cameras: [{ id: 'shop-1', rtsp: { main: 'rtsp://192.0.2.1/1' } }],
  transcode: {
    rungs: [
      { id: 'mobile', width: 320, height: 180, kbps: 200 },
      { id: 'low', width: 640, height: 360, kbps: 800 },
    ],
  },
});
const { rungs } = transcode;

describe('what a viewer can be moved between', () => {
  it.each([
    [{ hasSub: true }, {}, ['main 4000', 'sub 1000', 'low 800', 'mobile 200']],
    [{ hasSub: false }, {}, ['main 4000', 'low 800', 'mobile 200']],
    [{ hasSub: undefined }, {}, ['main 4000', 'low 800', 'mobile 200']],
    [{ hasSub: true, deliver: 'passthrough' }, {}, ['main 4000', 'sub 1000']],
    [{ hasSub: false, deliver: 'passthrough' }, {}, ['main 4000']],
    [
      { hasSub: true, deliver: 'transcode' },
      {},
      ['main 4000', 'sub 1000', 'low 800', 'mobile 200'],
    ],
    [{ hasSub: true }, { sub: 500 }, ['main 4000', 'sub 500', 'mobile 200']],
    [{ hasSub: true }, { main: 900 }, ['main 900', 'low 800', 'mobile 200']],
    [{ hasSub: true }, { low: 150 }, ['main 4000', 'sub 1000', 'low 150']],
    [{ hasSub: true }, { mobile: 900 }, ['main 4000', 'sub 1000', 'low 800', 'mobile 200']],
  ] as const)('of %j when %j was seen: %j', (camera, seen, expected) => {
    const bitrates = new Bitrates(transcode);
    for (const [quality, kbps] of Object.entries(seen)) bitrates.note('shop-1', quality, kbps, 0);
    bitrates.note('other', 'main', 1, 0);
    const levels = ladder({ rungs, bitrates }, { id: 'shop-1', deliver: 'auto', ...camera });
    expect(levels.map(({ quality, kbps }) => `${quality} ${kbps}`)).toEqual(expected);
  });

  it('keeps what the viewer has among them', () => {
    const bitrates = new Bitrates(transcode);
    bitrates.note('shop-1', 'main', 300, 0);
    const camera = { id: 'shop-1', deliver: 'auto', hasSub: true } as const;
    const names = (kept?: string) =>
      ladder({ rungs, bitrates }, camera, kept).map((l) => l.quality);
    expect(names()).toEqual(['main', 'mobile']);
    expect(names('low')).toEqual(['main', 'low', 'mobile']);
  });
});

describe('what a picture costs', () => {
  const read = (deliveries: Delivery[]) => {
    const bitrates = new Bitrates(transcode);
    const open = measuredMedia(
      () => ({ quality: 'main', next: () => deliveries.shift(), close: () => undefined }),
      bitrates,
    );
    drain(
      open(
        new Permit(new ManualClock(), 'shop-1'),
        { quality: 'main', codecs: [], formats: ['fmp4'] },
        { readable: () => undefined, ended: () => undefined },
      ),
    );
    return bitrates.of('shop-1', 'main');
  };
  /** 25 pictures a second of 1,000 bytes: 200 kbit/s. */
  const pictures = (from: number, to: number): Delivery[] =>
    Array.from({ length: to - from }, (_, i) => ({
      ...{ fragment: picture(from + i, { bytes: 1_000 }), sequence: 0, droppedBefore: 0 },
    }));
  const start = { fragment: init(), sequence: 0, droppedBefore: 0 };

  it('is measured by the time of the pictures, from key frame to key frame', () => {
    expect(read([start, ...pictures(0, 101)])).toBe(200);
  });

  it('is not known before four seconds, nor where pictures are missing', () => {
    expect(read([start, ...pictures(0, 100)])).toBe(4_000);
    const [first, ...others] = pictures(50, 120);
    const gap = first ? [{ ...first, droppedBefore: 3 }] : [];
    expect(read([start, ...pictures(0, 47), ...gap, ...others])).toBe(4_000);
  });

  it('rises at once and falls slowly', () => {
    const bitrates = new Bitrates(transcode);
    bitrates.note('shop-1', 'main', 1_000, 0);
    bitrates.note('shop-1', 'main', 3_000, 4_000_000);
    expect(bitrates.of('shop-1', 'main')).toBe(3_000);
    bitrates.note('shop-1', 'main', 1_000, 8_000_000);
    expect(bitrates.of('shop-1', 'main')).toBe(2_500);
  });
});

it('believes a fall once, however many viewers see it', () => {
  const bitrates = new Bitrates(transcode);
  bitrates.note('shop-1', 'main', 4_000, 0);
  for (let viewer = 0; viewer < 100; viewer++) bitrates.note('shop-1', 'main', 400, 4_000_000);
  expect(bitrates.of('shop-1', 'main')).toBe(3_100);
  bitrates.note('shop-1', 'main', 5_000, 5_000_000);
  expect(bitrates.of('shop-1', 'main')).toBe(5_000);
});
