import { describe, expect, it } from '@jest/globals';
import { type Bench, QUICK } from '../../bench/bench.ts';
import { DelayMeter } from '../../bench/delay-meter.ts';
import { inTime, measure } from '../../bench/measure.ts';
import type { Clock } from '../../src/core/clock.ts';

const pace = { ...QUICK, warmUpMs: 1_000, measureMs: 2_000 };
const head = { id: 'x', measured: 'something', contender: 'somebody' };

/** A clock on which waiting takes no time; `during` happens while somebody waits. */
function benchOf(during: (fromMs: number, untilMs: number) => void): Bench {
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => nowMs,
    unixUs: () => nowMs * 1_000,
    setTimer(delayMs, task) {
      during(nowMs, nowMs + delayMs);
      nowMs += delayMs;
      queueMicrotask(task);
      return { cancel: () => undefined };
    },
  };
  return { root: '', folder: '', clock, offsetUs: 0, pace };
}

/** A camera of 25 pictures a second whose pictures arrive after `delayMs`, those of `present` at least. */
function measured(delayMs: number, present: (number: number) => boolean = () => true) {
  const meter = new DelayMeter(25);
  const send = (number: number) => {
    const sentUs = number * 40_000;
    const receivedUs = sentUs + delayMs * 1_000;
    if (present(number)) meter.arrived({ sentUs, receivedUs, seconds: number / 25 });
  };
  send(0);
  const bench = benchOf((fromMs, untilMs) => {
    for (let number = fromMs / 40 + 1; number * 40 <= untilMs; number++) send(number);
  });
  return measure(bench, { pid: process.pid, meters: [meter] }, head);
}

describe('measuring a stream', () => {
  it('counts the pictures after the warming up, and finds the load of the contender', async () => {
    const row = await measured(3);
    expect(row).toMatchObject({ ...head, count: 50, p50Ms: 3, maxMs: 3 });
    expect(row.load).toMatchObject({ lost: 0 });
    expect(row.load?.processes).toBeGreaterThanOrEqual(1);
    expect(row.load?.residentMiB).toBeGreaterThan(10);
  });

  it('says when pictures were lost', async () => {
    const row = await measured(3, (number) => number !== 40 && number !== 41);
    expect(row.load?.lost).toBe(2);
    expect(row.warnings).toContain('pictures lost: 2');
  });

  it('says when the camera itself did not send in time', async () => {
    const row = await measured(3, (number) => number < 40 || number >= 44);
    expect(row.warnings).toContain('the camera itself paused for 200 ms');
  });

  it('says when far fewer pictures came than a camera sends', async () => {
    const row = await measured(3, (number) => number < 60);
    expect(row.warnings).toContain('only 68 % of the expected pictures came');
  });

  it('makes no figures when nothing came', async () => {
    await expect(measured(3, (number) => number === 0)).rejects.toThrow('nothing was measured');
  });
});

describe('a deadline', () => {
  it('gives what came in time', async () => {
    await expect(inTime(Promise.resolve(1), 'it')).resolves.toBe(1);
    await expect(inTime(Promise.reject(new Error('ended')), 'it')).rejects.toThrow('ended');
  });
});
