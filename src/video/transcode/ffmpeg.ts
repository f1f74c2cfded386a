import { ChildProcess, execFile } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { type Clock, systemClock, type Timer } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';

/**
 * The only place that starts processes. What a camera sends arrives through a pipe, so an argument
 * list holds neither addresses nor credentials.
 *
 * A process ends with its parent: its pipes close when the parent dies, whatever it died of.
 */
export interface FfmpegJob {
  /** For logs and errors. */
  readonly name: string;
  readonly inputOptions: readonly string[];
  /** `pipe:0` or a local file. */
  readonly input: string;
  readonly outputOptions: readonly string[];
  /** `pipe:1` or a local file. */
  readonly output: string;
}

export interface FfmpegExit {
  /** Null when a signal ended it or when it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it said on standard error, or why it did not start. */
  readonly lastWords: readonly string[];
}

export interface FfmpegProcess {
  /** Undefined until it runs. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  /** SIGTERM, and SIGKILL when that is not enough. */
  stop(): Promise<void>;
}

const LAST_LINES = 20;
const MAX_LINE = 500;
/** After SIGTERM ffmpeg finishes what it has; one that is stuck gets no more time than this. */
const TERMINATE_MS = 2_000;
/** Video is work for idle processors; the gateway itself comes first. */
const NICENESS = 5;
const VERSION_TIMEOUT_MS = 10_000;
const QUIET = ['-hide_banner', '-nostats', '-nostdin', '-loglevel', 'warning'];

/** The path in FFMPEG_PATH, otherwise what the search path gives. */
function ffmpegPath(): string {
  return process.env['FFMPEG_PATH'] || 'ffmpeg';
}

/**
 * The version that is installed, e.g. `5.1.9-0+deb12u1`.
 *
 * @throws LiveViewError `ffmpeg-missing`, saying how to install it.
 */
export function findFfmpeg(): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(ffmpegPath(), ['-version'], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
      if (version) resolve(version);
      else reject(missing(error));
    });
  });
}

function missing(cause: unknown): LiveViewError {
  return new LiveViewError(
    'ffmpeg-missing',
    `${ffmpegPath()} does not run; install it with: sudo apt-get install --yes ffmpeg (or name it in FFMPEG_PATH)`,
    { cause },
  );
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
  readonly #lastWords: string[] = [];
  #settle: (exit: FfmpegExit) => void = () => undefined;
  #child: ChildProcess | undefined;
  #stopping = false;
  #done = false;

  constructor(job: FfmpegJob, clock: Clock) {
    this.#clock = clock;
    this.exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const pipe of [this.stdin, this.stdout]) pipe.on('error', () => undefined);
    const command = commandOf(job, this.stdin, this.stdout);
    command.on('start', () => this.#started(job, command));
    command.on('stderr', (line) => this.#say(line));
    command.on('error', (error) => this.#failed(error));
    command.run();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#done) return;
    const timer = this.#terminate();
    await this.exited;
    timer?.cancel();
  }

  #terminate(): Timer | undefined {
    const child = this.#child;
    if (!child) return undefined;
    child.kill('SIGTERM');
    return this.#clock.setTimer(TERMINATE_MS, () => child.kill('SIGKILL'));
  }

  #started(job: FfmpegJob, command: object): void {
    const child = 'ffmpegProc' in command ? command.ffmpegProc : undefined;
    if (!(child instanceof ChildProcess)) {
      throw new LiveViewError('ffmpeg-failed', `${job.name}: fluent-ffmpeg gave no process`);
    }
    this.#child = child;
    RUNNING.add(child);
    let exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
    child.once('exit', (code, signal) => {
      RUNNING.delete(child);
      exit = { code, signal };
    });
    // Standard error may close before or after the exit; the last words are complete after both.
    // Standard output is not waited for: it stays open as long as nobody reads it.
    Promise.all([once(child, 'exit'), child.stderr ? once(child.stderr, 'close') : undefined]).then(
      () => this.#finish(exit?.code ?? null, exit?.signal ?? null),
    );
    if (this.#stopping) this.#terminate();
  }

  #failed(error: Error): void {
    if (this.#child) return;
    this.#say(
      'code' in error && error.code === 'ENOENT' ? missing(error).message : describe(error),
    );
    this.stdout.end();
    this.#finish(null, null);
  }

  #finish(code: number | null, signal: NodeJS.Signals | null): void {
    this.#done = true;
    this.#settle({ code, signal, lastWords: this.#lastWords });
  }

  #say(line: string): void {
    if (line.trim() === '') return;
    this.#lastWords.push(line.slice(0, MAX_LINE));
    if (this.#lastWords.length > LAST_LINES) this.#lastWords.shift();
  }
}

function commandOf(job: FfmpegJob, stdin: Readable, stdout: Writable): ffmpeg.FfmpegCommand {
  const command = ffmpeg({ niceness: NICENESS, stdoutLines: LAST_LINES });
  command.setFfmpegPath(ffmpegPath());
  command.input(job.input === 'pipe:0' ? stdin : job.input);
  // Spread: given an array, fluent-ffmpeg splits options at spaces.
  command.inputOptions(...QUIET, ...job.inputOptions);
  if (job.output === 'pipe:1') command.output(stdout);
  else command.output(job.output);
  command.outputOptions(...OUTPUT, ...job.outputOptions);
  return command;
}

/** Each packet leaves as soon as it is written. */
const OUTPUT = ['-flush_packets', '1'];

function once(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}

/** A parent that exits in order takes its children along at once, even those that read no pipe. */
const RUNNING = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});
