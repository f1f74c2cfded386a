import { closeSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { codeOf, LiveViewError } from '../core/errors.ts';
import { makeFolder, openNewFile } from '../core/ownership.ts';
import { replaceFile } from '../core/replace-file.ts';

/** A lock older than this was left by a command that died; nothing holds one for longer than a write. */
const STALE_LOCK_MS = 10_000;

/**
 * A small JSON file that the daemon reads and the command line edits meanwhile. Reading looks at the
 * file's identity and parses again only when it changed. Writing replaces the whole file, so that a
 * reader sees the old or the new one; a lock file keeps two writers from losing each other's change.
 */
export class StateFile<T> {
  readonly #file: string;
  readonly #schema: z.ZodType<T>;
  readonly #empty: T;
  #value: T;
  #seen = '';

  constructor(file: string, schema: z.ZodType<T>, empty: T) {
    this.#file = file;
    this.#schema = schema;
    this.#empty = empty;
    this.#value = empty;
  }

  /**
   * @throws LiveViewError `state-file-unreadable`: nobody is let in on the strength of a file that
   * cannot be understood, or of what it said before.
   */
  read(): T {
    const identity = this.#identity();
    if (identity === this.#seen) return this.#value;
    this.#value = identity === 'absent' ? this.#empty : this.#parse();
    this.#seen = identity;
    return this.#value;
  }

  /** Applies `change` to what is in the file now and writes the result, readable by its owner alone. */
  update(change: (value: T) => T): void {
    makeFolder(dirname(this.#file));
    const lock = this.#lock();
    try {
      this.#seen = '';
      this.#write(change(this.read()));
    } finally {
      closeSync(lock);
      rmSync(`${this.#file}.lock`, { force: true });
    }
  }

  /**
   * Puts `value` in place of whatever is there, without a lock: for a file that one process alone
   * writes. A crash in the middle leaves the old file, and nothing to wait for.
   */
  replace(value: T): void {
    makeFolder(dirname(this.#file));
    this.#write(value);
    this.#seen = '';
  }

  /** A new file has a new inode, and an edited one a new time or size. */
  #identity(): string {
    try {
      const { ino, size, mtimeNs } = statSync(this.#file, { bigint: true });
      return `${ino}:${size}:${mtimeNs}`;
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return 'absent';
      throw this.#unreadable(cause);
    }
  }

  #parse(): T {
    try {
      return this.#schema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  #unreadable(cause: unknown): LiveViewError {
    return new LiveViewError(
      'state-file-unreadable',
      `${this.#file} cannot be read or is damaged; restore it from a backup, or move it away and add its entries anew`,
      { cause },
    );
  }

  #lock(): number {
    const file = `${this.#file}.lock`;
    try {
      return openNewFile(file);
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw this.#unwritable(cause);
      if (Date.now() - lockTimeMs(file) > STALE_LOCK_MS) {
        rmSync(file, { force: true });
        return openNewFile(file);
      }
      throw new LiveViewError('state-file-busy', `${this.#file} is being changed; try again`, {
        cause,
      });
    }
  }

  #write(value: T): void {
    try {
      replaceFile(this.#file, `${JSON.stringify(value, undefined, 2)}\n`);
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  #unwritable(cause: unknown): LiveViewError {
    return new LiveViewError(
      'state-file-unwritable',
      `${this.#file} cannot be written; check the space left and who owns the data directory`,
      { cause },
    );
  }
}

function lockTimeMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
