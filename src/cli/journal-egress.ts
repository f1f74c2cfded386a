import { existsSync, statSync } from 'node:fs';
import { type ReadRecord, readRecord } from '../egress/read.ts';
import { type EgressVerdict, reconcile } from '../egress/reconcile.ts';
import { recordFiles } from '../egress/record-file.ts';
import { readExport } from '../journal/export.ts';
import { linesOf } from './lines.ts';
import { withJournal } from './open-journal.ts';
import { wrongUse } from './options.ts';

/**
 * What was counted at the sockets. Read before the journal, which may be in use: whatever is in it then was
 * in the journal before.
 *
 * @param path a file of the record, or the folder of all of them. @throws LiveViewError `wrong-use`
 */
export function readEgress(path: string): ReadRecord {
  if (!existsSync(path)) throw wrongUse(`there is no file or folder ${path}`);
  const files = statSync(path).isDirectory() ? recordFiles(path) : [path];
  const record = readRecord(files.map((name) => ({ name, lines: linesOf(name) })));
  const isNone = record.runs.length === 0 && record.damaged.length === 0;
  if (isNone) throw wrongUse(`there is no record of what left in ${path}`);
  return record;
}

export interface JournalPlace {
  readonly dataDir: string;
  /** An export. */
  readonly file: string | undefined;
}

/** Held against a journal that was found to hold. @throws LiveViewError `wrong-use` */
export function reconcileWith({ dataDir, file }: JournalPlace, record: ReadRecord): EgressVerdict {
  if (file === undefined) {
    return withJournal(dataDir, {}, (journal) => reconcile(journal.chain(), record));
  }
  const { header, entries } = readExport(linesOf(file));
  const { incident } = header;
  return reconcile(entries, record, incident === null ? {} : { incident });
}

/** What agrees, then whatever does not. */
export function egressInWords(verdict: EgressVerdict): string[] {
  const { faults, flows, bytes, uncountedBytes, skipped, unrecorded } = verdict;
  const isWhole = faults.length === 0;
  return [
    `${flows} flows left with ${bytes} bytes${isWhole ? ', each within what is journalled and shared' : ''}`,
    ...(uncountedBytes > 0
      ? [`of ${uncountedBytes} of these bytes the journal has no count: the gateway was killed`]
      : []),
    ...(skipped > 0
      ? [`${skipped} flows are not of this journal: of other incidents, later, or past their term`]
      : []),
    ...(unrecorded > 0
      ? [`of ${unrecorded} viewings and disclosures there is no record of what left`]
      : []),
    ...faults.map(({ code, where }) => `${code}: ${where}`),
  ];
}
