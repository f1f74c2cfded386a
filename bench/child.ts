import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const LAST_WORDS = 2_000;
const PATIENCE_MS = 10_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that was started here and is ended here, whatever happens. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What `promise` gives; rejects with the last words of the process when it ends before. */
  unlessItEnds<T>(promise: Promise<T>): Promise<T>;
  /** SIGTERM, and SIGKILL when that is not enough. */
  stop(): Promise<void>;
}

/** `options.stdio` must make standard error a pipe: it holds the last words. */
export function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Child {
  const child = spawn(command, args, options);
  running.add(child);
  let lastWords = '';
  child.stderr?.on('data', (chunk) => {
    lastWords = (lastWords + String(chunk)).slice(-LAST_WORDS);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      lastWords += error.message;
      resolve();
    });
  }).finally(() => running.delete(child));
  const failed = ended.then(() => {
    throw new Error(`${name} ended: ${lastWords.trim()}`);
  });
  failed.catch(() => undefined);
  return {
    process: child,
    pid: child.pid ?? 0,
    unlessItEnds: (promise) => Promise.race([promise, failed]),
    async stop() {
      child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await ended;
      clearTimeout(hurry);
    },
  };
}

/** The first line on standard error that matches. */
export async function lineOf(child: Child, pattern: RegExp): Promise<string> {
  const { stderr } = child.process;
  let text = '';
  while (stderr) {
    const [chunk] = await child.unlessItEnds(once(stderr, 'data'));
    text += String(chunk);
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error('standard error is not a pipe');
}
