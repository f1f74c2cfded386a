import { describe, expect, it } from '@jest/globals';
import { Centre, KEYS, panel, withKey } from './support.ts';

const MINUTE = 60_000;
const watched = (seconds = 300) => panel('1409', { supervisionMs: seconds * 1_000 });
const alive = { id: 'NULL', data: '', sequence: 0, timeUnixMs: undefined };

const summary = (centre: Centre) =>
  centre.reports.map(({ key, kind, restored, text }) => [key, kind, restored, text.en]);

const SILENT = [
  'silent',
  'technical',
  false,
  'Alarm panel 1409 has fallen silent (for over 5 minutes)',
];
const BACK = ['silent', 'technical', true, 'Alarm panel 1409 reports again'];

describe('supervision', () => {
  it('tells of a silent panel once, and once when it speaks again', () => {
    const centre = new Centre([watched()]);
    centre.clock.advance(5 * MINUTE - 1);
    expect(centre.reports).toEqual([]);
    centre.clock.advance(1);
    expect(summary(centre)).toEqual([SILENT]);
    centre.clock.advance(60 * MINUTE);
    expect(summary(centre)).toEqual([SILENT]);
    centre.hearMessage(alive);
    centre.hearMessage(alive);
    expect(summary(centre)).toEqual([SILENT, BACK]);
    centre.clock.advance(5 * MINUTE);
    expect(summary(centre)).toEqual([SILENT, BACK, SILENT]);
    expect(centre.reports[0]).toMatchObject({ priority: 2, site: 'jeweller', account: '1409' });
    expect(centre.reports[0]?.text.nl).toBe(
      'Alarmsysteem 1409 meldt zich niet meer (langer dan 5 min)',
    );
  });

  it('counts from whatever was heard last', () => {
    const centre = new Centre([watched()]);
    for (let minute = 0; minute < 60; minute += 4) {
      centre.clock.advance(4 * MINUTE);
      centre.hearMessage(minute % 8 ? alive : { sequence: minute, data: '#1409|NRP' });
    }
    expect(centre.reports).toEqual([]);
  });

  it('does not take for a sign of life what anybody could have sent', () => {
    const key = KEYS[128];
    const centre = new Centre([withKey('1409', key, { supervisionMs: 5 * MINUTE })]);
    centre.clock.advance(4 * MINUTE);
    centre.hearMessage(alive);
    centre.hearMessage({ ...alive, timeUnixMs: 0 }, key);
    centre.clock.advance(MINUTE);
    expect(centre.texts).toEqual([
      'Alarm panel 1409 has fallen silent (for over 5 minutes): the clock of the panel is wrong',
    ]);
  });

  it.each([
    [90, '90 s', '90 seconds'],
    [60, '1 min', '1 minute'],
    [7_200, '2 uur', '2 hours'],
  ])('says how long: %s s', (seconds, nl, en) => {
    const centre = new Centre([watched(seconds)]);
    centre.clock.advance(seconds * 1_000);
    expect(centre.reports[0]?.text.nl).toContain(`(langer dan ${nl})`);
    expect(centre.reports[0]?.text.en).toContain(`(for over ${en})`);
  });

  it('tells it later when it cannot be recorded', () => {
    const centre = new Centre([watched()]);
    centre.fault = new Error('the disk is full');
    centre.clock.advance(6 * MINUTE);
    centre.fault = undefined;
    centre.clock.advance(15_000);
    expect(summary(centre)).toEqual([SILENT]);
    centre.fault = new Error('the disk is full');
    expect(centre.hearMessage(alive)).toContain('"ACK"');
    centre.fault = undefined;
    centre.clock.advance(15_000);
    expect(summary(centre)).toEqual([SILENT, BACK]);
  });

  it('does not tell again after a restart what is still said, and does tell when it is over', () => {
    const centre = new Centre([watched()], new Set(['1409']));
    centre.clock.advance(60 * MINUTE);
    expect(centre.reports).toEqual([]);
    centre.hearMessage(alive);
    expect(summary(centre)).toEqual([BACK]);
  });

  it('tells of very many in slices, between which there is time for others', () => {
    const centre = new Centre(
      Array.from({ length: 1_000 }, (_, index) =>
        panel(String(1_000 + index), { supervisionMs: 5 * MINUTE }),
      ),
    );
    let others = 0;
    const before: number[] = [];
    centre.onTold = () => {
      before.push(others);
      centre.clock.setTimer(0, () => {
        others += 1;
      });
    };
    centre.clock.advance(5 * MINUTE);
    expect(new Set(centre.reports.map(({ account }) => account)).size).toBe(1_000);
    expect(centre.together).toEqual([...Array(31).fill(32), 8]);
    expect(before).toEqual([...before.keys()]);
    centre.clock.advance(60 * MINUTE);
    expect(centre.reports).toHaveLength(1_000);
  });

  it('follows the configuration', () => {
    const centre = new Centre([panel('1409')]);
    centre.clock.advance(60 * MINUTE);
    centre.update([watched()]);
    centre.clock.advance(4 * MINUTE);
    centre.update([watched(600)]);
    centre.clock.advance(5 * MINUTE);
    expect(centre.reports).toEqual([]);
    centre.clock.advance(MINUTE);
    expect(centre.texts).toEqual(['Alarm panel 1409 has fallen silent (for over 10 minutes)']);
    centre.update([]);
    centre.clock.advance(60 * MINUTE);
    expect(centre.reports).toHaveLength(1);
  });

  it('ends', () => {
    const centre = new Centre([watched()]);
    centre.answering.stop();
    expect(centre.clock.timers).toBe(0);
    centre.clock.advance(60 * MINUTE);
    expect(centre.reports).toEqual([]);
  });
});
