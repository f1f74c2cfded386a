import winston from 'winston';
import { isError, LiveViewError } from './errors.ts';
import { printableText } from './printable.ts';
import { startWithoutSecrets } from './secret.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = Record<string, unknown>;

/** What the rest of the code knows of logging. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

export interface LogOptions {
  level: LogLevel;
  /** `json` for the system journal and collectors, `pretty` for a terminal. */
  format: 'json' | 'pretty';
  /** Where lines go; standard error unless told, so that standard output stays for results. */
  stream?: NodeJS.WritableStream;
}

/** A logger on winston that never prints a secret, a control character or the stack of an expected error. */
export function createLogger(options: LogOptions): Logger {
  const { combine, timestamp, json, printf } = winston.format;
  const clean = winston.format((info) => Object.assign(info, cleanFields(info)));
  const pretty = printf((info) => prettyLine(info));
  return winston.createLogger({
    level: options.level,
    format: combine(clean(), timestamp(), options.format === 'json' ? json() : pretty),
    transports: [new winston.transports.Stream({ stream: options.stream ?? process.stderr })],
  });
}

/** Swallows everything; for tests and for commands that report in their own way. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};

/** Fields whose name says that the value must not be read. */
const SECRET_NAME = /pass(word|phrase|wd)?$|secret|^token$|authorization|cookie|^auth$/i;
const MAX_TEXT = 2_000;
const MAX_DEPTH = 5;

function cleanFields(fields: object): LogFields {
  const out: LogFields = {};
  for (const [key, value] of Object.entries(fields)) {
    out[key] = SECRET_NAME.test(key) ? '[secret]' : cleanValue(value, 0);
  }
  return out;
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (isError(value)) return cleanError(value, depth);
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON();
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => cleanValue(item, depth + 1));
  const out: LogFields = {};
  for (const [key, item] of Object.entries(value)) {
    out[key] = SECRET_NAME.test(key) ? '[secret]' : cleanValue(item, depth + 1);
  }
  return out;
}

/** Expected errors say code and message; unexpected ones keep their stack, which is where the bug is. */
function cleanError(error: Error, depth: number): LogFields {
  const out: LogFields = { message: cleanText(error.message) };
  if (error instanceof LiveViewError) Object.assign(out, { code: error.code });
  else if ('code' in error) Object.assign(out, { code: String(error.code) });
  else Object.assign(out, { stack: cleanText(error.stack ?? '') });
  if (error instanceof LiveViewError && Object.keys(error.context).length > 0) {
    out['context'] = cleanValue(error.context, depth + 1);
  }
  if (error.cause !== undefined) out['cause'] = cleanValue(error.cause, depth + 1);
  return out;
}

/** Names come from cameras and panels: no terminal escapes, no line breaks, no credentials in URLs. */
function cleanText(text: string): string {
  return printableText(startWithoutSecrets(text, MAX_TEXT));
}

function prettyLine(info: winston.Logform.TransformableInfo): string {
  const { level, message, timestamp, ...fields } = info;
  const rest = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const time = String(timestamp).slice(11, 23);
  const line = `${time} ${level.padEnd(5)} ${String(message)}${rest ? `  ${rest}` : ''}`;
  return line.replaceAll('\n', ' ');
}
