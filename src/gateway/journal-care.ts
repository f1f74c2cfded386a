import type { Timer } from '../core/clock.ts';
import { codeOf } from '../core/errors.ts';
import type { SqliteJournal } from '../journal/sqlite-journal.ts';
import { Retention, type RetentionOptions } from './retention.ts';

/** What was written is signed after so long at the latest. */
const SIGN_EVERY_MS = 5 * 60_000;
/** How soon a journal that could not be written is tried again. */
const RETRY_MS = 2_000;

export interface JournalCareOptions extends RetentionOptions {
  readonly journal: RetentionOptions['journal'] &
    Pick<
      SqliteJournal,
      | 'retry'
      | 'recover'
      | 'unfinishedBytes'
      | 'healthy'
      | 'onHealth'
      | 'sign'
      | 'head'
      | 'announcedKey'
    >;
}

/**
 * What a journal needs besides entries: signatures, another attempt when its disk was full, and an end
 * of what has been kept for its term.
 */
export class JournalCare {
  readonly #options: JournalCareOptions;
  readonly #timers = new Map<'sign' | 'retry', Timer>();
  readonly #retention: Retention;
  #stopListening: () => void = () => undefined;

  constructor(options: JournalCareOptions) {
    this.#options = options;
    this.#retention = new Retention(options);
  }

  start(): void {
    const { journal, log } = this.#options;
    this.#stopListening = journal.onHealth((healthy) => this.#healthChanged(healthy));
    if (!journal.healthy) this.#healthChanged(false);
    this.#sayUnfinished();
    this.#sign();
    this.#retention.start();
    log.info('the journal is signed with this key; keep it elsewhere (liveview journal key)', {
      ed25519: journal.announcedKey() ?? 'none',
    });
  }

  stop(): void {
    this.#stopListening();
    this.#retention.stop();
    for (const timer of this.#timers.values()) timer.cancel();
  }

  /** After a crash; that nothing was lost that had been confirmed was checked when the journal was opened. */
  #sayUnfinished(): void {
    const { journal, log } = this.#options;
    const bytes = journal.unfinishedBytes;
    if (bytes === 0) return;
    const { seq } = journal.head();
    log.warn(
      'a write to the journal had been interrupted and is left out; nothing of it had been confirmed',
      { bytes, newestEntry: seq },
    );
    this.#attempt(() => journal.recover());
  }

  #sign(): void {
    const { journal } = this.#options;
    if (journal.healthy) this.#attempt(() => journal.sign());
    this.#after('sign', SIGN_EVERY_MS, () => this.#sign());
  }

  #healthChanged(healthy: boolean): void {
    const { log } = this.#options;
    if (healthy) {
      log.info('what is done is recorded again');
      this.#timers.get('retry')?.cancel();
      return;
    }
    log.error('nothing can be recorded: nothing is shared, shown anew or moved until it can');
    this.#after('retry', RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    const { journal } = this.#options;
    this.#attempt(() => journal.retry());
    if (!journal.healthy) this.#after('retry', RETRY_MS, () => this.#retry());
  }

  /** The journal has said in the log why it cannot be written. */
  #attempt(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (codeOf(error) === 'journal-unwritable') return;
      this.#options.log.error('the journal could not be cared for', { error });
    }
  }

  #after(name: 'sign' | 'retry', delayMs: number, task: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#options.clock.setTimer(delayMs, task));
  }
}
