import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type Demo, startDemo } from '../gateway/demo/demo.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, parseCount, parsePort } from './options.ts';
import { printLine, printTable } from './output.ts';
import { untilStopped } from './signals.ts';

interface DemoFlags {
  json?: boolean;
  centrePort: number;
  policePort: number;
  dataDir?: string;
  cameras: number;
}

const MAX_CAMERAS = 16;

/** `liveview demo`: a whole centre on this machine, with virtual cameras. */
export function demoCommand(context: CliContext): Command {
  return new Command('demo')
    .description('a whole centre on this machine: virtual cameras, both consoles, users')
    .addOption(jsonOption())
    .addOption(new Option('--centre-port <n>', 'for operators').argParser(parsePort).default(8080))
    .addOption(
      new Option('--police-port <n>', 'for control rooms').argParser(parsePort).default(8081),
    )
    .option(
      '--data-dir <dir>',
      'where journal and users are kept; a new temporary folder unless given',
    )
    .addOption(
      new Option('--cameras <n>', 'virtual cameras').argParser(parseCount(MAX_CAMERAS)).default(4),
    )
    .action((flags: DemoFlags) => demo(context, flags));
}

async function demo(context: CliContext, flags: DemoFlags): Promise<void> {
  const log = cliLogger(context, 'warn');
  const dataDir = flags.dataDir ?? mkdtempSync(join(tmpdir(), 'liveview-demo-'));
  const { centrePort, policePort, cameras } = flags;
  const running = await startDemo({ centrePort, policePort, dataDir, cameras, log });
  // Before it says that it is there: whoever hears that may stop it.
  const stopped = untilStopped(log);
  if (flags.json) printLine(context, JSON.stringify(summary(running)));
  else explain(context, running, dataDir);
  await stopped;
  await running.stop();
}

function summary(demo: Demo) {
  return {
    ready: true,
    centre: demo.centreUrl,
    police: demo.policeUrl,
    users: demo.users.map((user) => ({ ...user, password: user.password.reveal() })),
    cameras: demo.simulator.cameras.map(({ id, name, onvifUrl, rtspMain }) => ({
      id,
      name,
      onvif: onvifUrl,
      rtsp: rtspMain,
    })),
  };
}

function explain(context: CliContext, demo: Demo, dataDir: string): void {
  printLine(context, `\nSurveillance centre   ${demo.centreUrl}`);
  printLine(context, `Police control room   ${demo.policeUrl}\n`);
  const rows = demo.users.map((user) => [
    user.username,
    user.password.reveal(),
    user.role,
    user.controlRoom ?? '',
  ]);
  printTable(context, ['NAME', 'PASSWORD', 'ROLE', 'CONTROL ROOM'], rows);
  printLine(
    context,
    '\nOpen both addresses, each in its own browser window. Open an incident as the operator',
  );
  printLine(context, 'and share it; the control room sees pictures then, and only then.');
  printLine(context, `Journal and users: ${dataDir}. Ctrl-C stops.`);
}
