import { describe, expect, it } from '@jest/globals';
import { Timeline } from '../../../src/video/rtp/timeline.ts';

/** Steps between the times given for these timestamps. */
function steps(timestamps: readonly number[], timeline = new Timeline()): number[] {
  const times = timestamps.map((timestamp) => timeline.next(timestamp >>> 0));
  return times.slice(1).map((time, i) => time - (times[i] ?? 0));
}

describe('Timeline', () => {
  it('begins at 0 wherever the camera begins', () => {
    expect(new Timeline().next(0xdeadbeef)).toBe(0);
  });

  it('passes the wrap of 32 bits', () => {
    expect(steps([0xffffffff - 3_599, 0, 3_600])).toEqual([3_600, 3_600]);
  });

  it('goes back where B-frames do, and never below 0', () => {
    expect(steps([0, 10_800, 3_600, 7_200, 21_600])).toEqual([10_800, -7_200, 3_600, 14_400]);
    const timeline = new Timeline();
    timeline.next(9_000);
    expect(timeline.next(0)).toBe(0);
  });

  it('believes a pause of up to five seconds', () => {
    expect(steps([0, 450_000])).toEqual([450_000]);
  });

  it('stamps outliers anew, hours back or ahead, and goes on (Intelbras)', () => {
    const back = -9_800 * 90_000;
    const ahead = 37_600 * 90_000;
    const timeline = new Timeline();
    const sent = [0, 3_600, 7_200 + back, 10_800, 14_400 + ahead, 18_000];
    expect(steps(sent, timeline)).toEqual([3_600, 3_600, 3_600, 3_600, 3_600]);
    expect(timeline.outliers).toBe(2);
  });

  it('accepts a new timeline after three pictures that agree', () => {
    const other = 2_000_000_000;
    const sent = [0, 3_600, other, other + 9_000, other + 18_000, other + 27_000];
    expect(steps(sent)).toEqual([3_600, 3_600, 3_600, 3_600, 9_000]);
  });

  it('keeps its own pace while timestamps agree with nothing', () => {
    const far = 100_000_000;
    expect(steps([0, 3_600, far, 3 * far, 7 * far, 13 * far])).toEqual([
      3_600, 3_600, 3_600, 3_600, 3_600,
    ]);
  });

  it('goes on after a restart one interval later (Tapo starts anew)', () => {
    const timeline = new Timeline();
    timeline.next(1_000_000);
    expect(timeline.next(1_003_600)).toBe(3_600);
    timeline.restart();
    expect(timeline.next(5)).toBe(7_200);
    expect(timeline.next(3_605)).toBe(10_800);
  });

  it('continues after the highest time when a restart follows B-frames', () => {
    const timeline = new Timeline();
    for (const timestamp of [0, 10_800, 3_600]) timeline.next(timestamp);
    timeline.restart();
    expect(timeline.next(0)).toBeGreaterThan(10_800);
  });
});
