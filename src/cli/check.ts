import { Command } from 'commander';
import { ConfigError, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { readCredentials } from '../config/secrets.ts';
import { describe, LiveViewError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { configOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';

/** `liveview check`: everything that is wrong with a configuration, at once. */
export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('check a configuration: every problem at once, with file, line and what to write')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--no-secrets', 'do not look whether passwords can be read')
    .action((options: { config: string; json?: boolean; secrets: boolean }) => {
      const problems = problemsOf(options.config, options.secrets ? context.env : undefined);
      if (options.json) printJson(context, { ok: problems.length === 0, problems });
      if (problems.length > 0) throw new ConfigError(options.json ? [] : problems);
      if (!options.json) printLine(context, `${options.config}: in order`);
    });
}

function problemsOf(file: string, env: NodeJS.ProcessEnv | undefined) {
  try {
    const config = loadConfig(file);
    return env ? secretProblems(config, file, env) : [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function secretProblems(config: Config, file: string, env: NodeJS.ProcessEnv) {
  return config.cameras.flatMap((camera, index) =>
    (['onvif', 'rtsp'] as const).flatMap((section) => {
      try {
        readCredentials(camera[section] ?? {}, env);
        return [];
      } catch (error) {
        if (!(error instanceof LiveViewError)) throw error;
        const path = `cameras[${index}].${section}.password`;
        return [{ file, line: 1, path, message: describe(error) }];
      }
    }),
  );
}
