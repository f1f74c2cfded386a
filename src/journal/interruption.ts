import { z } from 'zod';
import { type AnyEntry, isBare } from './record.ts';

/** That there was a time in which nothing could be written; behind it, what ended meanwhile. */
export const RESUMED_KIND = 'journal.resumed';
/** That the process, or the machine, ended in the middle of a write. */
export const RECOVERED_KIND = 'journal.recovered';

/** A time of which the journal says that it could not tell everything. */
export interface Interruption {
  /** The entry that says so. */
  readonly seq: number;
  readonly timeUnixUs: number;
  /** Since when nothing could be recorded. */
  readonly sinceUnixUs?: number;
  /** Of a write that was interrupted and of which nothing had been confirmed. */
  readonly unfinishedBytes?: number;
}

const resumedSchema = z.object({ sinceUnixUs: z.int() });
const recoveredSchema = z.object({ unfinishedBytes: z.int().min(1) });

/** Undefined for an entry that tells of none. */
export function interruption(entry: AnyEntry): Interruption | undefined {
  const { seq, timeUnixUs, kind } = entry;
  if (isBare(entry)) return undefined;
  if (kind === RESUMED_KIND) {
    return { seq, timeUnixUs, ...resumedSchema.safeParse(entry.data).data };
  }
  if (kind !== RECOVERED_KIND) return undefined;
  return { seq, timeUnixUs, ...recoveredSchema.safeParse(entry.data).data };
}
