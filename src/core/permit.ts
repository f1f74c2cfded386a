import type { Clock } from './clock.ts';
import { LiveViewError } from './errors.ts';

/** Why a permit, or all that it is for, ended; `code` is stable and appears in the socket's `ended` message. */
export interface PermitEnd {
  code:
    | 'incident-closed'
    | 'grant-withdrawn'
    | 'grant-expired'
    | 'session-ended'
    | 'camera-changed'
    | 'gateway-stopping'
    | 'too-many-encoders';
  reason: string;
}

/** The permit has ended: no byte may be sent against it. */
export class PermitEndedError extends LiveViewError {
  constructor(end: PermitEnd) {
    super(end.code, end.reason);
  }
}

/**
 * The right of one viewer to see one camera, now. The hub sends only against a permit and asks
 * `check()` before every fragment; whoever issued it calls `end()`, and in that same tick every
 * listener has run. An ended permit stays ended.
 */
export class Permit {
  readonly camera: string;
  /** Wall-clock moment after which the permit is over even when nobody called `end`; Unix µs. */
  readonly expiresUnixUs: number;
  readonly #clock: Clock;
  readonly #listeners = new Set<(end: PermitEnd) => void>();
  #ended: PermitEnd | undefined;

  constructor(clock: Clock, camera: string, expiresUnixUs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.camera = camera;
    this.expiresUnixUs = expiresUnixUs;
  }

  /** Why it ended, or undefined while it holds. Expiry counts from the first look after the moment. */
  get ended(): PermitEnd | undefined {
    if (this.#ended === undefined && this.#clock.unixUs() >= this.expiresUnixUs) {
      this.end({ code: 'grant-expired', reason: 'the time of this share has run out' });
    }
    return this.#ended;
  }

  /** @throws PermitEndedError when the permit no longer holds. */
  check(): void {
    const end = this.ended;
    if (end) throw new PermitEndedError(end);
  }

  /** Ends the permit and tells every listener before returning. Only the first call counts. */
  end(end: PermitEnd): void {
    if (this.#ended) return;
    this.#ended = end;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(end);
  }

  /** Calls `listener` once, when the permit ends (at once if it has). Returns how to forget it. */
  onEnd(listener: (end: PermitEnd) => void): () => void {
    const end = this.ended;
    if (end) {
      listener(end);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
