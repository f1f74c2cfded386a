import { sleep } from '../src/core/clock.ts';
import type { Bench, Row } from './bench.ts';
import type { DelayMeter, StreamFigures } from './delay-meter.ts';
import { spreadOf } from './statistics.ts';
import { machineTimes, usageOf } from './usage.ts';

/** The looped clip of the virtual cameras. */
export const CAMERA_FPS = 25;

/** Streams that run, by one contender. */
export interface Running {
  /** Of the contender. */
  readonly pid: number;
  readonly meters: readonly DelayMeter[];
}

const START_DEADLINE_MS = 30_000;
/** Below this the contenders wait for a processor, and that is what is measured. */
const OVERLOADED_IDLE_PERCENT = 10;
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
  const before = { atMs: clock.nowMs(), usage: usageOf(pid), machine: machineTimes() };
  for (const meter of meters) meter.open();
  await sleep(clock, pace.measureMs);
  for (const meter of meters) meter.close();
  const tookMs = clock.nowMs() - before.atMs;
  const usage = usageOf(pid);
  const machine = machineTimes();
  const idleMs = machine.idleMs - before.machine.idleMs;
  const busyMs = machine.busyMs - before.machine.busyMs;
  const figures = meters.map((meter) => meter.figures());
  const spread = spreadOf(figures.flatMap(({ delaysMs }) => delaysMs));
  const load = {
    lost: sum(figures.map(({ lost }) => lost)),
    cpuPercent: (100 * (usage.cpuMs - before.usage.cpuMs)) / tookMs,
    residentMiB: usage.residentMiB,
    processes: usage.processes,
    idlePercent: (100 * idleMs) / (idleMs + busyMs),
  };
  const expected = (meters.length * tookMs * CAMERA_FPS) / 1_000;
  const warnings = doubts(figures, load.idlePercent, spread.count / expected);
  return { ...head, ...spread, load, warnings };
}

/** What a reader has to know before believing the figures. */
function doubts(figures: readonly StreamFigures[], idlePercent: number, share: number): string[] {
  const lost = sum(figures.map((stream) => stream.lost));
  const unstamped = sum(figures.map((stream) => stream.unstamped));
  const pauseMs = Math.max(...figures.map((stream) => stream.longestPauseMs));
  return [
    ...(lost > 0 ? [`pictures lost: ${lost}`] : []),
    ...(unstamped > 0 ? [`${unstamped} pictures do not say when they were sent`] : []),
    ...(share < FEWER ? [`only ${Math.round(share * 100)} % of the expected pictures came`] : []),
    ...(idlePercent < OVERLOADED_IDLE_PERCENT
      ? [`the machine was overloaded: ${idlePercent.toFixed(0)} % idle`]
      : []),
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
