import { describe } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import type { KeyFile } from './key-file.ts';
import type { Signer } from './signature.ts';

/**
 * Finds the private key that belongs to the key that the journal announced last; another process may
 * have announced a new one. Without it nothing is signed, and that is said; all else goes on.
 */
export class KeyRing {
  readonly file: KeyFile;
  readonly #log: Logger;
  #signer: Signer | undefined;
  #problem: string | undefined;

  constructor(file: KeyFile, log: Logger = silentLogger) {
    this.file = file;
    this.#log = log;
  }

  /** Why nothing is signed; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Undefined when there is no such key, or none that may be trusted. */
  signerOf(announced: string): Signer | undefined {
    if (this.#signer?.key === announced) return this.#signer;
    return this.#found(() => this.#search(announced));
  }

  /** For a journal that has announced none: the key that is there, or a new one. */
  first(): Signer | undefined {
    return this.#found(() => this.file.load() ?? this.file.make());
  }

  #search(announced: string): Signer {
    const signer = this.file.load();
    if (signer?.key === announced) return signer;
    const next = this.file.loadNext();
    if (next?.key !== announced) throw new Error(LOST);
    // It was announced, and whoever did so has not put it in its place yet, or was stopped before.
    this.file.adoptNext(announced);
    return next;
  }

  #found(search: () => Signer): Signer | undefined {
    try {
      this.#signer = search();
      this.#problem = undefined;
    } catch (error) {
      this.#signer = undefined;
      this.#say(`the journal is not signed: ${describe(error)}`);
    }
    return this.#signer;
  }

  #say(problem: string): void {
    if (problem !== this.#problem) this.#log.error(problem);
    this.#problem = problem;
  }
}

const LOST =
  'the key that it announced is not in journal.key; put it back from a backup, or begin anew with `liveview journal rekey --lost`';
