import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { cpus, freemem, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '../config/schema.ts';
import { secretPlaces } from '../config/secret-places.ts';
import { nameOfSecret, readSecret } from '../config/secrets.ts';
import { rfc3339 } from '../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import { printableJson } from '../core/printable.ts';
import { withoutRemembered, withoutUrlSecrets } from '../core/secret.ts';
import { describeFfmpeg } from '../gateway/ffmpeg-check.ts';
import { examineConfig } from './check.ts';
import type { CliContext } from './context.ts';
import { withJournal } from './open-journal.ts';
import { configOption, wrongUse } from './options.ts';
import { printLine } from './output.ts';
import { VERSION } from './version.ts';

interface SupportFlags {
  config: string;
  log?: string;
  logUnchecked?: true;
  out?: string;
}

const MAX_LOG_LINES = 2_000;
const MAX_LOG_BYTES = 16 * 1024 * 1024;
const MAX_LINE_LENGTH = 64 * 1024;
/** Of sites: about people, and of no use to whoever looks for a fault. */
const LEFT_OUT = new Set(['contacts', 'instructions', 'address']);

/** `liveview support`: what somebody who helps needs to know, and no secret, as one file of JSON. */
export function supportCommand(context: CliContext): Command {
  return new Command('support')
    .description('one file for whoever helps: versions, configuration, findings, log; no secrets')
    .addOption(configOption())
    .option('--log <file>', 'lines of the log to put in, - for standard input')
    .option(
      '--log-unchecked',
      'put the log in although secrets of the configuration cannot be read here, to be taken out of it',
    )
    .addOption(
      new Option('--out <file>', 'a new file, for its owner alone; standard output unless given'),
    )
    .action((flags: SupportFlags) => support(context, flags));
}

async function support(context: CliContext, flags: SupportFlags): Promise<void> {
  const { config, problems, warnings } = examineConfig(flags.config, context.env);
  const unread = config ? rememberSecrets(config, context.env) : [];
  if (flags.log !== undefined && !flags.logUnchecked) checkRead(unread);
  const dataDir = config?.gateway.dataDir;
  const bundle = {
    made: rfc3339(Date.now() * 1_000),
    versions: { liveview: VERSION, node: process.version, system: release() },
    machine: { processors: cpus().length, memoryBytes: totalmem(), freeBytes: freemem() },
    ffmpeg: await describeFfmpeg(),
    configuration: config ? redacted(config) : null,
    ...{ problems, warnings, secretsNotTakenOut: unread },
    dataDir: dataDir === undefined ? null : filesOf(dataDir),
    journal: dataDir === undefined ? null : journalOf(dataDir),
    log: flags.log === undefined ? null : await lastLines(context, flags.log),
  };
  const text = printableJson(withoutSecretsIn(bundle));
  if (flags.out === undefined) printLine(context, text);
  else writeNew(flags.out, `${text}\n`);
}

/** As it is, but without what concerns people; where secrets are is said, what they are is not in it. */
function redacted(value: unknown): unknown {
  if (typeof value === 'string') return withoutUrlSecrets(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      LEFT_OUT.has(name) ? '[left out]' : redacted(each),
    ]),
  );
}

function filesOf(dataDir: string): unknown {
  if (!existsSync(dataDir)) return 'there is no such folder';
  try {
    return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { size, mode, uid, mtimeMs } = statSync(join(dataDir, name));
      return {
        name,
        size,
        mode: (mode & 0o7777).toString(8),
        uid,
        changed: rfc3339(Math.round(mtimeMs) * 1_000),
      };
    });
  } catch (error) {
    return describe(error);
  }
}

function journalOf(dataDir: string): unknown {
  try {
    return withJournal(dataDir, { unchecked: true }, (journal) => ({ head: journal.head() }));
  } catch (error) {
    return describe(error);
  }
}

async function lastLines(context: CliContext, file: string): Promise<string[]> {
  const text = file === '-' ? await allOf(context.stdin) : endOf(file);
  const lines = text.split('\n').filter(Boolean);
  return lines.slice(-MAX_LOG_LINES).map(lineOf);
}

/** The gateway writes none that is so long. */
function lineOf(line: string): string {
  if (line.length <= MAX_LINE_LENGTH) return withoutUrlSecrets(line);
  return `[a line of ${line.length} characters, left out]`;
}

/** The last of it. A character may be in two of the pieces in which it comes. */
async function allOf(stream: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    for (let first = pieces[0]; first && size - first.length > MAX_LOG_BYTES; first = pieces[0]) {
      size -= first.length;
      pieces.shift();
    }
  }
  return endIn(Buffer.concat(pieces));
}

/** Without the line that was cut, in which a secret may be left in half. */
function endIn(bytes: Buffer, isCut = bytes.length > MAX_LOG_BYTES): string {
  const text = bytes.subarray(-MAX_LOG_BYTES).toString('utf8');
  return isCut ? text.slice(text.indexOf('\n') + 1) : text;
}

/** The last of a log, which may be larger than memory. */
function endOf(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, MAX_LOG_BYTES));
    const count = readSync(descriptor, bytes, 0, bytes.length, Math.max(0, size - bytes.length));
    return endIn(bytes.subarray(0, count), size > bytes.length);
  } catch (cause) {
    throw new LiveViewError('wrong-use', `${file} cannot be read`, { cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * What was read is taken out of every text, wherever that came from.
 *
 * @returns the names of what cannot be read here, as systemd gives it to the service alone.
 */
function rememberSecrets(config: Config, env: NodeJS.ProcessEnv): string[] {
  const unread = new Set<string>();
  for (const { source } of secretPlaces(config)) {
    try {
      readSecret(source, env);
    } catch {
      unread.add(nameOfSecret(source));
    }
  }
  return [...unread];
}

function checkRead(unread: readonly string[]): void {
  if (unread.length === 0) return;
  throw new LiveViewError(
    'secret-missing',
    `${unread.join(', ')} cannot be read here, and so not be taken out of the log; give them to this command as the ` +
      'unit gives them to the service, leave --log out, or add --log-unchecked and read the file before you send it',
  );
}

/** Each text before it becomes JSON, in which a quote in a secret would look different. */
function withoutSecretsIn(value: unknown): unknown {
  if (typeof value === 'string') return withoutRemembered(value);
  if (Array.isArray(value)) return value.map(withoutSecretsIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [withoutRemembered(name), withoutSecretsIn(each)]),
  );
}

function writeNew(file: string, text: string): void {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, text);
    closeSync(descriptor);
  } catch (error) {
    throw wrongUse(
      codeOf(error) === 'EEXIST' ? `${file} is there already` : `${file} cannot be written`,
    );
  }
}
