import type { Clock } from '../../core/clock.ts';
import { TokenBucket } from '../../core/token-bucket.ts';
import { networkOf, tooOften } from '../login-limit.ts';
import { Recent } from '../recent.ts';

/** Ways back from the directory that led to no login, of one address. */
const FAILURES = { atOnce: 30, perSecond: 0.5 };
const FORGET_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;
/** Questions to the directory at a time, for one address and in all. */
const MAX_QUESTIONS = 4;
const MAX_QUESTIONS_IN_ALL = 32;
const SHORTLY_MS = 1_000;

/** Keeps whoever comes back again and again from having us ask the directory again and again. */
export class ExchangeLimit {
  readonly #clock: Clock;
  readonly #failures: Recent<TokenBucket>;
  readonly #questions = new Map<string, number>();
  #inAll = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#failures = new Recent(clock, { forgetMs: FORGET_MS, max: MAX_ADDRESSES });
  }

  /** Asks in the name of this address; what succeeds is not counted. @throws TooOftenError `login-too-often`. */
  async run<T>(address: string, ask: () => Promise<T>): Promise<T> {
    const place = networkOf(address);
    const questions = this.#questions.get(place) ?? 0;
    if (questions >= MAX_QUESTIONS || this.#inAll >= MAX_QUESTIONS_IN_ALL) {
      throw tooOften(SHORTLY_MS);
    }
    const failures = this.#failures.get(place) ?? new TokenBucket(this.#clock, FAILURES);
    this.#failures.set(place, failures);
    const waitMs = failures.take();
    if (waitMs > 0) throw tooOften(waitMs);
    this.#questions.set(place, questions + 1);
    this.#inAll += 1;
    try {
      const answer = await ask();
      failures.giveBack();
      return answer;
    } finally {
      this.#inAll -= 1;
      const left = (this.#questions.get(place) ?? 1) - 1;
      if (left > 0) this.#questions.set(place, left);
      else this.#questions.delete(place);
    }
  }
}
