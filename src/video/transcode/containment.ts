import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { LiveViewError } from '../../core/errors.ts';
import { fileRules } from './file-rules.ts';

/** What a process may use besides its three pipes. */
export interface Needs {
  /** Writes a file, which only tools do; the gateway's own do not. */
  readonly writesFile?: boolean | undefined;
  /** Of one that has an end: so much processor time and no more. */
  readonly cpuSeconds?: number | undefined;
}

/** A program that becomes another one, after it has given up what that one does not need. */
export interface Launch {
  readonly file: string;
  /** What is to be run comes at their end, the arguments of that behind them. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Added to that of the gateway, which comes first: video is work for idle processors. */
export const NICENESS = 5;
/** Anonymous memory. A picture of 8K that refers to sixteen others is decoded in less. */
export const MAX_DATA_BYTES = 1024 * 1024 * 1024;
export const MAX_OPEN_FILES = 64;
/** Processes and threads. ffmpeg makes a few for each processor. */
export const MAX_TASKS = 512;
/** What does not answer by then does not work here. */
const TRIAL_MS = 2_000;
/** When the machine has no memory left, an encoder goes before the gateway. */
export const OOM_SCORE = 500;

/**
 * The steps, each a program of util-linux that replaces itself by the next: no process is added and no
 * shell is there. What a machine lacks or forbids is left out, and said.
 */
interface Step {
  readonly name: 'network' | 'parent' | 'memory' | 'oom' | 'files';
  readonly command: readonly string[];
  /** What it means that it is missing. */
  readonly lacking: string;
}

const STEPS: readonly Step[] = [
  {
    name: 'network',
    // Empty namespaces: without a route, and without the rights that a mapped user would have in them.
    command: ['unshare', '--user', '--net', '--'],
    lacking:
      'encoders share the network of the gateway: this machine does not let it make namespaces of users and networks (unshare --user --net)',
  },
  {
    name: 'parent',
    command: ['setpriv', '--no-new-privs', '--pdeathsig', 'KILL', '--'],
    lacking:
      'encoders of a gateway that was killed end only with their pipes: setpriv does not run',
  },
  {
    name: 'oom',
    command: ['choom', '--adjust', String(OOM_SCORE), '--'],
    lacking: 'out of memory, the gateway may be ended before its encoders: choom does not run',
  },
  {
    name: 'files',
    command: fileRules('true'),
    lacking:
      'encoders can open every file of the gateway: perl does not run, or this kernel does not have Landlock (Linux 5.13)',
  },
  {
    name: 'memory',
    command: ['prlimit', `--data=${MAX_DATA_BYTES}`, '--'],
    lacking: 'encoders may take any amount of memory: prlimit does not run',
  },
];

/** What ffmpeg, its libraries and its drivers ask for; secrets and the rest of the gateway's stay behind. */
const VARIABLES =
  /^(PATH|LD_LIBRARY_PATH|LANG|LC_ALL|TZ|CUDA_VISIBLE_DEVICES|(LIBVA|VDPAU|NVIDIA|ONEVPL|MFX|VPL)_\w+)$/;

let missingSteps: ReadonlySet<string> | undefined;

/**
 * Whether a service manager ends what a killed gateway leaves (systemd.kill(5), KillMode=control-group). Its unit
 * refuses capset(2), without which setpriv does nothing.
 */
function isService(): boolean {
  return process.env['INVOCATION_ID'] !== undefined;
}

/** What cannot be taken from children on this machine, in words for administrators; tried once. */
export function containmentGaps(): string[] {
  const missing = stepsMissing();
  const lacking = STEPS.filter(
    ({ name }) => missing.has(name) && !(name === 'parent' && isService()),
  );
  return lacking.map((step) => step.lacking);
}

/**
 * How `program` is started with no more than it needs.
 *
 * @throws LiveViewError `ffmpeg-missing` when it is not there: the steps would say so too late.
 */
export function launchOf(program: string, needs: Needs = {}): Launch {
  const path = findProgram(program);
  const missing = stepsMissing();
  const { writesFile = false } = needs;
  const steps = STEPS.filter(({ name }) => !missing.has(name) && !(writesFile && name === 'files'));
  const isAlone = steps.some(({ name }) => name === 'network') && countsByNamespace();
  const limits = steps.flatMap(({ name, command }) => {
    if (name === 'files') return fileRules(path);
    return name === 'memory'
      ? [...command.slice(0, -1), ...limitsOf(needs, isAlone), '--']
      : command;
  });
  return {
    // The same for all: fluent-ffmpeg remembers one program for every command.
    file: 'nice',
    args: ['-n', String(NICENESS), ...limits, path],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => VARIABLES.test(name))),
  };
}

/** @param isAlone in a namespace of users of its own: in that of the gateway, the tasks of all would count. */
function limitsOf({ writesFile, cpuSeconds }: Needs, isAlone: boolean): string[] {
  return [
    ...(isAlone ? [`--nproc=${MAX_TASKS}`] : []),
    ...['--core=0', `--nofile=${MAX_OPEN_FILES}`],
    ...(writesFile ? [] : ['--fsize=0']),
    ...(cpuSeconds === undefined ? [] : [`--cpu=${cpuSeconds}`]),
  ];
}

/** Since Linux 5.14 RLIMIT_NPROC counts the tasks of a user in one namespace, before that in all (user_namespaces(7)). */
function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

function stepsMissing(): ReadonlySet<string> {
  missingSteps ??= runs(STEPS.flatMap(({ command }) => command))
    ? new Set()
    : new Set(STEPS.flatMap(({ name, command }) => (runs(command) ? [] : [name])));
  return missingSteps;
}

function runs([file = '', ...args]: readonly string[]): boolean {
  const { status } = spawnSync(file, [...args, 'true'], { stdio: 'ignore', timeout: TRIAL_MS });
  return status === 0;
}

function findProgram(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = program.includes('/') ? [program] : folders.map((each) => join(each, program));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw doesNotRun(program);
}

export function doesNotRun(program: string, cause?: unknown): LiveViewError {
  return new LiveViewError(
    'ffmpeg-missing',
    `${program} does not run; install it with: sudo apt-get install --yes ffmpeg (or name it in FFMPEG_PATH)`,
    { cause },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
