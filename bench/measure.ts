import { sleep } from '../src/core/clock.ts';
import type { Bench, Row } from './bench.ts';
import type { DelayMeter, StreamFigures } from './delay-meter.ts';
import { disturbances, loadBetween, snapshot } from './load.ts';
import { spreadOf } from './statistics.ts';

/** The looped clip of the virtual cameras. */
export const CAMERA_FPS = 25;

/** Streams that run, by one contender. */
export interface Running {
  /** Of the contender. */
  readonly pid: number;
  readonly meters: readonly DelayMeter[];
}

const START_DEADLINE_MS = 90_000;
/** Three pictures: the camera itself did not get a processor in time. */
const PAUSE_MS = 120;
const FEWER = 0.95;

/** Waits for the first picture of each stream, warms up, and measures. */
export async function measure(
  { clock, pace }: Bench,
  { pid, meters }: Running,
  head: Pick<Row, 'id' | 'measured' | 'contender' | 'rival'>,
): Promise<Row> {
  await inTime(Promise.all(meters.map((meter) => meter.begun)), head.contender);
  await sleep(clock, pace.warmUpMs);
  const before = snapshot(clock, pid);
  for (const meter of meters) meter.open();
  await sleep(clock, pace.measureMs);
  for (const meter of meters) meter.close();
  const after = snapshot(clock, pid);
  const figures = meters.map((meter) => meter.figures());
  const spread = spreadOf(figures.flatMap(({ delaysMs }) => delaysMs));
  const load = { lost: sum(figures.map(({ lost }) => lost)), ...loadBetween(before, after) };
  const expected = (meters.length * (after.atMs - before.atMs) * CAMERA_FPS) / 1_000;
  const warnings = [...doubts(figures, spread.count / expected), ...disturbances(load)];
  return { ...head, ...spread, load, warnings };
}

/** What a reader has to know before believing the figures. */
function doubts(figures: readonly StreamFigures[], share: number): string[] {
  const lost = sum(figures.map((stream) => stream.lost));
  const unstamped = sum(figures.map((stream) => stream.unstamped));
  const pauseMs = Math.max(...figures.map((stream) => stream.longestPauseMs));
  return [
    ...(lost > 0 ? [`pictures lost: ${lost}`] : []),
    ...(unstamped > 0 ? [`pictures that do not say when they were sent: ${unstamped}`] : []),
    ...(share < FEWER ? [`only ${Math.round(share * 100)} % of the expected pictures came`] : []),
    ...(pauseMs > PAUSE_MS ? [`the camera itself paused for ${pauseMs.toFixed(0)} ms`] : []),
  ];
}

/** @throws Error when it takes longer than any contender needs to begin. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`${what}: nothing came within ${START_DEADLINE_MS / 1_000} s`);
    timer = setTimeout(() => reject(error), START_DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
