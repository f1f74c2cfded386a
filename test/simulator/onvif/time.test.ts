import { describe, expect, it } from '@jest/globals';
import { duration, durationMs, terminationMs } from '../../../src/simulator/onvif/time.ts';

describe('durationMs', () => {
  it.each([
    ['PT1S', 1_000],
    ['PT0.5S', 500],
    ['PT1M', 60_000],
    ['PT1H1M1.25S', 3_661_250],
    ['P1D', 86_400_000],
    ['P1DT1S', 86_401_000],
    ['PT0S', 0],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '1',
    '1S',
    '-PT1S',
    'P1Y',
    'P1M',
    'PT1',
    'PT.5S',
    'PT1S ',
    'pt1s',
  ])('refuses “%s”', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });

  it('reads what `duration` writes', () => {
    for (const ms of [0, 100, 1_500, 60_000]) expect(durationMs(duration(ms))).toBe(ms);
  });
});

describe('terminationMs', () => {
  it.each([
    ['a duration from now', 'PT1M', 61_000],
    ['a moment', '1970-01-01T00:02:00Z', 120_000],
    ['neither', 'soon', undefined],
  ])('reads %s', (_, text, expected) => {
    expect(terminationMs(text, 1_000)).toBe(expected);
  });
});
