import { closeSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rfc3339 } from '../core/clock.ts';
import { asError } from '../core/errors.ts';
import { makeFolder, openNewFile } from '../core/ownership.ts';
import type { BegunLine, EgressLine } from './record.ts';

const SUFFIX = '.jsonl';

/** The files of a folder, oldest first. */
export function recordFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
  return names.sort().map((name) => join(folder, name));
}

/** Removes a file that nobody has written to since. @throws an error of the file system. */
export function removeOlder(path: string, beforeUnixUs: number): void {
  if (statSync(path).mtimeMs * 1_000 < beforeUnixUs) rmSync(path, { force: true });
}

export interface RecordFileOptions {
  readonly folder: string;
  /** As `fdatasync` of `node:fs`. */
  readonly toDisk: (descriptor: number, done: (error: Error | null) => void) => void;
  /** What came of it. */
  readonly onDisk: (error: Error | null) => void;
}

/** One file of the record, open for its end. */
export class RecordFile {
  readonly path: string;
  readonly #options: RecordFileOptions;
  readonly #descriptor: number;
  #torn = false;
  #unsynced = false;
  #syncing = false;
  #closed = false;

  private constructor(options: RecordFileOptions, path: string) {
    this.#options = options;
    this.path = path;
    this.#descriptor = openNewFile(path);
  }

  /** @throws an error of the file system. */
  static create(options: RecordFileOptions, begun: BegunLine): RecordFile {
    const { folder } = options;
    makeFolder(folder);
    const at = rfc3339(begun.atUnixUs).replaceAll(':', '-');
    const file = new RecordFile(options, join(folder, `${at}-${begun.run}${SUFFIX}`));
    try {
      file.append([begun]);
      return file;
    } catch (error) {
      file.close();
      rmSync(file.path, { force: true });
      throw error;
    }
  }

  /** Handed to the system in one piece; an empty line sets off what a full disk cut short before. */
  append(lines: readonly EgressLine[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const bytes = Buffer.from(this.#torn ? `\n\n${text}` : text, 'utf8');
    this.#torn = true;
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done);
    }
    this.#torn = false;
    this.#unsynced = true;
  }

  /** What is not on its way to the disk yet, without waiting for it. */
  sync(): void {
    if (this.#syncing || !this.#unsynced) return;
    const { toDisk, onDisk } = this.#options;
    this.#syncing = true;
    this.#unsynced = false;
    toDisk(this.#descriptor, (error) => {
      this.#syncing = false;
      onDisk(error);
      if (this.#closed) this.#finish();
    });
  }

  /** Once all of it is on the disk. */
  close(): void {
    this.#closed = true;
    if (!this.#syncing) this.#finish();
  }

  #finish(): void {
    if (this.#unsynced) {
      this.sync();
      return;
    }
    try {
      closeSync(this.#descriptor);
    } catch (error) {
      this.#options.onDisk(asError(error));
    }
  }
}
