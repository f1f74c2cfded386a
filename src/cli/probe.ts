import { Command } from 'commander';
import { type ProbeReport, type ProbeStep, probe } from '../cameras/onvif/probe.ts';
import { OnvifWorkerPool } from '../cameras/onvif/worker-pool.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, namedPassword, wrongUse } from './options.ts';
import { printable, printJson, printLine, printTable } from './output.ts';

interface ProbeFlags {
  username?: string;
  passwordEnv?: string;
  passwordFile?: string;
  https?: boolean;
  json?: boolean;
}

/** `liveview probe`: what a camera is and can do, and what to change about it. */
export function probeCommand(context: CliContext): Command {
  return new Command('probe')
    .description('what a camera is and can do, and what to change about it')
    .argument('<host[:port]>', 'the camera; port 80 unless given')
    .option('-u, --username <name>', 'user on the camera')
    .option('--password-env <name>', 'its password, from an environment variable')
    .option('--password-file <file>', 'its password, from a file')
    .option('--https', 'the camera speaks HTTPS')
    .addOption(jsonOption())
    .action((target: string, flags: ProbeFlags) => run(context, target, flags));
}

async function run(context: CliContext, target: string, flags: ProbeFlags): Promise<void> {
  const log = cliLogger(context, 'error');
  const password = namedPassword(context, flags);
  if ((flags.username === undefined) !== (password === undefined)) {
    throw wrongUse(
      'a user name needs a password (--password-env or --password-file), and the other way round',
    );
  }
  const pool = new OnvifWorkerPool({ clock: systemClock, log });
  const report = await probe({
    ...parseTarget(target, flags.https === true ? 443 : 80),
    ...(flags.username !== undefined && password
      ? { credentials: { username: flags.username, password } }
      : {}),
    https: flags.https ?? false,
    pool,
    clock: systemClock,
    log,
    onStep: (step) => progress(context, step),
  }).finally(() => pool.close());
  if (flags.json) printJson(context, report);
  else printReport(context, report);
  if (!report.ok) throw failureOf(report);
}

function parseTarget(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/@]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw wrongUse(`${text} is not HOST or HOST:PORT, for example 192.0.2.10:8080`);
}

const SIGNS = { ok: '✓', failed: '✗', skipped: '–' } as const;

function progress(context: CliContext, step: ProbeStep): void {
  context.stderr.write(`${SIGNS[step.outcome]} ${step.step}: ${printable(step.detail)}\n`);
}

function printReport(context: CliContext, report: ProbeReport): void {
  const { identity, control } = report;
  const facts: [string, string | undefined][] = [
    ['Camera', identity && `${identity.manufacturer} ${identity.model}`],
    ['Firmware', identity?.firmware],
    ['Serial number', identity?.serialNumber],
    ['Services', report.services.join(', ') || undefined],
    ['Snapshot', report.snapshotUri],
    ['Movement', control && movementOf(control)],
    ['Presets', control?.presets.map((preset) => preset.name).join(', ') || undefined],
  ];
  for (const [name, value] of facts) {
    if (value !== undefined) printLine(context, `${name.padEnd(15)}${printable(value)}`);
  }
  const rows = report.streams.map((stream) => [
    stream.profile,
    stream.role,
    stream.encoding,
    `${stream.width}×${stream.height}`,
    stream.fps === undefined ? '' : `${stream.fps}`,
    stream.kbps === undefined ? '' : `${stream.kbps}`,
    stream.uri,
  ]);
  if (rows.length > 0)
    printTable(context, ['PROFILE', 'ROLE', 'CODEC', 'SIZE', 'FPS', 'KBIT/S', 'URI'], rows);
  for (const sentence of report.advice) printLine(context, `→ ${printable(sentence)}`);
}

function movementOf({ continuous, absolute, home }: NonNullable<ProbeReport['control']>): string {
  const can = [
    continuous.panTilt && 'pan and tilt',
    continuous.zoom && 'zoom',
    (absolute.panTilt || absolute.zoom) && 'go to a position',
    home && 'home',
  ].filter((word) => word !== false);
  return can.length > 0 ? can.join(', ') : 'none: a fixed camera';
}

/** The code of the step that failed decides the exit code; the advice has been printed. */
function failureOf(report: ProbeReport): LiveViewError {
  const failed = report.steps.find((step) => step.outcome === 'failed');
  const detail = failed?.detail ?? 'the camera offers no stream that the gateway can use';
  return new LiveViewError(failed?.code ?? 'camera-fault', detail);
}
