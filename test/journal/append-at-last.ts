import { codeOf, isError } from '../../src/core/errors.ts';
import type { Journal, NewEntry } from '../../src/journal/record.ts';

/** Appends as often as another process was at it for longer than an append waits: a slow disk makes that so. */
export function appendAtLast(journal: Journal, entry: NewEntry): void {
  for (;;) {
    try {
      journal.append(entry);
      return;
    } catch (error) {
      const busy = isError(error) && codeOf(error.cause).startsWith('SQLITE_BUSY');
      if (!busy) throw error;
    }
  }
}
