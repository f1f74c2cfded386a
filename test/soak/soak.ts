import { readFileSync } from 'node:fs';
import { nodeOptionsOfService } from '../../bench/service-options.ts';
import { Secret } from '../../src/core/secret.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';
import { until } from '../support/until.ts';
import { ASKABLE, liveMiB } from './live-memory.ts';
import { SoakViewer } from './soak-viewer.ts';
import { TroubledLine } from './troubled-line.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly cameras: number;
  /** The same troubles in the same order. */
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakFigures {
  /** Every trouble that was made, by its name. */
  readonly troubles: Readonly<Record<string, number>>;
  /** Pictures that all viewers received. */
  readonly pictures: number;
  /** RTSP connections that cameras had. */
  readonly connections: number;
  readonly lostPackets: number;
  /** Sender reports that came with the time of a clock that had been set. */
  readonly wrongReports: number;
  /** Viewers whose pictures did not come back, or whose channel or socket ended. */
  readonly lostViewers: readonly string[];
  /** Pictures whose time was before that of the one before. */
  readonly backwards: number;
  /** Sizes that viewers were told of. */
  readonly sizes: readonly string[];
  /** What it had of the system, every five seconds. */
  readonly residentMiB: readonly number[];
  /** What was in use after a quarter of the time, and at the end. */
  readonly liveMiB: readonly [number, number];
}

const LARGE = { width: 640, height: 360, fps: 25, kbps: 800, seconds: 10 };
const SMALL = { width: 320, height: 180, fps: 25, kbps: 400, seconds: 10 };
const SAMPLE_MS = 5_000;
const OFF_MS = 3_000;

/**
 * Many cameras that start, stop, change their size, lose packets and set their clocks, each watched by a
 * viewer that stays and now and then by one that comes and goes, for as long as it takes.
 */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const large = await simulator(options.cameras, LARGE);
  const small = await simulator(options.cameras, SMALL);
  const lines = await Promise.all(large.cameras.map(() => TroubledLine.open(large.rtspPort)));
  const run = await ServeRun.start({
    config: { cameras: configOf(large, lines) },
    env: {
      ...CAMERA_PASSWORD_ENV,
      NODE_OPTIONS: `${nodeOptionsOfService(process.cwd())} ${ASKABLE}`,
    },
  });
  try {
    const operator = await run.operator();
    const ids = large.cameras.map(({ id }) => id);
    const viewers = await Promise.all(ids.map((id) => SoakViewer.watch(operator, id)));
    await until('a picture of each', () => viewers.every(({ pictures }) => pictures > 0), 60_000);
    const troubles = new Troubles(options.seed, ids, lines, [large.rtspPort, small.rtspPort]);
    const memory = await endure(options, run, troubles, async (id) => {
      const passing = await SoakViewer.watch(operator, id);
      setTimeout(() => passing.close(), OFF_MS);
    });
    troubles.end();
    const lostViewers = await comeBack(viewers);
    const figures = {
      troubles: troubles.made,
      pictures: sum(viewers.map(({ pictures }) => pictures)),
      connections: sum(lines.map(({ connections }) => connections)),
      lostPackets: sum(lines.map(({ lost }) => lost)),
      wrongReports: sum(lines.map(({ wrongReports }) => wrongReports)),
      lostViewers,
      backwards: sum(viewers.map(({ backwards }) => backwards)),
      sizes: [...new Set(viewers.flatMap(({ sizes }) => [...sizes]))].sort(),
      ...memory,
    };
    for (const viewer of viewers) viewer.close();
    return figures;
  } finally {
    await run.stop('SIGKILL');
    await Promise.all(lines.map((line) => line.close()));
    await Promise.all([large.stop(), small.stop()]);
  }
}

function simulator(cameras: number, main: typeof LARGE): Promise<RunningSimulator> {
  const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
  return startSimulator({ cameras, password, looped: { main, sub: SMALL, named: 0 } });
}

