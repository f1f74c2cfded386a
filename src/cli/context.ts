import type { Readable, Writable } from 'node:stream';
import { createLogger, type Logger, type LogLevel } from '../core/log.ts';

/** What a command may touch of the world; tests give their own. */
export interface CliContext {
  readonly stdout: Writable & { isTTY?: boolean };
  readonly stderr: Writable & { isTTY?: boolean };
  readonly stdin: Readable & { isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

export const processContext: CliContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
};

/** Readable lines on a terminal, JSON where a collector reads them. */
export function cliLogger(context: CliContext, level: LogLevel): Logger {
  const format = context.stderr.isTTY ? 'pretty' : 'json';
  return createLogger({ level, format, stream: context.stderr });
}
