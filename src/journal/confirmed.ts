import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { openNewFile } from '../core/ownership.ts';
import type { Head } from './record.ts';

/** `seq`, padded, a space, the hash, a line end: every line replaces the one before it. */
const LENGTH = 16 + 1 + 64 + 1;
const lineSchema = z.string().regex(/^ *[1-9]\d{0,15} [0-9a-f]{64}\n$/);

/**
 * The newest entry that was confirmed, in a file beside the database. SQLite forgets without a word
 * what a damaged write-ahead log held; this says that there was more. It is written after each commit
 * and not waited for: after a loss of power it may name an older entry, never one that was not there.
 */
export class ConfirmedHead {
  readonly path: string;
  readonly #descriptor: number;

  /** @param database the file of the journal. */
  constructor(database: string) {
    this.path = confirmedPath(database);
    if (!existsSync(this.path)) closeSync(openNewFile(this.path));
    this.#descriptor = openSync(this.path, 'r+');
  }

  /** Undefined when nothing was confirmed yet, or the line is not whole. */
  read(): Head | undefined {
    return readLine(this.#descriptor);
  }

  write({ seq, hash }: Head): void {
    writeSync(this.#descriptor, `${String(seq).padStart(16)} ${hash}\n`, 0, 'latin1');
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

export function confirmedPath(database: string): string {
  return `${database.replace(/\.db$/, '')}.head`;
}

function readLine(descriptor: number): Head | undefined {
  const bytes = Buffer.alloc(LENGTH);
  const length = readSync(descriptor, bytes, 0, LENGTH, 0);
  const line = lineSchema.safeParse(bytes.toString('latin1', 0, length));
  if (!line.success) return undefined;
  const [seq = '', hash = ''] = line.data.trim().split(' ');
  return { seq: Number(seq), hash };
}
