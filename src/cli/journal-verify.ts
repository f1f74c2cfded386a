import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { rfc3339 } from '../core/clock.ts';
import { codeOf, describe, isError, LiveViewError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import type { Interruption } from '../journal/interruption.ts';
import type { Head } from '../journal/record.ts';
import { type Kept, type Verdict, verifyStored } from '../journal/verify.ts';
import { type ExportVerdict, verifyExport } from '../journal/verify-export.ts';
import type { CliContext } from './context.ts';
import { egressInWords, readEgress, reconcileWith } from './journal-egress.ts';
import { readKeys } from './journal-key.ts';
import { linesOf } from './lines.ts';
import { withJournal } from './open-journal.ts';
import { dataDirOption, jsonOption, wrongUse } from './options.ts';
import { printJson, printLine } from './output.ts';

interface VerifyFlags {
  dataDir: string;
  head?: Head;
  key?: string;
  egress?: string;
  json?: boolean;
}

type AnyVerdict = Verdict | ExportVerdict;

/** `liveview journal verify`: whether the record of everything that happened is whole. */
export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description('check the chain and the signatures of a journal in use, or of an exported file')
    .argument('[file]', 'an exported journal')
    .addOption(
      new Option('--head <entry>', 'SEQ:HASH that was kept elsewhere and must be there').argParser(
        parseHead,
      ),
    )
    .option('--key <file>', 'public key that was kept elsewhere (PEM): it must have signed')
    .option('--egress <path>', 'what was counted at the sockets (a file, or the folder egress)')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action((file: string | undefined, options: VerifyFlags) => verify(context, file, options));
}

function verify(context: CliContext, file: string | undefined, options: VerifyFlags): void {
  if (file !== undefined && !existsSync(file)) throw wrongUse(`there is no file ${file}`);
  const keys = options.key === undefined ? [] : readKeys(options.key);
  const kept: Kept = { head: options.head, keys };
  const record = options.egress === undefined ? undefined : readEgress(options.egress);
  const verdict: AnyVerdict =
    file === undefined
      ? verifyDatabase(context, options.dataDir, kept)
      : verifyExport(linesOf(file), kept);
  const egress =
    record && verdict.ok ? reconcileWith({ dataDir: options.dataDir, file }, record) : undefined;
  if (options.json) printJson(context, egress ? { ...verdict, egress } : verdict);
  else if (verdict.ok) {
    const lines = [...inWords(verdict), ...(egress ? egressInWords(egress) : [])];
    for (const line of lines) printLine(context, printable(line));
  }
  if (!verdict.ok) throw new LiveViewError('journal-broken', printable(faultInWords(verdict)));
  if (egress?.ok === false) throw new LiveViewError('egress-differs', NOT_COVERED);
}

const NOT_COVERED = 'more or other left than the journal covers; see above';

/** `4711:0c76…`, as `verify` prints the head and `/v1/journal/head` gives it. */
function parseHead(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new InvalidArgumentError('Write the number and the hash of an entry: 4711:0c76…');
}

/** What SQLite says of a file that is cut off, overwritten, or no database. */
const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_SCHEMA'];

function verifyDatabase(context: CliContext, dataDir: string, kept: Kept): Verdict {
  try {
    return withJournal(dataDir, { unchecked: true }, (journal) => {
      const { unfinishedBytes } = journal;
      if (unfinishedBytes > 0) context.stderr.write(unfinishedInWords(unfinishedBytes));
      return verifyStored(journal, kept);
    });
  } catch (error) {
    const cause = isError(error) ? error.cause : undefined;
    const isDamaged = [error, cause].some((each) =>
      DAMAGED.some((code) => codeOf(each).startsWith(code)),
    );
    if (!isDamaged) throw error;
    return { ok: false, seq: 1, reason: `the database is damaged (${describe(cause ?? error)})` };
  }
}

function unfinishedInWords(bytes: number): string {
  return `at the end are ${bytes} bytes of a write that is not finished: it was interrupted and nothing of it confirmed, or the gateway is at it now\n`;
}

function faultInWords({ seq, reason }: Extract<AnyVerdict, { ok: false }>): string {
  const where = seq === 0 ? '' : ` at entry ${seq}`;
  return `the journal does not hold${where}: ${reason}`;
}

function inWords(verdict: Extract<AnyVerdict, { ok: true }>): string[] {
  const { entries, head, removed, newKeyAt } = verdict;
  const extract = 'incident' in verdict && verdict.incident !== null;
  return [
    extract
      ? `the extract holds: ${entries} entries of ${verdict.incident}, up to entry ${head.seq}`
      : `the chain holds: ${entries} entries, head ${head.seq} ${head.hash}`,
    ...(removed > 0 ? [`the content of ${removed} entries was removed after its term`] : []),
    ...verdict.interruptions.map(interruptionInWords),
    ...signatureInWords(verdict),
    ...('exported' in verdict ? [exportInWords(verdict)] : []),
    ...(newKeyAt === undefined
      ? []
      : [`at entry ${newKeyAt} a key took over that no earlier key vouches for`]),
  ];
}

function interruptionInWords(interruption: Interruption): string {
  const { seq, timeUnixUs, sinceUnixUs, unfinishedBytes } = interruption;
  if (unfinishedBytes !== undefined) {
    return `entry ${seq}: a write of ${unfinishedBytes} bytes had been interrupted, and was left out; nothing of it had been confirmed`;
  }
  const since = sinceUnixUs === undefined ? '' : ` from ${rfc3339(sinceUnixUs)}`;
  return `entry ${seq}: nothing could be recorded${since} to ${rfc3339(timeUnixUs)}; what ended meanwhile follows it`;
}

/** What is proven, and what is not. */
function signatureInWords({ signed, head }: Extract<AnyVerdict, { ok: true }>): string[] {
  if (!signed) return ['not signed: it proves that it was not changed by accident, no more'];
  const { seq, timeUnixUs, key, kept } = signed;
  const last = `signed up to entry ${seq}, at ${rfc3339(timeUnixUs)} by its own clock, with key ${key}`;
  const rest = head.seq - seq - 1;
  return [
    last,
    kept
      ? 'the key is one that was kept, or one that such a key vouches for: whoever had no private key changed nothing up to there'
      : 'the key is only what the journal itself says; compare it with one that was kept elsewhere (--key)',
    ...(rest > 0 ? [`${rest} of the entries after that are not signed yet`] : []),
  ];
}

function exportInWords({ exported, incident }: Extract<ExportVerdict, { ok: true }>): string {
  if (!exported) {
    return incident === null
      ? 'the file itself is not signed: what came after the newest signature in it may have been cut off'
      : 'the file itself is not signed: entries of the incident before and behind these may have been left out';
  }
  const by = exported.kept ? 'a key that was kept' : 'a key that the journal names';
  return `the file is as it was exported at ${rfc3339(exported.timeUnixUs)}, by ${by}`;
}
