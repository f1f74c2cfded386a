import { PassThrough, Readable } from 'node:stream';
import { main } from '../../src/cli/main.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the command line in this process. */
export async function runCli(
  args: readonly string[],
  options: { stdin?: string; env?: NodeJS.ProcessEnv; isTerminal?: boolean } = {},
): Promise<CliResult> {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: options.isTerminal ?? false });
  const stdin = Readable.from(options.stdin === undefined ? [] : [options.stdin]);
  const code = await main(args, { stdout, stderr, stdin, env: options.env ?? {} });
  const text = async (stream: PassThrough) =>
    Buffer.concat(await stream.end().toArray()).toString('utf8');
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}
