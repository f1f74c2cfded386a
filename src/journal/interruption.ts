import { z } from 'zod';
import { type AnyEntry, GATEWAY_ACTOR, isBare, type NewEntry } from './record.ts';

/** That there was a time in which nothing could be written; behind it, what ended meanwhile. */
export const RESUMED_KIND = 'journal.resumed';
/** That the process, or the machine, ended in the middle of a write. */
const RECOVERED_KIND = 'journal.recovered';

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

export function resumed(sinceUnixUs: number): NewEntry {
  return { kind: RESUMED_KIND, actor: GATEWAY_ACTOR, data: { sinceUnixUs } };
}

export function recovered(unfinishedBytes: number): NewEntry {
  return { kind: RECOVERED_KIND, actor: GATEWAY_ACTOR, data: { unfinishedBytes } };
}

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
