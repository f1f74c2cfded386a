import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, LiveViewError } from '../core/errors.ts';
import { openNewFile, whyNotPrivate } from '../core/ownership.ts';
import { syncFolder } from '../core/replace-file.ts';
import { type Signer, signerOf } from './signature.ts';

const NO_KEY =
  'it is no private key; put it back from a backup, or remove it when this journal has announced none';

/**
 * The private key of the journal, PKCS #8 in PEM, for its owner alone. A key that is to take its
 * place lies beside it until it has been announced: a crash in between loses neither.
 */
export class KeyFile {
  readonly path: string;
  readonly #next: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'journal.key');
    this.#next = `${this.path}.next`;
  }

  /** Undefined when there is none. @throws LiveViewError `journal-key` when it may not be trusted. */
  load(): Signer | undefined {
    return read(this.path);
  }

  /**
   * Of two processes, one at a time may make one: the journal does so within a write.
   *
   * @throws LiveViewError `journal-key` when it cannot be written, or is there.
   */
  make(): Signer {
    return write(this.path);
  }

  /** The one that is to take its place. @throws LiveViewError `journal-key` */
  loadNext(): Signer | undefined {
    return read(this.#next);
  }

  /** Replaces one that was made and never announced. @throws LiveViewError `journal-key` */
  makeNext(): Signer {
    rmSync(this.#next, { force: true });
    return write(this.#next);
  }

  /** The next one, which was announced, takes its place, unless another process has seen to that. */
  adoptNext(announced: string): void {
    if (this.loadNext()?.key !== announced) return;
    try {
      renameSync(this.#next, this.path);
      syncFolder(dirname(this.path));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function read(file: string): Signer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusable(file, 'it cannot be opened', cause);
  }
  try {
    checkOwner(file, descriptor);
    return signerOf(parse(file, readFileSync(descriptor, 'utf8')));
  } finally {
    closeSync(descriptor);
  }
}

/** Whoever else could have read or replaced it could sign in the name of this journal. */
function checkOwner(file: string, descriptor: number): void {
  const why = whyNotPrivate(file, descriptor);
  if (why !== undefined) throw unusable(file, why);
}

function parse(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw unusable(file, NO_KEY, cause);
  }
  throw unusable(file, 'it is no Ed25519 key');
}

/** The whole of a key takes its name, or nothing does. */
function write(file: string): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  const unfinished = `${file}.new`;
  try {
    if (lstatSync(file, { throwIfNoEntry: false })) throw new Error('there is one already');
    rmSync(unfinished, { force: true });
    writeNew(unfinished, privateKey);
    renameSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw unusable(file, 'it cannot be written', cause);
  }
  return signerOf(privateKey);
}

function writeNew(file: string, key: KeyObject): void {
  const descriptor = openNewFile(file);
  try {
    writeFileSync(descriptor, key.export({ type: 'pkcs8', format: 'pem' }));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unusable(file: string, why: string, cause?: unknown): LiveViewError {
  const more = cause === undefined ? {} : { cause };
  return new LiveViewError('journal-key', `${file} cannot be used to sign: ${why}`, more);
}
