import { Backoff, type BackoffOptions } from '../../core/backoff.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { asError, codeOf, describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { Runner } from '../../core/runner.ts';
import type { CameraEventListener } from '../events.ts';
import type { PullPoint } from './event-calls.ts';
import type { OnvifConnection } from './worker-pool.ts';

export interface EventWatchOptions {
  readonly call: OnvifConnection['call'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: CameraEventListener;
  /** 0…1; spreads the retries. */
  readonly random?: () => number;
}

const LIFETIME_MS = 60_000;
/** Renewed in time for a pull, a renewal that fails, and another. */
const RENEW_BELOW_MS = 30_000;
const PULL_MS = 10_000;
/** What a slow camera takes beyond the time that it was given. */
const MARGIN_MS = 10_000;
const CALL_MS = 10_000;
const UNSUBSCRIBE_MS = 2_000;
const LIMIT = 50;
/** Some cameras do not wait: they answer at once that there is nothing. */
const EMPTY_CYCLE_MS = 1_000;
/** In a storm of events the next answer brings several. */
const CYCLE_MS = 100;
const BACKOFF: BackoffOptions = { firstMs: 2_000, maxMs: 30_000, jitter: 0.3 };
/** Cameras lock an account after some wrong passwords, for everybody. */
const REFUSED_WAIT_MS = 60_000;
const PROVEN_MS = 30_000;

/** A subscription at the camera and when it ends. */
interface Subscription {
  readonly point: PullPoint;
  endsAtMs: number;
}

/**
 * Asks one camera what happens, for as long as it is told to: `run` repeats `runOnce`, which is one
 * subscription, one pull at a time. A camera that has no events is asked once each time it is begun.
 */
export class EventWatch {
  readonly #options: EventWatchOptions;
  readonly #backoff: Backoff;
  readonly #runner = new Runner('listening to the camera', (signal) => this.run(signal));
  #lastProblem = '';
  /** It refuses to renew; a subscription that runs out is followed by another. */
  #refusesRenew = false;

  constructor(options: EventWatchOptions) {
    this.#options = options;
    this.#backoff = new Backoff(BACKOFF, options.random);
  }

  start(): void {
    this.#runner.start();
  }

  /** Resolves when the camera was told, or could not be told, that nobody listens; `start` may follow. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Until the signal aborts or the camera turns out to have no events. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedMs = this.#options.clock.nowMs();
      const error = await this.runOnce(signal).catch(asError);
      if (signal.aborted || codeOf(error) === 'aborted') return;
      this.#options.listener.interrupted();
      if (!error) continue;
      this.#report(error);
      if (codeOf(error) === 'not-supported') return;
      if (this.#options.clock.nowMs() - startedMs >= PROVEN_MS) this.#backoff.reset();
      await this.#wait(error, signal);
    }
  }

  /**
   * One subscription. Resolves when it ran out and cannot be renewed.
   *
   * @throws CameraError why it ended; the signal's reason
   */
  async runOnce(signal: AbortSignal): Promise<void> {
    const subscription = await this.#subscribe(signal);
    try {
      do await this.#cycle(subscription, signal);
      while (!this.#refusesRenew || this.#leftMs(subscription) > PULL_MS + MARGIN_MS);
    } finally {
      await this.#unsubscribe(subscription.point);
    }
  }

  async #subscribe(signal: AbortSignal): Promise<Subscription> {
    const { call, clock } = this.#options;
    const point = await this.#unlessStopped(async () => {
      const made = await call('createPullPoint', { lifetimeMs: LIFETIME_MS }, CALL_MS);
      if (signal.aborted) await this.#unsubscribe(made);
      return made;
    }, signal);
    return { point, endsAtMs: clock.nowMs() + (point.remainingMs ?? LIFETIME_MS) };
  }

  async #cycle(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { call, clock, listener } = this.#options;
    if (!this.#refusesRenew && this.#leftMs(subscription) < RENEW_BELOW_MS) {
      await this.#renew(subscription, signal);
    }
    const { point } = subscription;
    const startedMs = clock.nowMs();
    const asked = { point, timeoutMs: PULL_MS, limit: LIMIT };
    const { events, remainingMs } = await this.#unlessStopped(
      () => call('pullEvents', asked, PULL_MS + MARGIN_MS),
      signal,
    );
    this.#lastProblem = '';
    if (remainingMs !== undefined) subscription.endsAtMs = clock.nowMs() + remainingMs;
    for (const event of events) listener.event(event);
    const leastMs = events.length > 0 ? CYCLE_MS : EMPTY_CYCLE_MS;
    const restMs = startedMs + leastMs - clock.nowMs();
    if (restMs > 0) await sleep(clock, restMs, signal);
  }

  async #renew(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { call, clock } = this.#options;
    const { point } = subscription;
    try {
      const remainingMs = await this.#unlessStopped(
        () => call('renewPullPoint', { point, lifetimeMs: LIFETIME_MS }, CALL_MS),
        signal,
      );
      subscription.endsAtMs = clock.nowMs() + (remainingMs ?? LIFETIME_MS);
    } catch (error) {
      if (!['not-supported', 'camera-fault'].includes(codeOf(error))) throw error;
      this.#refusesRenew = true;
    }
  }

  /** The deadline is that of the call; this one only hears that nobody waits any more. */
  #unlessStopped<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const longestMs = PULL_MS + 2 * MARGIN_MS;
    return withDeadline(this.#options.clock, 'the camera (events)', longestMs, ask, signal);
  }

  /** Never rejects: what is not unsubscribed runs out by itself. */
  async #unsubscribe(point: PullPoint): Promise<void> {
    const { call, log } = this.#options;
    await call('unsubscribe', { point }, UNSUBSCRIBE_MS).catch((error: unknown) => {
      log.debug('a subscription was not ended', { error });
    });
  }

  #leftMs({ endsAtMs }: Subscription): number {
    return endsAtMs - this.#options.clock.nowMs();
  }

  /** The same problem again is no news. */
  #report(error: Error): void {
    const { log } = this.#options;
    const problem = codeOf(error);
    if (problem === this.#lastProblem) log.debug('still no events', { error });
    else if (problem === 'not-supported') log.info('the camera tells no events', { error });
    else log.warn(`the camera's events are not heard: ${describe(error)}`, { code: problem });
    this.#lastProblem = problem;
  }

  async #wait(error: Error, signal: AbortSignal): Promise<void> {
    const shortestMs = codeOf(error) === 'camera-refused-credentials' ? REFUSED_WAIT_MS : 0;
    const delayMs = Math.max(shortestMs, this.#backoff.nextMs());
    await sleep(this.#options.clock, delayMs, signal).catch(() => undefined);
  }
}
