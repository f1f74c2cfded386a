import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { DeviceEvent } from './topics.ts';

const MAX_SUBSCRIPTIONS = 16;
/** Events that wait for a pull; the oldest is dropped when there are more. */
const MAX_QUEUE = 256;

export class TooManySubscriptionsError extends LiveViewError {
  constructor() {
    super('too-many-subscriptions', `at most ${MAX_SUBSCRIPTIONS} subscriptions at a time`);
  }
}

/** One client's queue of events. It lives until `untilMs` of the clock, and longer with each pull. */
export class PullPoint {
  readonly id: string;
  /** Monotonic, ms. */
  untilMs: number;
  readonly #clock: Clock;
  readonly #wants: (topic: string) => boolean;
  readonly #queue: DeviceEvent[] = [];
  #wake: (() => void) | undefined;

  constructor(clock: Clock, id: string, lifetimeMs: number, wants: (topic: string) => boolean) {
    this.#clock = clock;
    this.id = id;
    this.untilMs = clock.nowMs() + lifetimeMs;
    this.#wants = wants;
  }

  offer(event: DeviceEvent): void {
    if (!this.#wants(event.topic)) return;
    if (this.#queue.length >= MAX_QUEUE) this.#queue.shift();
    this.#queue.push(event);
    this.#wake?.();
  }

  /**
   * Up to `limit` events, at once when there are any, else as soon as one comes; none after
   * `timeoutMs`, when the signal fires, or when another pull takes this one's place.
   */
  async take(limit: number, timeoutMs: number, signal: AbortSignal): Promise<DeviceEvent[]> {
    this.untilMs = Math.max(this.untilMs, this.#clock.nowMs() + timeoutMs + KEPT_AFTER_PULL_MS);
    this.#wake?.();
    if (this.#queue.length === 0) await this.#wait(timeoutMs, signal);
    return signal.aborted ? [] : this.#queue.splice(0, limit);
  }

  /** Sends a waiting pull home. */
  close(): void {
    this.#wake?.();
  }

  #wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        signal.removeEventListener('abort', wake);
        if (this.#wake === wake) this.#wake = undefined;
        resolve();
      };
      const timer = this.#clock.setTimer(timeoutMs, wake);
      signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}

/** A pull counts as a sign of life (ONVIF Core §9.2.2), worth this much. */
const KEPT_AFTER_PULL_MS = 60_000;

/** The device's subscriptions, and the state of its properties for whoever subscribes next. */
export class PullPoints {
  readonly #clock: Clock;
  readonly #points = new Map<string, PullPoint>();
  readonly #state = new Map<string, DeviceEvent>();
  #lastId = 0;

  /** @param state of every property when the device is switched on. */
  constructor(clock: Clock, state: readonly DeviceEvent[]) {
    this.#clock = clock;
    for (const event of state) this.#state.set(propertyKey(event), event);
  }

  /** @throws TooManySubscriptionsError */
  create(lifetimeMs: number, wants: (topic: string) => boolean): PullPoint {
    this.#forgetExpired();
    if (this.#points.size >= MAX_SUBSCRIPTIONS) throw new TooManySubscriptionsError();
    this.#lastId += 1;
    const point = new PullPoint(this.#clock, String(this.#lastId), lifetimeMs, wants);
    this.#points.set(point.id, point);
    this.synchronize(point);
    return point;
  }

  find(id: string): PullPoint | undefined {
    this.#forgetExpired();
    return this.#points.get(id);
  }

  /** Tells a subscriber the state of every property again. */
  synchronize(point: PullPoint): void {
    for (const event of this.#state.values()) point.offer({ ...event, operation: 'Initialized' });
  }

  publish(event: DeviceEvent): void {
    this.#forgetExpired();
    if (event.operation) this.#state.set(propertyKey(event), event);
    for (const point of this.#points.values()) point.offer(event);
  }

  remove(point: PullPoint): void {
    this.#points.delete(point.id);
    point.close();
  }

  get size(): number {
    this.#forgetExpired();
    return this.#points.size;
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const point of this.#points.values()) if (point.untilMs <= nowMs) this.remove(point);
  }
}

function propertyKey({ topic, source }: DeviceEvent): string {
  return `${topic} ${JSON.stringify(source)}`;
}
