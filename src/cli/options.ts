import { existsSync, readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { LiveViewError } from '../core/errors.ts';
import { rememberSecret, Secret } from '../core/secret.ts';
import type { CliContext } from './context.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `3s`, `500ms`, `90d` → milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS_MS[match?.[2] ?? ''];
  if (unit === undefined)
    throw new InvalidArgumentError('Write a number and a unit: 500ms, 3s, 15m, 90d.');
  return Number(match?.[1]) * unit;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a port, 0–65535; 0 lets the system choose.');
}

export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`);
  };
}

/** `192.0.2.10`, `camera:8080`, `[::1]:80`. @throws LiveViewError `wrong-use` */
export function parseTarget(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/@]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw wrongUse(`${text} is not HOST or HOST:PORT, for example 192.0.2.10:8080`);
}

export const jsonOption = () => new Option('--json', 'print JSON');
export const configOption = () =>
  new Option('-c, --config <file>', 'the configuration').makeOptionMandatory();
export const dataDirOption = () =>
  new Option('-d, --data-dir <dir>', 'where the gateway keeps its journal, users and tokens')
    .env('LIVEVIEW_DATA_DIR')
    .default('/var/lib/liveview');

export function wrongUse(message: string): LiveViewError {
  return new LiveViewError('wrong-use', message);
}

/** @throws LiveViewError `wrong-use`: a misspelt folder must not look like an empty one. */
export function requireFolder(dataDir: string): void {
  if (existsSync(dataDir)) return;
  throw wrongUse(`there is no folder ${dataDir}; name the right one with --data-dir`);
}

const MAX_PASSWORD_BYTES = 4096;

/** The first line of standard input, for `--password-stdin`. */
export async function readPasswordLine(context: CliContext): Promise<Secret> {
  let text = '';
  for await (const chunk of context.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MAX_PASSWORD_BYTES) break;
  }
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw wrongUse('no password came in on standard input');
  return new Secret(line);
}

/** A password from an environment variable or a file; never from an argument, which others can read. */
export function namedPassword(
  context: CliContext,
  options: { passwordEnv?: string; passwordFile?: string },
): Secret | undefined {
  if (options.passwordEnv !== undefined) {
    const value = context.env[options.passwordEnv];
    if (!value) throw wrongUse(`environment variable ${options.passwordEnv} is not set`);
    return remembered(value);
  }
  if (options.passwordFile === undefined) return undefined;
  try {
    return remembered(readFileSync(options.passwordFile, 'utf8').replace(/\r?\n$/, ''));
  } catch (cause) {
    throw new LiveViewError('wrong-use', `${options.passwordFile} cannot be read`, { cause });
  }
}

/** A camera that repeats it in an error is not quoted. */
function remembered(value: string): Secret {
  rememberSecret(value);
  return new Secret(value);
}

/** @throws LiveViewError `wrong-use` when one of them is missing. */
export function requireBoth(username: string | undefined, password: object | undefined): void {
  if ((username === undefined) === (password === undefined)) return;
  throw wrongUse(
    'a user name needs a password (--password-env or --password-file), and the other way round',
  );
}
