import { describe, expect, it } from '@jest/globals';
import { type MeteredPicture, PictureMeter } from '../../../src/gateway/doctor/picture-meter.ts';

/** 25 a second; each differs from that as `change` says. */
function measured(
  count: number,
  change: (index: number) => Partial<MeteredPicture> & { lateMs?: number } = () => ({}),
) {
  const meter = new PictureMeter();
  for (let index = 0; index < count; index += 1) {
    const { lateMs = 0, ...rest } = change(index);
    meter.add({
      keyFrame: index % 25 === 0,
      pts90k: index * 3_600,
      captureUnixUs: 1_700_000_000_000_000 + (index * 40 + lateMs) * 1000,
      ...rest,
    });
  }
  return meter.figures();
}

describe('what is measured on pictures', () => {
  it('of a good stream', () => {
    expect(measured(101)).toEqual({
      pictures: 101,
      framesPerSecond: 25,
      keyFrames: 5,
      keyFrameIntervalMs: { min: 1_000, max: 1_000 },
      longestGroupMs: 1_000,
      reordered: 0,
      unevennessMs: { p50: 0, p95: 0, max: 0 },
      longestGapMs: 40,
    });
  });

  it('of nothing, and of a single picture', () => {
    expect(measured(0)).toMatchObject({ pictures: 0, keyFrames: 0, longestGapMs: 0 });
    expect(measured(1)).toMatchObject({ pictures: 1, longestGroupMs: 0 });
    expect(measured(1)).not.toHaveProperty('framesPerSecond');
  });

  it.each([
    ['none', () => false, 0, 4_000],
    ['one in the middle', (i: number) => i === 50, 1, 2_000],
    ['two', (i: number) => i === 10 || i === 90, 2, 3_200],
  ])('key frames: %s', (_what, isKey, keyFrames, longestGroupMs) => {
    const figures = measured(101, (i) => ({ keyFrame: isKey(i) }));
    expect(figures).toMatchObject({ keyFrames, longestGroupMs });
    expect(figures.keyFrameIntervalMs).toEqual(
      keyFrames < 2 ? undefined : { min: longestGroupMs, max: longestGroupMs },
    );
  });

  it('B-frames, which do not count as uneven', () => {
    // Decoding order I P B B P B B …: of each three the last to be shown comes first.
    const shown = (i: number) => (i === 0 ? 0 : i % 3 === 1 ? i + 2 : i - 1);
    const figures = measured(301, (i) => ({ pts90k: shown(i) * 3_600 }));
    expect(figures).toMatchObject({ reordered: 200, framesPerSecond: 25 });
    expect(figures.unevennessMs.p95).toBeLessThan(1);
  });

  it('pictures that come unevenly, and pauses', () => {
    const late = measured(101, (i) => ({ lateMs: i % 10 === 5 ? 30 : 0 }));
    expect(late.unevennessMs).toEqual({ p50: 0, p95: 30, max: 30 });
    const paused = measured(101, (i) => ({ lateMs: i >= 50 ? 1_500 : 0 }));
    expect(paused).toMatchObject({ longestGapMs: 1_540, unevennessMs: { p95: 0, max: 1_500 } });
  });

  it('no more than there is room for', () => {
    expect(measured(20_100).pictures).toBe(20_000);
  });
});
