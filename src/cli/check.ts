import { accessSync, constants } from 'node:fs';
import { Command } from 'commander';
import type { SecretSource } from '../config/fields.ts';
import {
  ConfigError,
  type ConfigProblem,
  formatProblem,
  type OpenConfig,
  openConfig,
} from '../config/load.ts';
import { readPanelKey } from '../config/panel-key.ts';
import type { Config } from '../config/schema.ts';
import { looseSecrets, secretPlaces } from '../config/secret-places.ts';
import { nameOfSecret, readCredentials, readSecret } from '../config/secrets.ts';
import { readAuthorities, readTrust } from '../config/trust.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { examineCertificates } from './examined-certificates.ts';
import { configOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';

interface CheckFlags {
  config: string;
  json?: boolean;
  secrets: boolean;
}

/** `liveview check`: everything that is wrong with a configuration, at once. */
export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('check a configuration: every problem at once, with file, line and what to write')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--no-secrets', 'do not look whether passwords, certificates and plans can be read')
    .action((flags: CheckFlags) => check(context, flags));
}

function check(context: CliContext, flags: CheckFlags): void {
  const { problems, warnings } = examineConfig(
    flags.config,
    flags.secrets ? context.env : undefined,
  );
  if (flags.json) printJson(context, { ok: problems.length === 0, problems, warnings });
  else for (const each of warnings) context.stderr.write(`warning: ${formatProblem(each)}\n`);
  if (problems.length > 0) throw new ConfigError(flags.json ? [] : problems);
  if (!flags.json) printLine(context, `${flags.config}: in order`);
}

export interface Findings {
  /** Undefined when it is refused. */
  readonly config?: Config;
  readonly problems: readonly ConfigProblem[];
  /** With which the gateway starts all the same. */
  readonly warnings: readonly ConfigProblem[];
}

/** @param env undefined: what it names is not looked at. */
export function examineConfig(file: string, env: NodeJS.ProcessEnv | undefined): Findings {
  try {
    const open = openConfig(file);
    const { config } = open;
    const unwatched = unsupervisedPanels(open);
    if (!env) return { config, problems: [], warnings: unwatched };
    const certificates = examineCertificates(open, Date.now());
    return {
      config,
      problems: [...secretProblems(open, env), ...certificates.problems, ...planProblems(open)],
      warnings: [
        ...looseWarnings(open, env),
        ...unseenCredentials(open, env),
        ...unwatched,
        ...certificates.warnings,
        ...roomsOutside(open),
      ],
    };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, warnings: [] };
    throw error;
  }
}

function looseWarnings(open: OpenConfig, env: NodeJS.ProcessEnv): ConfigProblem[] {
  return looseSecrets(open.config, env).map(({ path, message }) => open.problemAt(path, message));
}

/** Where a certificate is required and stands for some control rooms, the others cannot connect. */
function roomsOutside(open: OpenConfig): ConfigProblem[] {
  const { police, controlRooms } = open.config;
  const isUsed = controlRooms.some(({ certificates }) => certificates.length > 0);
  if (police?.tls?.clientCert !== 'required' || !isUsed) return [];
  return controlRooms.flatMap(({ id, certificates }, index) =>
    certificates.length > 0
      ? []
      : [
          open.problemAt(
            ['controlRooms', index],
            `${id} has no certificates, so nobody there can connect; add certificates: [{ name: … }]`,
          ),
        ],
  );
}

const MAX_NAMED = 10;

/** Of such a panel nobody hears when its line is cut. One warning for all of them. */
function unsupervisedPanels(open: OpenConfig): ConfigProblem[] {
  const { accounts = {} } = open.config.alarms.dc09 ?? {};
  const numbers = Object.entries(accounts).flatMap(([number, written]) =>
    typeof written === 'string' || written.supervisionSeconds === undefined ? [number] : [],
  );
  if (numbers.length === 0) return [];
  const more = numbers.length > MAX_NAMED ? ` and ${numbers.length - MAX_NAMED} more` : '';
  const named = `${numbers.slice(0, MAX_NAMED).join(', ')}${more}`;
  return [
    open.problemAt(
      ['alarms', 'dc09', 'accounts'],
      `not supervised: ${named}; nobody is told when such a panel falls silent; give it supervisionSeconds`,
    ),
  ];
}

/** systemd gives them to the service alone. */
function unseenCredentials(open: OpenConfig, env: NodeJS.ProcessEnv): ConfigProblem[] {
  if (env['CREDENTIALS_DIRECTORY']) return [];
  return secretPlaces(open.config).flatMap(({ path, source }) =>
    'credential' in source
      ? [
          open.problemAt(
            path,
            `${nameOfSecret(source)} is given to the service only; not looked at`,
          ),
        ]
      : [],
  );
}

/** Something that is read when the gateway starts, and where it is named. */
interface Reading {
  readonly path: readonly (string | number)[];
  readonly source?: SecretSource | undefined;
  read(): unknown;
}

function secretProblems(open: OpenConfig, env: NodeJS.ProcessEnv): ConfigProblem[] {
  const isUnseen = ({ source }: Reading) =>
    source !== undefined && 'credential' in source && !env['CREDENTIALS_DIRECTORY'];
  const readings = [
    ...directorySecrets(open, env),
    ...cameraSecrets(open, env),
    ...panelKeys(open, env),
  ];
  return readings.flatMap((reading) => {
    const { path, read } = reading;
    try {
      if (!isUnseen(reading)) read();
      return [];
    } catch (error) {
      if (!(error instanceof LiveViewError)) throw error;
      return [open.problemAt(path, describe(error))];
    }
  });
}

function directorySecrets({ config }: OpenConfig, env: NodeJS.ProcessEnv): Reading[] {
  const { openid } = config.access;
  if (!openid) return [];
  const { clientSecret: source, ca } = openid;
  const path = ['access', 'openid'];
  return [
    { path: [...path, 'clientSecret'], source, read: () => readSecret(source, env) },
    { path: [...path, 'ca'], read: () => ca && readAuthorities(ca, 'the directory') },
  ];
}

function cameraSecrets({ config }: OpenConfig, env: NodeJS.ProcessEnv): Reading[] {
  return config.cameras.flatMap((camera, index) => [
    ...(['onvif', 'rtsp'] as const).map((section) => ({
      path: ['cameras', index, section, 'password'],
      source: camera[section]?.password,
      read: () => readCredentials(camera[section] ?? {}, env),
    })),
    {
      path: ['cameras', index, 'stream', 'tls', 'ca'],
      read: () => readTrust(camera.stream.tls),
    },
  ]);
}

function panelKeys({ config }: OpenConfig, env: NodeJS.ProcessEnv): Reading[] {
  return Object.entries(config.alarms.dc09?.accounts ?? {}).flatMap(([number, panel]) => {
    const key = typeof panel === 'string' ? undefined : panel.key;
    const path = ['alarms', 'dc09', 'accounts', number, 'key'];
    return key ? [{ path, source: key, read: () => readPanelKey(key, env) }] : [];
  });
}

function planProblems(open: OpenConfig): ConfigProblem[] {
  return open.config.sites.flatMap(({ plans }, site) =>
    plans.flatMap(({ file }, plan) =>
      unreadable(open, file, ['sites', site, 'plans', plan, 'file']),
    ),
  );
}

function unreadable(
  open: OpenConfig,
  file: string,
  path: readonly (string | number)[],
): ConfigProblem[] {
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    const message = `${file} cannot be read (${codeOf(error)}); check its path, owner and mode`;
    return [open.problemAt(path, message)];
  }
}
