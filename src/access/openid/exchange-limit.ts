import type { Clock } from '../../core/clock.ts';
import { TokenBucket } from '../../core/token-bucket.ts';
import { networkOf, widerNetworkOf } from '../network.ts';
import { Recent } from '../recent.ts';
import { loginTooOften } from '../too-often.ts';
import { WaitingLine } from '../waiting-line.ts';

/** Ways back from the directory that led to no login, of one address. */
const FAILURES = { atOnce: 30, perSecond: 0.5 };
const FORGET_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;
/** Questions to the directory. */
const QUESTIONS = { atOnce: 32, ofOne: 4, waiting: 64, waitMs: 8_000 };

/** Keeps whoever comes back again and again from having us ask the directory again and again. */
export class ExchangeLimit {
  readonly #clock: Clock;
  readonly #failures: Recent<TokenBucket>;
  readonly #questions: WaitingLine;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#failures = new Recent(clock, { forgetMs: FORGET_MS, max: MAX_ADDRESSES });
    this.#questions = new WaitingLine(clock, QUESTIONS);
  }

  /**
   * Asks in the name of this address; what succeeds is not counted.
   *
   * @param gone the browser has gone: nothing is asked if it has not been yet.
   * @throws TooOftenError `login-too-often`.
   */
  async run<T>(address: string, ask: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    const place = networkOf(address);
    const failures = this.#failures.get(place) ?? new TokenBucket(this.#clock, FAILURES);
    this.#failures.set(place, failures);
    const waitMs = failures.take();
    if (waitMs > 0) throw loginTooOften(waitMs);
    const leave = await this.#questions
      .enter(place, widerNetworkOf(address), gone)
      .catch((error: unknown) => {
        failures.giveBack();
        throw error;
      });
    try {
      const answer = await ask();
      failures.giveBack();
      return answer;
    } finally {
      leave();
    }
  }
}
