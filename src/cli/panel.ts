import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readPanelKey } from '../config/panel-key.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { PANEL_EVENTS, type PanelEventName, type PanelFormat } from '../simulator/panel/events.ts';
import type { PanelTransport } from '../simulator/panel/line.ts';
import { type PanelOutcome, VirtualPanel } from '../simulator/panel/panel.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, parseCount, parseDuration, parseTarget, wrongUse } from './options.ts';
import { printJson, printLine } from './output.ts';
import { untilStopped } from './signals.ts';

interface PanelFlags {
  account: string;
  event?: PanelEventName;
  format: PanelFormat;
  zone?: number;
  area?: number;
  over?: boolean;
  label?: string;
  transport: PanelTransport;
  ca?: string;
  keyFile?: string;
  keyEnv?: string;
  supervise?: number;
  json?: boolean;
}

const DEFAULT_PORT = 10_500;

/** `liveview panel`: a virtual alarm panel, for a test or a workshop. */
export function panelCommand(context: CliContext): Command {
  return new Command('panel')
    .description('a virtual alarm panel: sends an event to a receiver and says what it answers')
    .argument('<host[:port]>', `the receiver; port ${DEFAULT_PORT} unless given`)
    .addOption(
      new Option('--account <digits>', 'account number, as the receiver knows it')
        .argParser(parseAccount)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--event <name>', 'what happens; test unless given').choices(
        Object.keys(PANEL_EVENTS),
      ),
    )
    .addOption(
      new Option('--format <name>', 'how it is told').choices(['sia', 'cid']).default('sia'),
    )
    .addOption(new Option('--zone <n>', 'which detector or user').argParser(parseCount(999)))
    .addOption(new Option('--area <n>', 'which partition').argParser(parseCount(99)))
    .option('--over', 'it is over')
    .option('--label <text>', 'what the panel calls the zone; SIA alone')
    .addOption(
      new Option('--transport <how>', 'how messages travel')
        .choices(['tcp', 'udp', 'tls'])
        .default('tcp'),
    )
    .option('--ca <file>', "the authority of the receiver's certificate, PEM, for TLS")
    .option('--key-file <file>', 'AES key in hexadecimal digits, from a file; encrypts everything')
    .option('--key-env <name>', 'the same from an environment variable')
    .addOption(
      new Option(
        '--supervise <duration>',
        'say so often that it is there, until stopped',
      ).argParser(parseInterval),
    )
    .addOption(jsonOption())
    .action((target: string, flags: PanelFlags) => run(context, target, flags));
}

async function run(context: CliContext, target: string, flags: PanelFlags): Promise<void> {
  const log = cliLogger(context, 'warn');
  const panel = new VirtualPanel({
    clock: systemClock,
    log,
    ...parseTarget(target, DEFAULT_PORT),
    transport: flags.transport,
    account: flags.account,
    format: flags.format,
    secret: keyOf(context, flags),
    ca: flags.ca === undefined ? undefined : readText(flags.ca),
  });
  try {
    await report(context, panel, flags);
    if (flags.supervise === undefined) return;
    const stopped = untilStopped(log);
    panel.supervise(flags.supervise);
    await stopped;
  } finally {
    panel.stop();
  }
}

async function report(context: CliContext, panel: VirtualPanel, flags: PanelFlags): Promise<void> {
  const { event, supervise, zone: number, area, over: isOver, label } = flags;
  const name = event ?? (supervise === undefined ? 'test' : undefined);
  const outcome = await (name === undefined
    ? panel.poll()
    : panel.report({ name, number, area, isOver, label }));
  if (flags.json) printJson(context, jsonOf(outcome));
  const problem = PROBLEMS[outcome.reply.kind];
  if (problem !== undefined) throw new LiveViewError('panel-refused', problem);
  if (!flags.json) printLine(context, wordsOf(outcome));
}

/** What to do about it. */
const PROBLEMS: Readonly<Record<string, string>> = {
  NAK: 'NAK: the receiver does not believe the time, although it has told it; look at its clock',
  DUH: 'DUH: the receiver does not take this; see that it knows the account, and with the same key, or none. Its log says why',
};

function wordsOf({ reply, tries, isClockSet }: PanelOutcome): string {
  const remarks = [
    reply.isEncrypted ? 'encrypted' : 'in the clear',
    ...(tries > 1 ? [`sent ${tries} times`] : []),
    ...(isClockSet ? ['the receiver has set the clock'] : []),
  ];
  return `ACK: taken (${remarks.join(', ')})`;
}

function jsonOf({ reply, sequence, tries, isClockSet }: PanelOutcome) {
  const { kind, isEncrypted: encrypted, time } = reply;
  return {
    reply: kind,
    encrypted,
    sequence,
    tries,
    clockSet: isClockSet,
    ...(time ? { time } : {}),
  };
}

function keyOf(context: CliContext, { keyFile, keyEnv }: PanelFlags): Buffer | undefined {
  if (keyFile !== undefined) return readPanelKey({ file: keyFile }).export();
  return keyEnv === undefined ? undefined : readPanelKey({ env: keyEnv }, context.env).export();
}

function parseAccount(text: string): string {
  if (/^[0-9A-Fa-f]{3,16}$/.test(text)) return text;
  throw new InvalidArgumentError('Write 3 to 16 hexadecimal digits.');
}

/** More often is no supervision, and would only keep the receiver busy. */
function parseInterval(text: string): number {
  const intervalMs = parseDuration(text);
  if (intervalMs >= 1_000) return intervalMs;
  throw new InvalidArgumentError('Write a second or more, for example 60s.');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw wrongUse(`${file} cannot be read`);
  }
}