function configOf({ cameras }: RunningSimulator, lines: readonly TroubledLine[]) {
  return cameras.map(({ id, rtspMain }, index) => {
    const url = new URL(rtspMain);
    url.port = String(lines[index]?.port);
    return { id, rtsp: { main: url.href, ...CAMERA_CREDENTIALS } };
  });
}

/** Makes trouble every half second until the time is over; the gateway's memory, sampled meanwhile. */
async function endure(
  { minutes, say }: SoakOptions,
  run: ServeRun,
  troubles: Troubles,
  pass: (camera: string) => Promise<void>,
): Promise<Pick<SoakFigures, 'residentMiB' | 'liveMiB'>> {
  const residentMiB: number[] = [];
  let quarter: number | undefined;
  const started = performance.now();
  const endMs = started + minutes * 60_000;
  let [sampleMs, passMs] = [started + SAMPLE_MS, started];
  while (performance.now() < endMs) {
    troubles.next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (!run.process.running)
      throw new Error(`the gateway ended: ${run.process.stderr.slice(-4_000)}`);
    if (performance.now() >= passMs) {
      passMs += 2_000;
      await pass(troubles.camera());
    }
    if (performance.now() < sampleMs) continue;
    if (performance.now() > started + (endMs - started) / 4) quarter ??= await liveMiB(run.process);
    sampleMs += SAMPLE_MS;
    const sample = residentOf(run.process.child.pid);
    residentMiB.push(sample);
    const minute = ((performance.now() - started) / 60_000).toFixed(1);
    if (residentMiB.length % 12 === 0) say(`minute ${minute}: ${sample.toFixed(0)} MiB`);
  }
  const end = await liveMiB(run.process);
  return { residentMiB, liveMiB: [quarter ?? end, end] };
}

function residentOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** When all is well again every viewer has pictures again, by itself. */
async function comeBack(viewers: readonly SoakViewer[]): Promise<string[]> {
  const before = viewers.map(({ pictures }) => pictures);
  const isBack = (viewer: SoakViewer, index: number) =>
    viewer.pictures > (before[index] ?? 0) + 50 && viewer.end === undefined;
  await until('pictures of all', () => viewers.every(isBack), 120_000).catch(() => undefined);
  return viewers.flatMap((viewer, index) =>
    isBack(viewer, index) ? [] : [`${viewer.camera}: ${viewer.end ?? 'no pictures'}`],
  );
}

/** What befalls cameras and lines, by a pseudo-random sequence (mulberry32). */
class Troubles {
  readonly made: Record<string, number> = {};
  readonly #cameras: readonly string[];
  readonly #lines: readonly TroubledLine[];
  readonly #targets: readonly [number, number];
  #state: number;

  constructor(
    seed: number,
    cameras: readonly string[],
    lines: readonly TroubledLine[],
    targets: readonly [number, number],
  ) {
    this.#state = seed;
    this.#cameras = cameras;
    this.#lines = lines;
    this.#targets = targets;
  }

  next(): void {
    const line = this.#lines[this.#below(this.#lines.length)];
    const kinds = Object.entries(this.#kinds(line));
    const [name, act] = kinds[this.#below(kinds.length)] ?? ['none', () => undefined];
    this.made[name] = (this.made[name] ?? 0) + 1;
    act();
  }

  /** One of them. */
  camera(): string {
    return this.#cameras[this.#below(this.#cameras.length)] ?? '';
  }

  /** Cameras and lines are in order again, each as it is now. */
  end(): void {
    for (const line of this.#lines) line.loseOneIn(0);
  }

  #kinds(line: TroubledLine | undefined): Record<string, () => void> {
    return {
      'connection cut': () => line?.cut(),
      'camera off': () => line?.off(OFF_MS),
      'packets lost': () => line?.loseOneIn(20 + this.#below(200)),
      'packets no longer lost': () => line?.loseOneIn(0),
      'clock set': () => line?.setClock(this.#below(2 ** 32)),
      'size changed': () => line?.lead(this.#targets[this.#below(2)] ?? this.#targets[0]),
    };
  }

  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
