import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { codeOf, LiveViewError } from '../core/errors.ts';
import { makeFolder, OTHERS, openNewFile, whyNotPrivate } from '../core/ownership.ts';

/** Nothing holds the lock for longer than it takes to sign and write. */
const LOCK_WAIT_MS = 10_000;
const LOCK_LOOK_MS = 25;

/** The certificate of an authority, and the key that signs for it. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** The files of a private authority, for their owner alone. */
export class AuthorityFolder {
  readonly path: string;
  readonly certificate: string;
  readonly key: string;
  readonly list: string;
  readonly register: string;
  readonly #lockWaitMs: number;

  constructor(path: string, lockWaitMs = LOCK_WAIT_MS) {
    this.path = resolve(path);
    this.certificate = join(this.path, 'ca.crt');
    this.key = join(this.path, 'ca.key');
    this.list = join(this.path, 'ca.crl');
    this.register = join(this.path, 'register.json');
    this.#lockWaitMs = lockWaitMs;
  }

  /** @throws LiveViewError `cert-folder` */
  make(): void {
    try {
      makeFolder(this.path);
    } catch (cause) {
      throw folderError(`the folder ${this.path} cannot be made`, cause);
    }
    this.#checkPrivate();
  }

  /** @throws LiveViewError `cert-folder`: there is no authority, or others could have had its key. */
  check(): void {
    if (!existsSync(this.certificate) && !existsSync(this.key)) {
      throw folderError(
        `there is no authority in ${this.path}; make one: liveview cert ca --dir ${this.path} --name NAME`,
      );
    }
    this.#checkPrivate();
  }

  #checkPrivate(): void {
    const { mode } = statSync(this.path);
    if ((mode & OTHERS) === 0) return;
    throw folderError(`others can get into ${this.path}; chmod 700 ${this.path}`);
  }

  /** Files of an authority that are there already. */
  present(): string[] {
    const { key, certificate, list, register } = this;
    return [key, certificate, list, register].filter((file) =>
      lstatSync(file, { throwIfNoEntry: false }),
    );
  }

  /**
   * Runs `work` while no other command changes the folder.
   *
   * @throws LiveViewError `cert-busy`
   */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = join(this.path, 'lock');
    await takeLock(lock, this.#lockWaitMs);
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof LiveViewError) throw cause;
      throw folderError(
        `a file in ${this.path} cannot be written; see that there is space and that the folder is yours, then try again`,
        cause,
      );
    } finally {
      rmSync(lock, { force: true });
    }
  }

  /** @throws LiveViewError `cert-authority` when what is there may not sign. */
  readIssuer(): Issuer {
    const certificate = this.readCertificate();
    const key = this.#readKey();
    if (certificate.checkPrivateKey(key)) return { certificate, key };
    throw authorityError(
      `${this.key} is not the key of ${this.certificate}; put back the two that belong together`,
    );
  }

  /** @throws LiveViewError `cert-authority` */
  readCertificate(): X509Certificate {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(readFileSync(this.certificate));
    } catch (cause) {
      throw authorityError(
        `${this.certificate} cannot be read or is no certificate; put it back from a backup`,
        cause,
      );
    }
    if (certificate.ca) return certificate;
    throw authorityError(`${this.certificate} is not the certificate of an authority; put it back`);
  }

  #readKey(): KeyObject {
    let descriptor: number;
    try {
      descriptor = openSync(this.key, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (cause) {
      throw authorityError(`${this.key} cannot be opened; put it back from a backup`, cause);
    }
    try {
      const why = whyNotPrivate(this.key, descriptor);
      if (why !== undefined) throw authorityError(`${this.key} may not sign: ${why}`);
      return privateKeyIn(this.key, readFileSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
  }
}

function privateKeyIn(file: string, pem: Buffer): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (cause) {
    throw authorityError(`${file} is no private key; put it back from a backup`, cause);
  }
  throw authorityError(`${file} is no P-256 key; put back the one that was made here`);
}

async function takeLock(lock: string, waitMs: number): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOCK_LOOK_MS) {
    try {
      closeSync(openNewFile(lock));
      return;
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw folderError(`${lock} cannot be written`, cause);
    }
    if (waitedMs >= waitMs) throw busyError(lock);
    await setTimeout(LOCK_LOOK_MS);
  }
}

/** A lock is not broken: whether its owner is still at work is for people to judge. */
function busyError(lock: string): LiveViewError {
  return new LiveViewError(
    'cert-busy',
    `another command is at work here; try again. If none is (one that was killed leaves this behind), remove ${lock}`,
  );
}

function folderError(message: string, cause?: unknown): LiveViewError {
  return new LiveViewError('cert-folder', message, cause === undefined ? {} : { cause });
}

function authorityError(message: string, cause?: unknown): LiveViewError {
  return new LiveViewError('cert-authority', message, cause === undefined ? {} : { cause });
}
