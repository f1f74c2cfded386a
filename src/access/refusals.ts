import type { Clock } from '../core/clock.ts';
import type { Journal, NewEntry } from '../journal/record.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';

/** In the journal a minute; those beyond are counted, so that nobody can fill the disk. */
const A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Who was refused, in the journal. */
export class Refusals {
  readonly #journal: Journal;
  readonly #clock: Clock;
  #minuteMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** @throws LiveViewError `journal-unwritable`. */
  record(data: NewEntry['data'], address: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#minuteMs >= MINUTE_MS) {
      const unrecorded = Math.max(0, this.#count - A_MINUTE);
      this.#minuteMs = nowMs;
      this.#count = 0;
      if (unrecorded > 0) this.#append({ count: unrecorded }, address);
    }
    this.#count += 1;
    if (this.#count <= A_MINUTE) this.#append(data, address);
  }

  #append(data: NewEntry['data'], address: string): void {
    const actor = { ...GATEWAY_ACTOR, address };
    this.#journal.append({ kind: 'session.refused', actor, data });
  }
}
