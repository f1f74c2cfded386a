import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { sha256Of } from './picture-maker.ts';

const HASH = /^[0-9a-f]{64}$/;
/** Of a file that is being written; a crash leaves it, and the next start removes it. */
const UNFINISHED = '.part';

/**
 * Pictures by the hash of their bytes, a file each, for the gateway's user alone. A file that is there
 * is whole: it is written beside its name, and given it when it is on the disk.
 */
export class ImageStore {
  readonly #folder: string;
  readonly #log: Logger;
  #written = 0;

  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /** @throws LiveViewError `images-unwritable`; nothing is left behind then. */
  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    if (await this.#isWhole(sha256)) return;
    this.#written += 1;
    const temporary = join(this.#folder, `${sha256}.${process.pid}.${this.#written}${UNFINISHED}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await written(temporary, bytes);
      await rename(temporary, this.#file(sha256));
      await synced(this.#folder);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new LiveViewError(
        'images-unwritable',
        'the picture cannot be kept; check the space left and who owns the data directory',
        { cause },
      );
    }
  }

  /** What was damaged since it was kept is kept anew. */
  async #isWhole(sha256: string): Promise<boolean> {
    return readFile(this.#file(sha256)).then(
      (bytes) => sha256Of(bytes) === sha256,
      () => false,
    );
  }

  /** The bytes, which are those of this hash. @throws LiveViewError `image-missing` */
  async read(sha256: string): Promise<Buffer> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.#file(sha256), constants.O_RDONLY | constants.O_NOFOLLOW);
      const bytes = await file.readFile();
      if (sha256Of(bytes) === sha256) return bytes;
      throw new Error('its bytes are not those that were kept');
    } catch (cause) {
      this.#log.error('a picture that was kept cannot be read', { sha256, error: cause });
      throw new LiveViewError('image-missing', 'the picture is damaged or gone; upload it again', {
        cause,
      });
    } finally {
      await file?.close();
    }
  }

  /** Nobody refers to it any more; that it is gone already is no fault. */
  async forget(sha256: string): Promise<void> {
    try {
      await rm(this.#file(sha256), { force: true });
      await synced(this.#folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      this.#log.error('a picture that is to be removed cannot be; remove the file by hand', {
        sha256,
        error,
      });
    }
  }

  /** Removes what a crash left: files that were not finished, and those that nothing refers to. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    for (const name of names) {
      if (name.endsWith(UNFINISHED)) await rm(join(this.#folder, name), { force: true });
      else if (HASH.test(name) && !known.has(name)) await this.forget(name);
    }
  }

  /** @throws LiveViewError `image-missing` for what is no hash: it would be a path. */
  #file(sha256: string): string {
    if (HASH.test(sha256)) return join(this.#folder, sha256);
    throw new LiveViewError('image-missing', 'this is no name of a picture');
  }
}

async function written(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name survives a power cut. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
