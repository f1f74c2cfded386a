import { Command, Option } from 'commander';
import { OnvifWorkerPool } from '../cameras/onvif/worker-pool.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { type DoctorReport, examine } from '../gateway/doctor/doctor.ts';
import { QuirksFile } from '../gateway/quirks-file.ts';
import { withAccessLog } from './access-log.ts';
import { type CliContext, cliLogger } from './context.ts';
import { printDoctorReport } from './doctor-report.ts';
import { type CameraFlags, cameraOf, type ExaminedCamera } from './examined-camera.ts';
import { jsonOption, parseCount } from './options.ts';
import { printJson, showStep } from './output.ts';

interface DoctorFlags extends CameraFlags {
  seconds: number;
  lineMbit: number;
  sessions?: boolean;
  ptz?: boolean;
  json?: boolean;
}

const MAX_SECONDS = 300;
const MAX_MBIT = 1_000;

/** `liveview doctor`: plays a camera, measures, and says what to change in it and why. */
export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('play a camera, measure it, and say what to change and why')
    .argument('[camera]', 'its id in the configuration, or HOST[:PORT] without --config')
    .option('-c, --config <file>', 'the configuration that has the camera')
    .option('--rtsp <url>', 'the address of its stream, for a camera without ONVIF')
    .option('-u, --username <name>', 'user on the camera, without --config')
    .option('--password-env <name>', 'its password, from an environment variable')
    .option('--password-file <file>', 'its password, from a file')
    .option('--https', 'the camera speaks HTTPS')
    .option('--transport <how>', 'as stream.transport in the configuration')
    .addOption(
      new Option('--seconds <n>', 'how long it is measured')
        .argParser(parseCount(MAX_SECONDS))
        .default(10),
    )
    .addOption(
      new Option('--line-mbit <n>', 'what the line to the control room has for one picture')
        .argParser(parseCount(MAX_MBIT))
        .default(8),
    )
    .option('--sessions', 'count how many sessions it grants at a time, up to 4')
    .option('--ptz', 'move it a little, stop it, and see whether it stands')
    .addOption(jsonOption())
    .action((target: string | undefined, flags: DoctorFlags) => run(context, target, flags));
}

async function run(
  context: CliContext,
  target: string | undefined,
  flags: DoctorFlags,
): Promise<void> {
  const log = cliLogger(context, 'error');
  const { camera, dataDir } = cameraOf(target, flags);
  const pool = new OnvifWorkerPool({ clock: systemClock, log });
  const report = await examine({
    ...{ camera, pool, log, clock: systemClock },
    quirks: dataDir === undefined ? NO_QUIRKS : new QuirksFile(dataDir, log),
    seconds: flags.seconds,
    lineKbps: flags.lineMbit * 1000,
    sessions: flags.sessions ?? false,
    ...(flags.ptz ? { beforeMove: () => record(context, { camera, dataDir }) } : {}),
    onStep: (step) => showStep(context, step),
  }).finally(() => pool.close());
  if (flags.json) printJson(context, report);
  else printDoctorReport(context, report);
  if (!report.ok) throw failureOf(report);
}

const NO_QUIRKS = {
  of: () => ({}),
  learnt: () => undefined,
  transportOf: () => ({ transport: undefined }),
};

/** A movement is in the journal before it is made, of a gateway that has one. */
function record(context: CliContext, { camera, dataDir }: ExaminedCamera): void {
  if (dataDir === undefined) return;
  withAccessLog(context, dataDir, (append) => append('camera.tested', { camera: camera.id }));
}

function failureOf({ streams }: DoctorReport): LiveViewError {
  const { failure } = streams.find(({ role }) => role === 'main') ?? {};
  const { code = 'no-pictures', message = 'the camera gave no picture' } = failure ?? {};
  return new LiveViewError(code, message);
}
