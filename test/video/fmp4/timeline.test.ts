import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SampleTime, Timeline } from '../../../src/video/fmp4/timeline.ts';

const MS = 90;
const reordering = (declared: number, most = 16) => ({ declared, most });

describe('timeline', () => {
  it('gives each sample the interval before it, from the end of the last', () => {
    expect(place(steady(), [0, 40, 95, 130])).toEqual([
      [0, 40, 0],
      [40, 40, 0],
      [80, 55, 0],
      [135, 35, 0],
    ]);
  });

  it('begins with the rate that the stream names', () => {
    const timeline = new Timeline();
    timeline.stream(reordering(0), 100 * MS);
    expect(timeline.place(5_000 * MS)).toMatchObject({ decodeTime90k: 0, duration90k: 100 * MS });
  });

  it('places what follows a gap one interval after the last picture', () => {
    const timeline = steady();
    place(timeline, [0, 40]);
    timeline.restart();
    expect(place(timeline, [9_000, 9_040])).toEqual([
      [80, 40, 0],
      [120, 40, 0],
    ]);
  });

  it.each([
    ['ahead', 37_600_000],
    ['back', -9_800_000],
  ])('repairs timestamps hours %s', (_, jump) => {
    const times = [0, 40, 80, 120 + jump, 160 + jump, 200 + jump, 240].map((t) => t + 1e8);
    expect(place(steady(), times).map(([at]) => at)).toEqual([0, 40, 80, 120, 160, 200, 240]);
  });

  it('follows a camera that slows down', () => {
    expect(place(steady(), [0, 40, 80, 1_080, 2_080]).map(([, duration]) => duration)).toEqual([
      40, 40, 40, 1_000, 1_000,
    ]);
  });

  it('keeps pictures of the same moment apart', () => {
    const times = [0, 40, 40, 40, 120].map((ms) => ms * MS);
    const timeline = steady();
    const samples = times.map((time) => timeline.place(time));
    expect(contiguous(samples)).toBe(true);
    expect(samples.at(-1)?.duration90k).toBe(80 * MS - 2);
  });

  it('offsets pictures that are reordered as declared', () => {
    const timeline = new Timeline();
    timeline.stream(reordering(2), 40 * MS);
    const order = [0, 160, 80, 40, 120, 320, 240, 200, 280];
    const placed = place(timeline, order);
    expect(placed.map(([at]) => at)).toEqual(order.map((_, i) => i * 40));
    expect(placed.map(([at = 0, , offset = 0]) => at + offset)).toEqual(
      order.map((time) => time + 120),
    );
  });

  it('finds out that pictures are reordered, and then offsets them', () => {
    const timeline = new Timeline();
    timeline.stream(reordering(0), 40 * MS);
    const order = [0, 120, 40, 80, 240, 160, 200, 360, 280, 320, 480, 400, 440];
    const samples = order.map((ms) => timeline.place(ms * MS));
    expect(timeline.reordered).toBe(1);
    expect(contiguous(samples)).toBe(true);
    const late = samples.slice(6).map((s) => s.decodeTime90k + s.compositionOffset90k);
    const shift = (late[0] ?? 0) - 200 * MS;
    expect(late.map((time) => time - shift)).toEqual(order.slice(6).map((ms) => ms * MS));
  });

  it('takes a step back for a wrong clock where nothing can be reordered', () => {
    const timeline = new Timeline();
    timeline.stream(reordering(0, 0), 40 * MS);
    expect(place(timeline, [1_000, 1_040, 540, 580])).toEqual([
      [0, 40, 0],
      [40, 40, 0],
      [80, 40, 0],
      [120, 40, 0],
    ]);
  });

  it('shows every picture at its own time, and none before it is decoded, as deep as declared', () => {
    const depth = fc.integer({ min: 1, max: 4 });
    const jitter = fc.array(fc.integer({ min: -1_700, max: 1_700 }), {
      minLength: 8,
      maxLength: 60,
    });
    fc.assert(
      fc.property(depth, jitter, fc.infiniteStream(fc.nat(100)), (declared, offsets, choices) => {
        const times = offsets.map((offset, i) => i * 3_600 + offset);
        const timeline = new Timeline();
        timeline.stream(reordering(declared, declared), 3_600);
        const sent = reorderedBy(times, declared, () => choices.next().value);
        const samples = sent.map((time) => timeline.place(time));
        const late = samples.map(
          (sample, i) => sample.decodeTime90k + sample.compositionOffset90k - (sent[i] ?? 0),
        );
        expect(new Set(late).size).toBe(1);
        const offsets90k = samples.map((sample) => sample.compositionOffset90k);
        expect(Math.min(...offsets90k)).toBeGreaterThanOrEqual(0);
        expect(contiguous(samples)).toBe(true);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('never leaves a gap nor goes back, whatever the times', () => {
    const time = fc.integer({ min: 0, max: 2 ** 40 });
    const step = fc.integer({ min: -200_000, max: 800_000 });
    const shape = fc.record({ declared: fc.nat(4), most: fc.nat(16) });
    fc.assert(
      fc.property(shape, time, fc.array(step, { maxLength: 60 }), (order, start, steps) => {
        const timeline = new Timeline();
        timeline.stream(order);
        let now = start;
        const samples = steps.map((by) => {
          now += by;
          return timeline.place(now);
        });
        expect(contiguous(samples)).toBe(true);
        expect(samples.every((sample) => sample.duration90k > 0)).toBe(true);
        expect(samples.every((sample) => Number.isInteger(sample.duration90k))).toBe(true);
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});

/**
 * An order of sending in which at most `depth` pictures precede one that is shown before them. The first
 * is a key frame, before which nothing is shown.
 */
function reorderedBy(times: readonly number[], depth: number, choose: () => number): number[] {
  const waiting: number[] = [];
  const sent = times.slice(0, 1);
  let next = 1;
  while (sent.length < times.length) {
    while (waiting.length <= depth && next < times.length) waiting.push(times[next++] ?? 0);
    // Whoever overtakes the first may not do so more than `depth` times.
    const overtaken = sent.filter((time) => time > (waiting[0] ?? 0)).length;
    const at = overtaken >= depth ? 0 : choose() % waiting.length;
    sent.push(...waiting.splice(at, 1));
  }
  return sent;
}

function steady(): Timeline {
  const timeline = new Timeline();
  timeline.stream(reordering(0), 40 * MS);
  return timeline;
}

/** Decoding time, duration and composition offset of each, in milliseconds. */
function place(timeline: Timeline, timesMs: readonly number[]): number[][] {
  return timesMs.map((ms) => {
    const sample = timeline.place(ms * MS);
    return [sample.decodeTime90k, sample.duration90k, sample.compositionOffset90k].map(
      (t) => t / MS,
    );
  });
}

function contiguous(samples: readonly SampleTime[]): boolean {
  return samples.every((sample, i) => {
    const before = samples[i - 1];
    return sample.decodeTime90k === (before ? before.decodeTime90k + before.duration90k : 0);
  });
}
