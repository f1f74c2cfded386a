import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { Actor } from '../journal/record.ts';

/** Every request is journalled, and the disk waited for: more than a hand can do is no request. */
const PER_SECOND = 10;
const AT_ONCE = 20;

interface Asker {
  readonly bucket: TokenBucket;
  refused: number;
}

/** How often one person may ask. What is refused is counted for the log, not journalled one by one. */
export class RequestRate {
  readonly #clock: Clock;
  readonly #log: Logger;
  /** As many as there are people who may log in. */
  readonly #askers = new Map<string, Asker>();

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws LiveViewError `too-many-requests` */
  take({ user, controlRoom }: Actor): void {
    const asker = this.#asker(JSON.stringify([user, controlRoom]));
    if (asker.bucket.take() > 0) {
      if (asker.refused === 0) this.#log.warn('requests come too fast', { user, controlRoom });
      asker.refused += 1;
      const reason = `more than ${PER_SECOND} requests a second are not taken; wait a moment`;
      throw new LiveViewError('too-many-requests', reason);
    }
    const { refused } = asker;
    if (refused > 0) this.#log.warn('requests were refused', { user, controlRoom, refused });
    asker.refused = 0;
  }

  #asker(key: string): Asker {
    const allowance = { atOnce: AT_ONCE, perSecond: PER_SECOND };
    const asker = this.#askers.get(key) ?? {
      bucket: new TokenBucket(this.#clock, allowance),
      refused: 0,
    };
    this.#askers.set(key, asker);
    return asker;
  }
}
