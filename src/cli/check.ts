import { accessSync, constants } from 'node:fs';
import { Command } from 'commander';
import { ConfigError, type ConfigProblem, type OpenConfig, openConfig } from '../config/load.ts';
import { configNotes } from '../config/notes.ts';
import { readCredentials } from '../config/secrets.ts';
import { readTrust } from '../config/trust.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
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
    .option('--no-secrets', 'do not look whether passwords and certificates can be read')
    .action((flags: CheckFlags) => check(context, flags));
}

function check(context: CliContext, flags: CheckFlags): void {
  const { problems, notes } = examine(flags.config, flags.secrets ? context.env : undefined);
  if (flags.json) printJson(context, { ok: problems.length === 0, problems, notes });
  else for (const note of notes) context.stderr.write(`${flags.config}: ${note}\n`);
  if (problems.length > 0) throw new ConfigError(flags.json ? [] : problems);
  if (!flags.json) printLine(context, `${flags.config}: in order`);
}

function examine(file: string, env: NodeJS.ProcessEnv | undefined) {
  try {
    const open = openConfig(file);
    const problems = env ? [...secretProblems(open, env), ...certificateProblems(open)] : [];
    return { problems, notes: configNotes(open.config) };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, notes: [] };
    throw error;
  }
}

function secretProblems(open: OpenConfig, env: NodeJS.ProcessEnv): ConfigProblem[] {
  return open.config.cameras.flatMap((camera, index) =>
    [
      ...(['onvif', 'rtsp'] as const).map((section) => ({
        at: [section, 'password'],
        read: () => readCredentials(camera[section] ?? {}, env),
      })),
      { at: ['stream', 'tls', 'ca'], read: () => readTrust(camera.stream.tls) },
    ].flatMap(({ at, read }) => {
      try {
        read();
        return [];
      } catch (error) {
        if (!(error instanceof LiveViewError)) throw error;
        return [open.problemAt(['cameras', index, ...at], describe(error))];
      }
    }),
  );
}

function certificateProblems(open: OpenConfig): ConfigProblem[] {
  return (['centre', 'police'] as const).flatMap((section) =>
    (['cert', 'key', 'clientCa'] as const).flatMap((name) => {
      const file = open.config[section]?.tls?.[name];
      if (file === undefined) return [];
      try {
        accessSync(file, constants.R_OK);
        return [];
      } catch (error) {
        const message = `${file} cannot be read (${codeOf(error)}); check its path, owner and mode`;
        return [open.problemAt([section, 'tls', name], message)];
      }
    }),
  );
}
