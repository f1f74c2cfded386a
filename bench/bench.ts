import type { Clock } from '../src/core/clock.ts';

/** What every scenario is given. */
export interface Bench {
  /** Of the repository. */
  readonly root: string;
  /** Of the bundled programs that run as processes of their own: `camera.mjs` and others. */
  readonly folder: string;
  /** That of the cameras too: see shared-clock.ts. */
  readonly clock: Clock;
  readonly offsetUs: number;
  readonly pace: Pace;
}

/** How much is measured. */
export interface Pace {
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly joins: number;
  /** Each needs a gateway or an ffmpeg of its own. */
  readonly coldJoins: number;
  /** Movements, switches and withdrawals, of each. */
  readonly commands: number;
  readonly manyCameras: number;
  readonly manyViewers: number;
}

export const FULL: Pace = {
  warmUpMs: 3_000,
  measureMs: 18_000,
  joins: 50,
  coldJoins: 10,
  commands: 40,
  manyCameras: 100,
  manyViewers: 1_000,
};

/** Shows that everything works; its figures mean nothing. */
export const QUICK: Pace = {
  warmUpMs: 500,
  measureMs: 2_000,
  joins: 5,
  coldJoins: 1,
  commands: 4,
  manyCameras: 3,
  manyViewers: 20,
};

/**
 * One thing to measure, with each contender in turn: a file in scenarios/ and an entry in
 * scenarios.ts.
 */
export interface Scenario {
  readonly title: string;
  run(bench: Bench): Promise<Row[]>;
}

/** What was found about one contender. */
export interface Row {
  /** Stable name, by which figures of several runs can be compared. */
  readonly id: string;
  readonly measured: string;
  readonly contender: string;
  /** The id of the row that this one is compared with. */
  readonly rival?: string;
  /** The times measured: pictures, or joins. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Where a stream was measured and not single events. */
  readonly load?: Load;
  /** What makes the figures doubtful; empty for a sound measurement. */
  readonly warnings: readonly string[];
}

export interface Load {
  readonly lost: number;
  /** Of one core; the contender and the processes that it started. */
  readonly cpuPercent: number;
  readonly residentMiB: number;
  readonly processes: number;
  /** Of all cores of the machine meanwhile. */
  readonly idlePercent: number;
  /** Of all cores, by processes that have nothing to do with the measurement. */
  readonly othersPercent: number;
}

/** Uses something and stops it, whatever happens. */
export async function using<T extends { stop(): Promise<void> }, R>(
  starting: Promise<T>,
  use: (thing: T) => Promise<R>,
): Promise<R> {
  const thing = await starting;
  try {
    return await use(thing);
  } finally {
    await thing.stop();
  }
}
