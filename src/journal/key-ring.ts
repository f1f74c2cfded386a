import { type Clock, systemClock } from '../core/clock.ts';
import { describe } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import type { KeyFile } from './key-file.ts';
import type { Signer } from './signature.ts';

/** A key that was not found is looked for again after so long; the journal is being written meanwhile. */
const AGAIN_MS = 5_000;

/**
 * Finds the private key that belongs to the key that the journal announced last; another process may
 * have announced a new one. Without it nothing is signed, and that is said; all else goes on.
 */
export class KeyRing {
  readonly file: KeyFile;
  readonly #log: Logger;
  readonly #clock: Clock;
  #missing: { readonly wanted: string; readonly untilMs: number } | undefined;
  #signer: Signer | undefined;
  #problem: string | undefined;

  constructor(file: KeyFile, log: Logger = silentLogger, clock: Clock = systemClock) {
    this.file = file;
    this.#log = log;
    this.#clock = clock;
  }

  /** Why nothing is signed; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Undefined when there is no such key, or none that may be trusted. */
  signerOf(announced: string): Signer | undefined {
    if (this.#signer?.key === announced) return this.#signer;
    return this.#found(announced, () => this.#search(announced));
  }

  /** For a journal that has announced none: the key that is there, or a new one. */
  first(): Signer | undefined {
    return this.#found('', () => this.file.load() ?? this.file.make());
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

  #found(wanted: string, search: () => Signer): Signer | undefined {
    const nowMs = this.#clock.nowMs();
    if (this.#missing?.wanted === wanted && nowMs < this.#missing.untilMs) return undefined;
    try {
      this.#signer = search();
      this.#problem = undefined;
      this.#missing = undefined;
    } catch (error) {
      this.#signer = undefined;
      this.#missing = { wanted, untilMs: nowMs + AGAIN_MS };
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
