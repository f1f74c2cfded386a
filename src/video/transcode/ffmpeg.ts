import { ChildProcess, execFile } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { type Clock, systemClock } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import { Child, type FfmpegExit, ffmpegPath, LastWords, type StopSignal } from './child.ts';
import { doesNotRun, type Launch, launchOf, type Needs } from './containment.ts';

/**
 * The only place that starts processes. What a camera sends arrives through a pipe, so an argument
 * list holds neither addresses nor credentials, and each process has no more than it needs.
 */
export interface FfmpegJob extends Pick<Needs, 'cpuSeconds'> {
  /** For logs and errors. */
  readonly name: string;
  readonly inputOptions: readonly string[];
  /** `pipe:0` or a local file. */
  readonly input: string;
  readonly outputOptions: readonly string[];
  /** `pipe:1` or a local file. */
  readonly output: string;
}

export interface FfmpegProcess {
  /** Undefined until it runs. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  /** SIGTERM, and SIGKILL when that is not enough; or that at once, where there is nothing to finish. */
  stop(signal?: StopSignal): Promise<void>;
}

const VERSION_TIMEOUT_MS = 10_000;
const VERSION_CPU_SECONDS = 10;
const QUIET = ['-hide_banner', '-nostats', '-nostdin', '-loglevel', 'warning'];

/**
 * The version that is installed, e.g. `5.1.9-0+deb12u1`.
 *
 * @throws LiveViewError `ffmpeg-missing`, saying how to install it.
 */
export async function findFfmpeg(): Promise<string> {
  const { file, args, env } = launchOf(ffmpegPath(), { cpuSeconds: VERSION_CPU_SECONDS });
  const options = { timeout: VERSION_TIMEOUT_MS, env };
  return new Promise((resolve, reject) => {
    execFile(file, [...args, '-version'], options, (error, stdout) => {
      const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
      if (version) resolve(version);
      else reject(doesNotRun(ffmpegPath(), error));
    });
  });
}

/** Starts a job; whether it could be started is told by `exited`. */
export function startFfmpeg(job: FfmpegJob, clock: Clock = systemClock): FfmpegProcess {
  return new RunningFfmpeg(job, clock);
}

class RunningFfmpeg implements FfmpegProcess {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly exited: Promise<FfmpegExit>;
  readonly #clock: Clock;
  readonly #words = new LastWords();
  #settle: (exit: FfmpegExit) => void = () => undefined;
  #child: Child | undefined;
  #stopping: StopSignal | undefined;
  #done = false;

  constructor(job: FfmpegJob, clock: Clock) {
    this.#clock = clock;
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const pipe of [this.stdin, this.stdout]) pipe.on('error', () => undefined);
    let launch: Launch;
    try {
      launch = launchOf(ffmpegPath(), { ...job, writesFile: job.output !== 'pipe:1' });
    } catch (error) {
      this.#failed(error);
      return;
    }
    const command = commandOf(job, this.stdin, this.stdout);
    contain(command, launch);
    command.on('start', () => this.#started(job, command));
    command.on('stderr', (line) => this.#words.say(line));
    command.on('error', (error) => this.#failed(error));
    command.run();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(signal: StopSignal = 'SIGTERM'): Promise<void> {
    this.#stopping = signal;
    if (this.#done) return;
    void this.#child?.stop(signal);
    await this.exited;
  }

  #started(job: FfmpegJob, command: object): void {
    const process = 'ffmpegProc' in command ? command.ffmpegProc : undefined;
    if (!(process instanceof ChildProcess)) {
      throw new LiveViewError('ffmpeg-failed', `${job.name}: fluent-ffmpeg gave no process`);
    }
    const child = new Child(process, this.#words, this.#clock);
    this.#child = child;
    void child.exited.then((exit) => this.#finish(exit));
    if (this.#stopping) void child.stop(this.#stopping);
  }

  #failed(error: unknown): void {
    if (this.#child) return;
    this.#words.say(describe(error));
    this.stdout.end();
    this.#finish({ code: null, signal: null, lastWords: this.#words.lines });
  }

  #finish(exit: FfmpegExit): void {
    this.#done = true;
    this.#settle(exit);
  }
}

function commandOf(job: FfmpegJob, stdin: Readable, stdout: Writable): ffmpeg.FfmpegCommand {
  const command = ffmpeg({ stdoutLines: 20 });
  const isPipe = job.input === 'pipe:0';
  command.input(isPipe ? stdin : job.input);
  // Spread: given an array, fluent-ffmpeg splits options at spaces.
  command.inputOptions(...QUIET, ...(isPipe ? PIPE_ONLY : []), ...job.inputOptions);
  if (job.output === 'pipe:1') command.output(stdout);
  else command.output(job.output);
  command.outputOptions(...OUTPUT, ...job.outputOptions);
  return command;
}

type Spawn = (args: readonly string[], options: object, ...callbacks: unknown[]) => void;

/**
 * fluent-ffmpeg starts one program, with the environment that it finds. Its start is told the first program of
 * the launch, and the others in front of ffmpeg's arguments; also when it asks ffmpeg what that can do.
 */
function contain(command: ffmpeg.FfmpegCommand, { file, args, env }: Launch): void {
  command.setFfmpegPath(file);
  const spawn: Spawn = Reflect.get(command, '_spawnFfmpeg');
  const contained: Spawn = (own, options, ...callbacks) =>
    spawn.call(command, [...args, ...own], { ...options, env }, ...callbacks);
  Reflect.set(command, '_spawnFfmpeg', contained);
}

/** Whatever a stream claims to be, nothing else is opened because of it. */
const PIPE_ONLY = ['-protocol_whitelist', 'pipe'];
/** Each packet leaves as soon as it is written. */
const OUTPUT = ['-flush_packets', '1'];
