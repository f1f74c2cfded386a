import type { Clock } from '../../core/clock.ts';
import type { LogFields, Logger } from '../../core/log.ts';

/** The same about the same is said so often. */
const EVERY_MS = 60_000;
/** Whoever invents accounts fills this and no more; the oldest is forgotten first. */
const MAX_SUBJECTS = 1_000;

interface Said {
  atMs: number;
  /** Since then, without being said. */
  count: number;
}

/** Warnings about what strangers send, which must not fill the log. */
export class Complaints {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #said = new Map<string, Said>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @param subject of whom; an account or an address. */
  warn(message: string, subject: string, fields: LogFields): void {
    const name = `${message} ${subject}`;
    const nowMs = this.#clock.nowMs();
    const before = this.#said.get(name);
    if (before && nowMs - before.atMs < EVERY_MS) {
      before.count += 1;
      return;
    }
    this.#said.delete(name);
    this.#said.set(name, { atMs: nowMs, count: 0 });
    if (this.#said.size > MAX_SUBJECTS) this.#forgetOldest();
    const times = before && before.count > 0 ? { sinceLastTime: before.count } : {};
    this.#log.warn(message, { ...fields, ...times });
  }

  #forgetOldest(): void {
    const [oldest] = this.#said.keys();
    if (oldest !== undefined) this.#said.delete(oldest);
  }
}
