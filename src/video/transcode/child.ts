import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../core/clock.ts';
import { startWithoutSecrets } from '../../core/secret.ts';

export interface FfmpegExit {
  /** Null when a signal ended it or when it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it said on standard error, or why it did not start. */
  readonly lastWords: readonly string[];
}

/** In one line, with the end of its last words. */
export function whyEnded({ code, signal, lastWords }: FfmpegExit): string {
  const exit = signal ? [`ended by ${signal}`] : code === null ? [] : [`exit code ${code}`];
  return [...exit, ...lastWords.slice(-3)].join('; ');
}

export type StopSignal = 'SIGTERM' | 'SIGKILL';

const LAST_LINES = 20;
const MAX_LINE = 500;
/** After SIGTERM ffmpeg finishes what it has; one that is stuck gets no more time than this. */
const TERMINATE_MS = 2_000;

/** The path in FFMPEG_PATH, otherwise what the search path gives. */
export function ffmpegPath(): string {
  return process.env['FFMPEG_PATH'] || 'ffmpeg';
}

/** The end of what a process said. */
export class LastWords {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  say(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(startWithoutSecrets(line, MAX_LINE));
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
  }
}

/**
 * A process that was started, until its end. It ends with its parent: the system kills it when the parent
 * dies, whatever that died of. Where the system cannot, its pipes close then, and one that reads no pipe is
 * killed when the parent exits in order.
 */
export class Child {
  /** Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  readonly #process: ChildProcess;
  readonly #clock: Clock;

  constructor(child: ChildProcess, words: LastWords, clock: Clock) {
    this.#process = child;
    this.#clock = clock;
    RUNNING.add(child);
    child.once('exit', () => RUNNING.delete(child));
    // Standard error may close before or after the exit; the last words are complete after both.
    // Standard output is not waited for: it stays open as long as nobody reads it.
    this.exited = Promise.all([
      once(child, 'exit'),
      child.stderr ? once(child.stderr, 'close') : undefined,
    ]).then(() => ({
      ...{ code: child.exitCode, signal: child.signalCode },
      lastWords: words.lines,
    }));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** SIGTERM, and SIGKILL when that is not enough; or that at once. */
  async stop(signal: StopSignal = 'SIGTERM'): Promise<void> {
    this.#process.kill(signal);
    const timer = this.#clock.setTimer(TERMINATE_MS, () => this.#process.kill('SIGKILL'));
    await this.exited;
    timer.cancel();
  }
}

function once(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}

const RUNNING = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});
