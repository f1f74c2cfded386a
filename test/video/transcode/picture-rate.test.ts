import { expect, it } from '@jest/globals';
import { PictureRate } from '../../../src/video/transcode/picture-rate.ts';

function fed(...times90k: number[]): PictureRate {
  const rate = new PictureRate();
  for (const pts90k of times90k) rate.picture({ pts90k });
  return rate;
}

const every = (interval90k: number, count: number, from90k = 0) =>
  Array.from({ length: count }, (_, index) => from90k + index * interval90k);

it('is measured every two seconds', () => {
  expect(fed(...every(3_600, 50)).measurements).toBe(0);
  expect(fed(...every(3_600, 51)).measurements).toBe(1);
  expect(fed(...every(3_600, 151)).measurements).toBe(3);
});

it('is known after two seconds', () => {
  expect(fed(...every(3_600, 50)).perSecond).toBeUndefined();
  expect(fed(...every(3_600, 51)).perSecond).toBeCloseTo(25);
});

it('is of the last two seconds', () => {
  const then = every(1_800, 101, 180_000);
  expect(fed(...every(3_600, 50), ...then).perSecond).toBeCloseTo(50);
});

it('does not mind the order', () => {
  const reordered = every(3_600, 60).flatMap((time, index, all) =>
    index % 2 === 0 ? [all[index + 1] ?? time] : [all[index - 1] ?? time],
  );
  expect(fed(...reordered).perSecond).toBeCloseTo(25, 0);
});

it('knows nothing of pictures that are a second apart, and of a pause', () => {
  expect(fed(...every(91_000, 10)).perSecond).toBeUndefined();
  expect(fed(...every(3_600, 40), ...every(3_600, 40, 900_000)).perSecond).toBeUndefined();
  const paused = fed(...every(3_600, 51), ...every(3_600, 40, 900_000));
  expect(paused.perSecond).toBeCloseTo(25);
});

it('begins anew after an interruption', () => {
  const rate = fed(...every(3_600, 40));
  rate.interrupted();
  for (const pts90k of every(3_600, 40, 150_000)) rate.picture({ pts90k });
  expect(rate.perSecond).toBeUndefined();
});
