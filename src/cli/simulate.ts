import { Command, Option } from 'commander';
import { systemClock } from '../core/clock.ts';
import { Secret } from '../core/secret.ts';
import { PTZ_QUIRKS } from '../simulator/ptz-model.ts';
import { RELAY_QUIRKS } from '../simulator/relay-bank.ts';
import { type RunningSimulator, startSimulator } from '../simulator/simulator.ts';
import { type CliContext, cliLogger } from './context.ts';
import { jsonOption, namedPassword, parseCount, parsePort } from './options.ts';
import { printLine, printTable } from './output.ts';
import { untilStopped } from './signals.ts';

interface SimulateFlags {
  cameras: number;
  host: string;
  rtspPort: number;
  onvifPort: number;
  interface?: string;
  looped?: boolean;
  quirk?: (typeof PTZ_QUIRKS | typeof RELAY_QUIRKS)[number][];
  username: string;
  passwordEnv?: string;
  passwordFile?: string;
  json?: boolean;
}

const MAX_CAMERAS = 200;
/** Nothing is protected by it: the pictures are drawn. */
const DEFAULT_PASSWORD = 'virtual';

/** `liveview simulate`: virtual cameras that any ONVIF client and RTSP player accepts. */
export function simulateCommand(context: CliContext): Command {
  return new Command('simulate')
    .description('virtual ONVIF cameras: discovery, control, pictures')
    .addOption(
      new Option('--cameras <n>', 'how many').argParser(parseCount(MAX_CAMERAS)).default(4),
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--rtsp-port <n>', 'RTSP, all cameras').argParser(parsePort).default(8554),
    )
    .addOption(
      new Option('--onvif-port <n>', 'ONVIF of the first camera; the others follow')
        .argParser(parsePort)
        .default(8000),
    )
    .option('--interface <name>', 'answer WS-Discovery on this network interface')
    .option('--looped', 'play a recorded clip instead of a live scene: a hundred cost little')
    .addOption(
      new Option('--quirk <name...>', 'how they differ from the specification').choices([
        ...PTZ_QUIRKS,
        ...RELAY_QUIRKS,
      ]),
    )
    .option('--username <name>', 'user of every camera', 'liveview')
    .option('--password-env <name>', 'its password, from an environment variable')
    .option('--password-file <file>', 'its password, from a file')
    .addOption(jsonOption())
    .action((flags: SimulateFlags) => simulate(context, flags));
}

async function simulate(context: CliContext, flags: SimulateFlags): Promise<void> {
  const log = cliLogger(context, 'warn');
  const simulator = await startSimulator({
    cameras: flags.cameras,
    host: flags.host,
    rtspPort: flags.rtspPort,
    onvifPort: flags.onvifPort,
    discovery: flags.interface === undefined ? false : { interface: flags.interface },
    looped: flags.looped ?? false,
    quirks: Object.fromEntries((flags.quirk ?? []).map((name) => [name, true])),
    username: flags.username,
    password: namedPassword(context, flags) ?? new Secret(DEFAULT_PASSWORD),
    clock: systemClock,
    log,
  });
  // Before it says that it is there: whoever hears that may stop it.
  const stopped = untilStopped(log);
  if (flags.json) printLine(context, JSON.stringify({ ready: true, cameras: simulator.cameras }));
  else explain(context, simulator, flags);
  await stopped;
  await simulator.stop();
}

function explain(context: CliContext, simulator: RunningSimulator, flags: SimulateFlags): void {
  const rows = simulator.cameras.map((camera) => [
    camera.id,
    camera.name,
    camera.ptz ? 'dome' : 'fixed',
    camera.onvifUrl,
    camera.rtspMain,
  ]);
  printTable(context, ['ID', 'NAME', 'KIND', 'ONVIF', 'RTSP'], rows);
  const given = flags.passwordEnv ?? flags.passwordFile;
  const password = given === undefined ? `password "${DEFAULT_PASSWORD}"` : 'the password given';
  printLine(context, `\nUser "${flags.username}", ${password}. Ctrl-C stops.`);
}
