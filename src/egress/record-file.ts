import { closeSync, fdatasync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rfc3339 } from '../core/clock.ts';
import { makeFolder, openNewFile } from '../core/ownership.ts';
import type { BegunLine, EgressLine } from './record.ts';

const SUFFIX = '.jsonl';
const DAY_US = 24 * 60 * 60 * 1_000_000;

/** The files of a folder, oldest first. */
export function recordFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
  return names.sort().map((name) => join(folder, name));
}

/** One file of the record, open for its end. */
export class RecordFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #begunUnixUs: number;
  #torn = false;
  #syncing = false;
  #closed = false;

  private constructor(folder: string, path: string, begunUnixUs: number) {
    this.#folder = folder;
    this.#path = path;
    this.#begunUnixUs = begunUnixUs;
    this.#descriptor = openNewFile(path);
  }

  /** @throws an error of the file system. */
  static create(folder: string, begun: BegunLine): RecordFile {
    makeFolder(folder);
    const at = rfc3339(begun.atUnixUs).replaceAll(':', '-');
    const file = new RecordFile(
      folder,
      join(folder, `${at}-${begun.run}${SUFFIX}`),
      begun.atUnixUs,
    );
    try {
      file.append([begun]);
      return file;
    } catch (error) {
      file.close();
      rmSync(file.#path, { force: true });
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
  }

  /** To the disk, without waiting for it. */
  sync(): void {
    if (this.#syncing) return;
    this.#syncing = true;
    fdatasync(this.#descriptor, () => {
      this.#syncing = false;
      if (this.#closed) closeSync(this.#descriptor);
    });
  }

  /** Once what is on its way to the disk is there. */
  close(): void {
    this.#closed = true;
    if (!this.#syncing) closeSync(this.#descriptor);
  }

  /** Other files of the folder that nobody has written to for so long. */
  removeOlder(keepDays: number | undefined): void {
    if (keepDays === undefined) return;
    const beforeMs = (this.#begunUnixUs - keepDays * DAY_US) / 1_000;
    for (const path of recordFiles(this.#folder)) {
      if (path !== this.#path && statSync(path).mtimeMs < beforeMs) rmSync(path, { force: true });
    }
  }
}
