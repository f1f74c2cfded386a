import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Actor } from '../journal/record.ts';

/** Every request is journalled, and the disk waited for: more than a hand can do is no request. */
const PER_SECOND = 10;
const AT_ONCE = 20;

interface Bucket {
  left: number;
  atMs: number;
  refused: number;
}

/** How often one person may ask. What is refused is counted for the log, not journalled one by one. */
export class RequestRate {
  readonly #clock: Clock;
  readonly #log: Logger;
  /** As many as there are people who may log in. */
  readonly #buckets = new Map<string, Bucket>();

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws LiveViewError `too-many-requests` */
  take({ user, controlRoom }: Actor): void {
    const bucket = this.#filled(JSON.stringify([user, controlRoom]));
    if (bucket.left < 1) {
      if (bucket.refused === 0) this.#log.warn('requests come too fast', { user, controlRoom });
      bucket.refused += 1;
      const reason = `more than ${PER_SECOND} requests a second are not taken; wait a moment`;
      throw new LiveViewError('too-many-requests', reason);
    }
    const { refused } = bucket;
    if (refused > 0) this.#log.warn('requests were refused', { user, controlRoom, refused });
    bucket.refused = 0;
    bucket.left -= 1;
  }

  #filled(key: string): Bucket {
    const nowMs = this.#clock.nowMs();
    const bucket = this.#buckets.get(key) ?? { left: AT_ONCE, atMs: nowMs, refused: 0 };
    this.#buckets.set(key, bucket);
    const gained = ((nowMs - bucket.atMs) * PER_SECOND) / 1000;
    bucket.left = Math.min(AT_ONCE, bucket.left + gained);
    bucket.atMs = nowMs;
    return bucket;
  }
}
