import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const BIN = fileURLToPath(new URL('../../bin/liveview.js', import.meta.url));

/** The `liveview` command as users run it: a process of its own, from the build. */
export class LiveviewProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  /** It has ended and everything that it said has been read. */
  readonly #closed: Promise<unknown>;

  /** @param within a command that becomes this one, e.g. in a namespace of its own. */
  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    within: readonly string[] = [],
  ) {
    const [command = process.execPath, ...before] = [...within, process.execPath];
    this.child = spawn(command, [...before, BIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    this.#closed = once(this.child, 'close');
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stdout += chunk;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first line of standard output as JSON, for commands that print one when they are ready. */
  async readyJson<T>(timeoutMs = 60_000): Promise<T> {
    const line = await until(
      'the line that says ready',
      () => {
        if (!this.running) throw new Error(`it ended: ${this.stderr}`);
        return /^\{.*\}$/m.exec(wholeLines(this.stdout))?.[0];
      },
      timeoutMs,
    );
    return JSON.parse(line);
  }

  /** Waits for a line of the log. */
  logged(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    return until(
      `${pattern} in the log`,
      () => {
        const found = pattern.exec(wholeLines(this.stderr));
        if (!found && !this.running) throw new Error(`it ended: ${this.stderr}`);
        return found;
      },
      timeoutMs,
    );
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.child.exitCode ?? this.child.signalCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    if (this.running) this.child.kill(signal);
    const hurry = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    const result = await this.ended();
    clearTimeout(hurry);
    return result;
  }
}

/** Without a last line of which the rest is still to come. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
