import { Command, CommanderError } from 'commander';
import { codeOf, describe } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { certCommand } from './cert.ts';
import { checkCommand } from './check.ts';
import { type CliContext, processContext } from './context.ts';
import { demoCommand } from './demo.ts';
import { discoverCommand } from './discover.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { journalCommand } from './journal.ts';

import { panelCommand } from './panel.ts';
import { probeCommand } from './probe.ts';
import { serveCommand } from './serve.ts';
import { simulateCommand } from './simulate.ts';
import { supportCommand } from './support.ts';
import { tokenCommand } from './token.ts';
import { userCommand } from './user.ts';
import { VERSION } from './version.ts';

/** Runs one command and gives its exit code. Results go to standard output, all else to standard error. */
export async function main(args: readonly string[], context = processContext): Promise<number> {
  const program = buildProgram(context);
  endWithReader(context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
    const text = describe(error);
    const lines = text.split('\n').map(printable);
    if (text) context.stderr.write(`liveview: ${lines.join('\n')}\n`);
    return exitCodeOf(error);
  }
}

/** `liveview journal export | head`: whoever reads has had enough, and so the command has too. */
function endWithReader({ stdout }: CliContext): void {
  stdout.once('error', (error) => {
    if (codeOf(error) === 'EPIPE') process.exit(EXIT.failed);
    throw error;
  });
}

function buildProgram(context: CliContext): Command {
  const program = new Command('liveview')
    .description('Live View gateway: no incident, no images')
    .version(VERSION)
    .showHelpAfterError('(liveview COMMAND --help tells more)');
  const commands = [
    serveCommand(context),
    demoCommand(context),
    checkCommand(context),
    discoverCommand(context),
    probeCommand(context),
    doctorCommand(context),
    simulateCommand(context),
    panelCommand(context),
    userCommand(context),
    tokenCommand(context),
    certCommand(context),
    journalCommand(context),
    supportCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  forAll(program, (command) => {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    });
  });
  return program;
}

function forAll(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) forAll(child, act);
}
