import { describe, expect, it } from '@jest/globals';
import { checkSessions } from '../../../src/gateway/doctor/session-check.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeSource, PLAYING, waiting } from './fake-source.ts';

/** @param onStart what the camera does with session number 1, 2, … */
function examine(onStart: (number: number, all: readonly FakeSource[]) => void) {
  const clock = new ManualClock();
  const opened: FakeSource[] = [];
  const report = checkSessions({
    clock,
    open: (taps) => {
      const source = new FakeSource(taps, () => onStart(opened.length, opened));
      opened.push(source);
      return source;
    },
  });
  return { clock, opened, report };
}

describe('how many sessions a camera grants', () => {
  it('is asked up to four, and all are closed', async () => {
    const { report, opened } = examine((number, all) => all[number - 1]?.enter(PLAYING));
    expect(await report).toEqual({ asked: 4, granted: 4, dropped: 0 });
    expect(opened.map(({ stopped }) => stopped)).toEqual([true, true, true, true]);
  });

  it('ends at the first refusal', async () => {
    const { report, opened } = examine((number, all) =>
      all[number - 1]?.enter(number <= 2 ? PLAYING : waiting('camera-busy')),
    );
    expect(await report).toMatchObject({
      asked: 3,
      granted: 2,
      dropped: 0,
      refusal: { code: 'camera-busy' },
    });
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
  });

  it('sees that a new one costs an earlier one', async () => {
    const { report } = examine((number, all) => {
      all[number - 1]?.enter(PLAYING);
      if (number === 3) all[0]?.enter(waiting('camera-closed'));
    });
    expect(await report).toEqual({ asked: 4, granted: 3, dropped: 1 });
  });

  it('waits for no answer for ever', async () => {
    const { report, clock, opened } = examine((number, all) => {
      if (number === 1) all[0]?.enter(PLAYING);
    });
    await clock.advanceAsync(30_000);
    expect(await report).toMatchObject({ asked: 2, granted: 1, refusal: { code: 'timeout' } });
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
  });
});
