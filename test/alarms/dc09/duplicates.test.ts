import { describe, expect, it } from '@jest/globals';
import { Centre, KEYS, panel, THEN_UNIX_MS, withKey } from './support.ts';

/** Answered, and told so many times by then. */
function told(centre: Centre, ...hear: readonly (() => string | undefined)[]): number[] {
  return hear.map((once) => {
    expect(once()).toContain('ACK');
    return centre.reports.length;
  });
}

const without = { timeUnixMs: undefined };
const at = (ms: number) => ({ timeUnixMs: THEN_UNIX_MS + ms });

describe('a message that comes again', () => {
  it('is acknowledged and not told twice', () => {
    const centre = new Centre([panel('1409')]);
    const hear = () => centre.hearMessage();
    expect(told(centre, hear, hear, hear)).toEqual([1, 1, 1]);
    expect(centre.answering.counts.repeated).toBe(2);
  });

  it('is that although it is encrypted anew, with another time', () => {
    const centre = new Centre([withKey('1409', KEYS[128])]);
    const first = () => centre.hearMessage(at(0), KEYS[128]);
    const again = () => centre.hearMessage(at(5_000), KEYS[128]);
    expect(told(centre, first, again)).toEqual([1, 1]);
  });

  it('is that after others, when it bears the same time: it was long under way', () => {
    const centre = new Centre([panel('1409')]);
    const first = () => centre.hearMessage();
    const other = () => centre.hearMessage({ sequence: 2, data: '#1409|NTA1' });
    const late = () => {
      centre.clock.advance(5 * 60_000);
      return centre.hearMessage();
    };
    expect(told(centre, first, other, late)).toEqual([1, 2, 2]);
  });

  it('is not that after a while, without a time', () => {
    const centre = new Centre([panel('1409')]);
    const first = () => centre.hearMessage(without);
    const soon = () => {
      centre.clock.advance(59_000);
      return centre.hearMessage(without);
    };
    const late = () => {
      centre.clock.advance(1_000);
      return centre.hearMessage(without);
    };
    expect(told(centre, first, soon, late)).toEqual([1, 1, 2]);
  });

  it('is not that when the panel has begun to number anew', () => {
    const centre = new Centre([panel('1409')]);
    const alarm = (time: object) => () => centre.hearMessage({ sequence: 1, ...time });
    const end = () => centre.hearMessage({ sequence: 2, data: '#1409|Nri1/HH12', ...without });
    expect(told(centre, alarm(without), end, alarm(without))).toEqual([1, 2, 3]);
    expect(told(centre, end, alarm(at(1_000)))).toEqual([4, 5]);
  });

  it('is not that when the numbers have come round, by 0000 or by 0001', () => {
    const centre = new Centre([panel('1409')]);
    const numbered = (sequence: number, ms: number) => () =>
      centre.hearMessage({ sequence, ...at(ms) });
    const all = [numbered(9_999, 0), numbered(0, 1_000), numbered(1, 2_000)];
    expect(told(centre, ...all)).toEqual([1, 2, 3]);
    expect(told(centre, ...all)).toEqual([3, 3, 3]);
    expect(told(centre, numbered(9_999, 3_000), numbered(0, 4_000))).toEqual([4, 5]);
  });

  it('is not that with another content, number or account', () => {
    const centre = new Centre([panel('1409'), panel('1410')]);
    expect(
      told(
        centre,
        () => centre.hearMessage(),
        () => centre.hearMessage({ data: '#1409|Nri1/HA13' }),
        () => centre.hearMessage({ sequence: 2 }),
        () => centre.hearMessage({ account: '1410', data: '#1409|Nri1/HA12' }),
        () => centre.hearMessage({ sequence: 3, extended: ['IKassa'] }),
      ),
    ).toEqual([1, 2, 3, 4, 5]);
  });

  it('is that although supervision came in between', () => {
    const centre = new Centre([panel('1409')]);
    const alarm = () => centre.hearMessage(without);
    const alive = () => centre.hearMessage({ id: 'NULL', data: '', sequence: 0 });
    expect(told(centre, alarm, alive, alarm)).toEqual([1, 1, 1]);
  });

  it('is not known when it was not acknowledged', () => {
    const centre = new Centre([panel('1409')]);
    centre.fault = new Error('the disk is full');
    expect(centre.hearMessage()).toBeUndefined();
    centre.fault = undefined;
    expect(told(centre, () => centre.hearMessage())).toEqual([1]);
  });
});
