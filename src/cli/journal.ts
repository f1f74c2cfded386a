import { Command } from 'commander';
import { systemClock } from '../core/clock.ts';
import { exportJournal } from '../journal/export.ts';
import { KeyFile } from '../journal/key-file.ts';
import { KeyRing } from '../journal/key-ring.ts';
import { isBare } from '../journal/record.ts';
import type { SqliteJournal } from '../journal/sqlite-journal.ts';
import type { CliContext } from './context.ts';
import { keyCommand, rekeyCommand } from './journal-key.ts';
import { verifyCommand } from './journal-verify.ts';
import { withJournal } from './open-journal.ts';
import { dataDirOption, wrongUse } from './options.ts';
import { printLine } from './output.ts';

/** `liveview journal …`: what happened, and whether the record of it is whole. */
export function journalCommand(context: CliContext): Command {
  const command = new Command('journal').description('the record of everything that happened');
  const exporting = new Command('export')
    .description('print the journal as signed JSON Lines')
    .addOption(dataDirOption())
    .option('--incident <id>', 'only this incident, with what proves its place in the chain')
    .action((options: { dataDir: string; incident?: string }) => print(context, options));
  for (const each of [
    verifyCommand(context),
    exporting,
    keyCommand(context),
    rekeyCommand(context),
  ]) {
    command.addCommand(each);
  }
  return command;
}

/** Of one moment, for a gateway may be at work: it removes, rekeys and adds. */
function print(context: CliContext, options: { dataDir: string; incident?: string }): void {
  const { dataDir, incident } = options;
  withJournal(dataDir, {}, (journal) =>
    journal.atOnce(() => {
      if (incident !== undefined) checkIncident(journal, incident);
      const signer = signerFor(context, dataDir, journal.announcedKey());
      const about = incident === undefined ? {} : { incident };
      const timeUnixUs = systemClock.unixUs();
      for (const line of exportJournal(journal, { ...about, signer, timeUnixUs })) {
        printLine(context, line);
      }
    }),
  );
}

function checkIncident(journal: SqliteJournal, incident: string): void {
  let known = false;
  for (const entry of journal.chain({ incident })) {
    known = true;
    if (isBare(entry)) throw wrongUse(`the content of ${incident} was removed after its term`);
  }
  if (!known) throw wrongUse(`the journal knows no incident ${incident}`);
}

/** Whoever may not read the key exports without a signature, and is told. */
function signerFor(context: CliContext, dataDir: string, announced: string | undefined) {
  if (announced === undefined) return undefined;
  const keys = new KeyRing(new KeyFile(dataDir));
  const signer = keys.signerOf(announced);
  if (!signer) context.stderr.write(`not signed: ${keys.problem}\n`);
  return signer;
}
