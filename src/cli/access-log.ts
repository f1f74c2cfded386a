import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type AccessLog, journalAccess } from '../access/access-log.ts';
import type { Actor } from '../journal/record.ts';
import { openJournal } from '../journal/sqlite-journal.ts';
import type { CliContext } from './context.ts';

/** Whoever is logged in on this machine; with sudo, whoever typed it. */
export function consoleActor({ env }: CliContext): Actor {
  return { user: `${env['SUDO_USER'] ?? userInfo().username}@console`, role: 'admin' };
}

/** Changes of who may come in are journalled in the name of whoever types them. */
export function withAccessLog<T>(
  context: CliContext,
  dataDir: string,
  work: (accessLog: AccessLog) => T,
): T {
  const journal = openJournal(join(dataDir, 'journal.db'));
  const close = () => journal.close();
  try {
    const result = work(journalAccess(journal, consoleActor(context)));
    if (result instanceof Promise) return result.finally(close) as T;
    close();
    return result;
  } catch (error) {
    close();
    throw error;
  }
}
