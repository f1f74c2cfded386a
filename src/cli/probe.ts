import { Command } from 'commander';
import { type ProbeReport, probe } from '../cameras/onvif/probe.ts';
import { OnvifWorkerPool } from '../cameras/onvif/worker-pool.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, namedPassword, parseTarget, requireBoth } from './options.ts';
import { printAdvice, printJson, printLine, printTable, showStep } from './output.ts';

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
  requireBoth(flags.username, password);
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
    onStep: (step) => showStep(context, step),
  }).finally(() => pool.close());
  if (flags.json) printJson(context, report);
  else printReport(context, report);
  if (!report.ok) throw failureOf(report);
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
    ['Outputs', report.outputs && outputsOf(report.outputs)],
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
  printAdvice(context, report.advice);
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

/** `1 (monostable, 2 s)`: by these tokens they are named in the configuration. */
export function outputsOf(outputs: NonNullable<ProbeReport['outputs']>): string | undefined {
  const all = outputs.map(({ token, mode, delayMs }) => {
    const how = mode === 'monostable' && delayMs ? `${mode}, ${delayMs / 1000} s` : mode;
    return how === undefined ? token : `${token} (${how})`;
  });
  return all.join(', ') || undefined;
}

/** The code of the step that failed decides the exit code; the advice has been printed. */
function failureOf(report: ProbeReport): LiveViewError {
  const failed = report.steps.find((step) => step.outcome === 'failed');
  const detail = failed?.detail ?? 'the camera offers no stream that the gateway can use';
  return new LiveViewError(failed?.code ?? 'camera-fault', detail);
}
