import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CameraInfo, OwnerRule } from '../../src/liveview/model.ts';
import { asWritten, OwnerRules, ownerRefusal } from '../../src/liveview/owner-rules.ts';

const rules = new OwnerRules();
const camera = (sharing?: Partial<OwnerRule>): CameraInfo => ({
  ...{ id: 'a', name: 'Winkel', site: 's', requests: { ptz: 'auto', switch: 'auto' } },
  ...(sharing ? { sharing: { timezone: 'Europe/Amsterdam', ...sharing } } : {}),
});
const at = (time: string, of: CameraInfo, steady = time) =>
  rules.objection(of, 'robbery', Date.parse(time), Date.parse(steady)) ?? 'shared';

const DAY = camera({ hours: [{ from: 480, to: 1_080 }] });
const NIGHT = camera({ hours: [{ from: 1_320, to: 360 }], days: [4, 5] });

describe('the word of the owner', () => {
  it.each<[string, CameraInfo, string]>([
    ['a camera without one', camera(), 'shared'],
    ['never', camera({ never: true }), 'camera-never-shared'],
    ['its types', camera({ types: ['fire', 'robbery'] }), 'shared'],
    ['other types', camera({ types: ['fire'] }), 'camera-not-for-type'],
    ['a day of the week', camera({ days: [0] }), 'shared'],
    ['other days', camera({ days: [1, 2, 3, 4, 5, 6] }), 'camera-outside-hours'],
  ])('with %s: %s', (_, of, expected) => {
    expect(at('2026-01-05T12:00:00Z', of)).toBe(expected);
  });

  // 08:00–18:00 in Amsterdam: in winter from 07:00Z, in summer from 06:00Z.
  it.each([
    ['2026-01-05T06:59:59.999Z', 'camera-outside-hours'],
    ['2026-01-05T07:00:00Z', 'shared'],
    ['2026-01-05T16:59:59.999Z', 'shared'],
    ['2026-01-05T17:00:00Z', 'camera-outside-hours'],
    ['2026-03-28T06:30:00Z', 'camera-outside-hours'],
    ['2026-03-29T06:30:00Z', 'shared'],
    ['2026-03-29T16:30:00Z', 'camera-outside-hours'],
    ['2026-10-24T06:30:00Z', 'shared'],
    ['2026-10-25T06:30:00Z', 'camera-outside-hours'],
    ['2026-10-25T16:30:00Z', 'shared'],
  ])('of 08:00–18:00 at %s: %s', (time, expected) => {
    expect(at(time, DAY)).toBe(expected);
  });

  // Friday and Saturday 22:00–06:00; 29 March and 25 October 2026 are Sundays.
  it.each([
    ['2026-03-26T21:00:00Z', 'camera-outside-hours'],
    ['2026-03-27T20:59:59Z', 'camera-outside-hours'],
    ['2026-03-27T21:00:00Z', 'shared'],
    ['2026-03-28T04:59:59Z', 'shared'],
    ['2026-03-28T05:00:00Z', 'camera-outside-hours'],
    ['2026-03-29T03:59:59Z', 'shared'],
    ['2026-03-29T04:00:00Z', 'camera-outside-hours'],
    ['2026-03-29T20:00:00Z', 'camera-outside-hours'],
    ['2026-10-25T04:59:59Z', 'shared'],
    ['2026-10-25T05:00:00Z', 'camera-outside-hours'],
  ])('of the nights of Friday and Saturday at %s: %s', (time, expected) => {
    expect(at(time, NIGHT)).toBe(expected);
  });

  it('counts an hour that is there twice twice, and one that is left out not at all', () => {
    const half = camera({ hours: [{ from: 120, to: 150 }] });
    expect(at('2026-10-25T00:10:00Z', half)).toBe('shared');
    expect(at('2026-10-25T00:40:00Z', half)).toBe('camera-outside-hours');
    expect(at('2026-10-25T01:10:00Z', half)).toBe('shared');
    expect(at('2026-03-29T00:59:00Z', half)).toBe('camera-outside-hours');
    expect(at('2026-03-29T01:00:00Z', half)).toBe('camera-outside-hours');
  });

  it('holds by the wall clock and by the steady one', () => {
    const [inside, outside] = ['2026-01-05T12:00:00Z', '2026-01-05T17:00:00Z'];
    expect(at(inside, DAY, inside)).toBe('shared');
    expect(at(inside, DAY, outside)).toBe('camera-outside-hours');
    expect(at(outside, DAY, inside)).toBe('camera-outside-hours');
  });

  it('is that of any minute of its hours, whatever the hours and days', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const hours = fc
      .record({ from: minute, to: fc.integer({ min: 0, max: 1_440 }) })
      .filter(({ from, to }) => from !== to);
    const days = fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(hours, { minLength: 1, maxLength: 3 }),
        days,
        fc.integer({ min: 0, max: 7 * 1_440 - 1 }),
        (spans, on, weekMinute) => {
          const open = new Set<number>();
          for (const day of on) {
            for (const { from, to } of spans) {
              const length = from < to ? to - from : 1_440 - from + to;
              for (let past = 0; past < length; past++) {
                open.add((day * 1_440 + from + past) % (7 * 1_440));
              }
            }
          }
          const of = camera({ hours: spans, days: on, timezone: 'UTC' });
          const monday = Date.UTC(2026, 0, 5);
          const time = new Date(monday + weekMinute * 60_000).toISOString();
          expect(at(time, of)).toBe(open.has(weekMinute) ? 'shared' : 'camera-outside-hours');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is told to the operator as it is written', () => {
    const nights = { ...NIGHT.sharing, timezone: 'Europe/Amsterdam' };
    expect(asWritten(nights)).toEqual({
      ...{ hours: ['22:00-06:00'], days: ['fri', 'sat'], timezone: 'Europe/Amsterdam' },
    });
    expect(ownerRefusal('camera-outside-hours', NIGHT).message).toBe(
      'Winkel is not shared: its owner shares it 22:00-06:00 fri sat (Europe/Amsterdam) only',
    );
    expect(ownerRefusal('camera-not-for-type', camera({ types: ['fire', 'other'] }))).toMatchObject(
      {
        code: 'camera-not-for-type',
        message: 'Winkel is not shared: its owner shares it for fire, other only',
      },
    );
    expect(ownerRefusal('camera-never-shared', camera({ never: true })).message).toContain(
      'with nobody',
    );
  });
});
