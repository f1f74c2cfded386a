import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { Command, InvalidArgumentError, Option } from 'commander';
import { codeOf, describe, isError, LiveViewError } from '../core/errors.ts';
import { exportJournal, verifyExport } from '../journal/export.ts';
import type { Head } from '../journal/record.ts';
import { openJournal } from '../journal/sqlite-journal.ts';
import { type Verdict, verifyStored } from '../journal/verify.ts';
import type { CliContext } from './context.ts';
import { dataDirOption, jsonOption, wrongUse } from './options.ts';
import { printJson, printLine } from './output.ts';

interface VerifyFlags {
  dataDir: string;
  head?: Head;
  json?: boolean;
}

/** `liveview journal …`: what happened, and whether the record of it is whole. */
export function journalCommand(context: CliContext): Command {
  const command = new Command('journal').description('the record of everything that happened');
  command
    .command('verify [file]')
    .description('check the chain of a journal in use, or of an exported file')
    .addOption(
      new Option('--head <entry>', 'SEQ:HASH that was kept elsewhere and must be there').argParser(
        parseHead,
      ),
    )
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((file: string | undefined, options: VerifyFlags) => verify(context, file, options));
  command
    .command('export')
    .description('print the journal as JSON Lines')
    .addOption(dataDirOption())
    .option('--incident <id>', 'only what belongs to this incident')
    .action((options: { dataDir: string; incident?: string }) => {
      const { incident } = options;
      withJournal(options.dataDir, (journal) => {
        if (incident && [...journal.read({ incident, limit: 1 })].length === 0) {
          throw wrongUse(`the journal knows no incident ${incident}`);
        }
        for (const line of exportJournal(journal, incident ? { incident } : {})) {
          printLine(context, line);
        }
      });
    });
  return command;
}

function verify(context: CliContext, file: string | undefined, options: VerifyFlags): void {
  if (file !== undefined && !existsSync(file)) throw wrongUse(`there is no file ${file}`);
  const verdict =
    file === undefined
      ? verifyDatabase(options.dataDir, options.head)
      : verifyExport(linesOf(file), options.head);
  if (options.json) printJson(context, verdict);
  else if (verdict.ok) printLine(context, inWords(verdict));
  if (!verdict.ok) throw new LiveViewError('journal-broken', inWords(verdict));
}

/** `4711:0c76…`, as `verify` prints the head and `/v1/journal/head` gives it. */
function parseHead(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new InvalidArgumentError('Write the number and the hash of an entry: 4711:0c76…');
}

/** What SQLite says of a file that is cut off, overwritten, or no database. */
const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_SCHEMA'];

function verifyDatabase(dataDir: string, kept: Head | undefined): Verdict {
  try {
    return withJournal(dataDir, (journal) => verifyStored(journal, kept));
  } catch (error) {
    const cause = isError(error) ? error.cause : undefined;
    const isDamaged = [error, cause].some((each) =>
      DAMAGED.some((code) => codeOf(each).startsWith(code)),
    );
    if (!isDamaged) throw error;
    return { ok: false, seq: 1, reason: `the database is damaged (${describe(cause ?? error)})` };
  }
}

function inWords(verdict: Verdict): string {
  if (verdict.ok) {
    return `the chain holds: ${verdict.entries} entries, head ${verdict.head.seq} ${verdict.head.hash}`;
  }
  return `the chain does not hold at entry ${verdict.seq}: ${verdict.reason}`;
}

function withJournal<T>(dataDir: string, work: (journal: ReturnType<typeof openJournal>) => T): T {
  const file = join(dataDir, 'journal.db');
  if (!existsSync(file)) {
    throw wrongUse(`there is no journal in ${dataDir}; name the right folder with --data-dir`);
  }
  const journal = openJournal(file, { create: false });
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}

/** A line of an export is one entry; a longer one is not an export. */
const MAX_LINE = 4 * 1024 * 1024;

/** The lines of a file of any size, without holding it in memory. */
function* linesOf(file: string): Iterable<string> {
  const descriptor = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(64 * 1024);
  let rest = '';
  try {
    for (
      let length = readSync(descriptor, chunk);
      length > 0;
      length = readSync(descriptor, chunk)
    ) {
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) throw wrongUse(`${file} is not an exported journal`);
      yield* lines;
    }
    rest += decoder.end();
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
