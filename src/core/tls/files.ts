import { type Clock, rfc3339, type Timer } from '../clock.ts';
import { codeOf, describe } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type TlsMaterial, tlsMaterial } from './material.ts';
import {
  isInTime,
  notAfterUnixMs,
  STAGES,
  sayTerm,
  stageOf,
  type Term,
  type TermKind,
  termsOf,
} from './terms.ts';
import { readTlsBytes, TlsFileError, type TlsFileNames } from './tls-bytes.ts';

/** How often the files are looked at. They are read, not watched: whatever way they are replaced is noticed. */
const LOOK_MS = 5_000;

/** What a TLS server shows and asks for now, and word of it. */
export interface TlsSource {
  readonly material: TlsMaterial;
  /** Calls `listener` after every look, and says whether something changed. Returns how to forget it. */
  onLook(listener: (changed: boolean) => void): () => void;
}

export interface TlsFilesOptions {
  /** Whose they are, as the configuration calls it: `police`. */
  readonly listener: string;
  readonly files: TlsFileNames;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The files of one TLS listener, read again when they change. Until what is new is whole and fits
 * together, what was there stays in force.
 */
export class TlsFiles implements TlsSource {
  readonly listener: string;
  readonly #options: TlsFilesOptions;
  readonly #listeners = new Set<(changed: boolean) => void>();
  /** The stage at which each of what ends was told. */
  #told: ReadonlyMap<string, number> = new Map();
  #material: TlsMaterial;
  #terms: readonly Term[];
  /** Seen at the last look; told when it is still there at the next, as files are written one after another. */
  #problem: { readonly message: string; readonly isTold: boolean } | undefined;
  #timer: Timer | undefined;

  /** @throws TlsFileError as `readTlsMaterial`. */
  constructor(options: TlsFilesOptions) {
    this.#options = options;
    this.listener = options.listener;
    this.#material = tlsMaterial(options.files, readTlsBytes(options.files));
    this.#terms = termsOf(this.#material);
    this.#tellTerms();
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** When the first of each kind ends, UTC in milliseconds. */
  get ends(): ReadonlyMap<TermKind, number> {
    const ends = new Map<TermKind, number>();
    for (const { kind, endsUnixMs } of this.#terms) {
      ends.set(kind, Math.min(endsUnixMs, ends.get(kind) ?? endsUnixMs));
    }
    return ends;
  }

  /** Why what is in the files now is not in force, or no longer holds; for whoever looks after the gateway. */
  get problems(): readonly string[] {
    const over = this.#terms.filter((term) => stageOf(term, this.#unixMs) === 'over');
    const stale = this.#problem?.isTold ? [this.#problem.message] : [];
    return [...stale, ...over.map((term) => `${this.listener}: ${sayTerm(term, 'over')}`)];
  }

  start(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  onLook(listener: (changed: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what is new in the files, if it is whole. */
  look(): void {
    const changed = this.#takeOver();
    this.#tellTerms();
    for (const listener of this.#listeners) listener(changed);
  }

  get #unixMs(): number {
    return this.#options.clock.unixUs() / 1000;
  }

  #takeOver(): boolean {
    const { files, log } = this.#options;
    try {
      const bytes = readTlsBytes(files);
      const isNew = bytes.digest !== this.#material.digest;
      const material = isNew ? tlsMaterial(files, bytes) : this.#material;
      if (isNew) this.#checkTime(material);
      this.#problem = undefined;
      if (!isNew) return false;
      this.#material = material;
    } catch (error) {
      this.#tellProblem(error);
      return false;
    }
    this.#terms = termsOf(this.#material);
    const [own] = this.#material.chain;
    log.info('certificates read again', {
      listener: this.listener,
      ...(own
        ? { until: rfc3339(notAfterUnixMs(own) * 1000), fingerprint: own.fingerprint256 }
        : {}),
    });
    return true;
  }

  /** What does not hold does not replace what does. */
  #checkTime({ chain: [next], files }: TlsMaterial): void {
    const [own] = this.#material.chain;
    if (!next || !own || isInTime(next, this.#unixMs) || !isInTime(own, this.#unixMs)) return;
    throw new TlsFileError(
      'certificate-not-in-time',
      'cert',
      `the certificate in ${files.cert} holds from ${next.validFrom} to ${next.validTo}, not now; put one there that holds, or set the clock`,
    );
  }

  #tellProblem(error: unknown): void {
    const message = `the certificates of the listener ${this.listener} cannot be taken over, the old ones stay: ${describe(error)}`;
    const isSame = this.#problem?.message === message;
    if (isSame && !this.#problem?.isTold) {
      this.#options.log.warn(message, { code: codeOf(error) });
    }
    this.#problem = { message, isTold: isSame };
  }

  /** Each of what ends, once a stage. */
  #tellTerms(): void {
    const told = new Map<string, number>();
    const before = this.#told;
    this.#told = told;
    for (const term of this.#terms) {
      const stage = stageOf(term, this.#unixMs);
      const key = `${term.kind} ${term.file} ${term.endsUnixMs}`;
      const [rank, rankBefore] = [STAGES.indexOf(stage), before.get(key) ?? 0];
      told.set(key, Math.max(rank, rankBefore));
      if (rank <= rankBefore) continue;
      const { log } = this.#options;
      const text = `${this.listener}: ${sayTerm(term, stage)}`;
      if (stage === 'over') log.error(text);
      else log.warn(text);
    }
  }
}
