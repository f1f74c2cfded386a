import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalOptions, openJournal, type SqliteJournal } from '../journal/sqlite-journal.ts';
import { wrongUse } from './options.ts';

/** The journal of a gateway, running or not, for as long as the work takes. @throws LiveViewError `wrong-use` */
export function withJournal<T>(
  dataDir: string,
  options: JournalOptions,
  work: (journal: SqliteJournal) => T,
): T {
  const file = join(dataDir, 'journal.db');
  if (!existsSync(file)) {
    throw wrongUse(`there is no journal in ${dataDir}; name the right folder with --data-dir`);
  }
  const journal = openJournal(file, { ...options, create: false });
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}
