import { describe, expect, it } from '@jest/globals';
import { LocalTime } from '../../src/liveview/local-time.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const words = (minute: number) => {
  const two = (value: number) => String(value).padStart(2, '0');
  const ofDay = minute % 1_440;
  return `${DAYS[Math.floor(minute / 1_440)]} ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
};

describe('the time on the wall', () => {
  // Amsterdam leaves out 02:00–03:00 on 29 March 2026 and has it twice on 25 October 2026.
  it.each([
    ['Europe/Amsterdam', '2026-01-01T00:00:00Z', 'thu 01:00'],
    ['Europe/Amsterdam', '2026-01-04T22:59:59.999Z', 'sun 23:59'],
    ['Europe/Amsterdam', '2026-01-04T23:00:00Z', 'mon 00:00'],
    ['Europe/Amsterdam', '2026-03-29T00:59:59Z', 'sun 01:59'],
    ['Europe/Amsterdam', '2026-03-29T01:00:00Z', 'sun 03:00'],
    ['Europe/Amsterdam', '2026-10-25T00:30:00Z', 'sun 02:30'],
    ['Europe/Amsterdam', '2026-10-25T01:30:00Z', 'sun 02:30'],
    ['Europe/Amsterdam', '2026-10-25T02:00:00Z', 'sun 03:00'],
    ['UTC', '2026-03-29T01:00:00Z', 'sun 01:00'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 'thu 05:45'],
  ])('in %s at %s is %s', (zone, at, expected) => {
    const time = new LocalTime(zone);
    const unixMs = Date.parse(at);
    expect(words(time.minuteOfWeek(unixMs))).toBe(expected);
    expect(words(time.minuteOfWeek(unixMs))).toBe(expected);
  });

  it('is right again after other minutes were asked for', () => {
    const time = new LocalTime('UTC');
    const minutes = Array.from({ length: 10 }, (_, index) => index);
    for (const round of [minutes, minutes]) {
      expect(round.map((minute) => time.minuteOfWeek(minute * 60_000))).toEqual(
        minutes.map((minute) => 3 * 1_440 + minute),
      );
    }
  });

  it('is of no place that there is not', () => {
    expect(() => new LocalTime('Europe/Rotterdam')).toThrow(RangeError);
  });
});
