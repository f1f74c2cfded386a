import type { Clock, Timer } from '../core/clock.ts';
import { codeOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { SqliteJournal } from '../journal/sqlite-journal.ts';

const DAY_US = 86_400 * 1_000_000;
/** By then a machine that started with a wrong time has got the right one. */
const FIRST_AFTER_MS = 60 * 60_000;
const EVERY_MS = 24 * 60 * 60_000;
/** Between two steps, so that video goes on. */
const PAUSE_MS = 100;
/** Entries in one write. */
const STEP = 250;

export interface RetentionOptions {
  readonly journal: Pick<SqliteJournal, 'removeContent' | 'giveBack' | 'makeShrinkable'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keepDays: number;
  /** Removes what else is kept of the time before this, and what is still known of it. */
  readonly forget: (beforeUnixUs: number) => void;
}

/** Removes what has been kept for its term, once a day and a little at a time. */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #removed = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#attempt(() => this.#options.journal.makeShrinkable());
    this.#after(FIRST_AFTER_MS, () => this.run());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Goes on by itself until nothing is left whose term is over, and again after a day. */
  run(): void {
    this.#removed = 0;
    this.#remove(this.#options.clock.unixUs() - this.#options.keepDays * DAY_US);
  }

  #remove(beforeUnixUs: number): void {
    const { journal, keepDays } = this.#options;
    const removed = this.#attempt(() => journal.removeContent({ keepDays, beforeUnixUs }, STEP));
    this.#removed += removed ?? 0;
    if (removed === undefined) this.#after(FIRST_AFTER_MS, () => this.run());
    else if (removed > 0) this.#after(PAUSE_MS, () => this.#remove(beforeUnixUs));
    else {
      this.#attempt(() => this.#options.forget(beforeUnixUs));
      this.#giveBack();
    }
  }

  #giveBack(): void {
    const more = this.#attempt(() => this.#options.journal.giveBack());
    if (more) this.#after(PAUSE_MS, () => this.#giveBack());
    else {
      this.#after(EVERY_MS, () => this.run());
      const [entries, keepDays] = [this.#removed, this.#options.keepDays];
      if (entries > 0)
        this.#options.log.info('content was removed after its term', { entries, keepDays });
    }
  }

  /** Undefined when it failed; the disk may be full, and there is another day. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.log.error('what has been kept for its term could not be removed', {
        code: codeOf(error),
        error,
      });
      return undefined;
    }
  }

  #after(delayMs: number, task: () => void): void {
    this.#timer = this.#options.clock.setTimer(delayMs, task);
  }
}
