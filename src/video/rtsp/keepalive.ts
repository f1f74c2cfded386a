/**
 * Keeps a session alive (RFC 2326 §10.2, §10.8): OPTIONS first, because every device has it, and
 * GET_PARAMETER once a reply has said that it is known. Some servers count only the latter, others
 * break on it, so an error leads back to OPTIONS. Nobody waits for the answers.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import type { RtspResponse } from './message.ts';

export interface KeepaliveOptions {
  clock: Clock;
  /** Of the session, from SETUP. */
  timeoutSeconds: number;
  /** Sends one request within the session. */
  send(method: string): Promise<RtspResponse>;
  /** The camera has forgotten the session. */
  sessionLost(): void;
}

/** A camera that says `timeout=1` is asked no more often than this. */
const SHORTEST_MS = 1_000;
/** Routers forget a silent connection; no camera minds. */
const LONGEST_MS = 30_000;
const SESSION_NOT_FOUND = 454;

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #method = 'OPTIONS';
  #getParameterFails = false;
  #timer: Timer | undefined;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const halfMs = this.#options.timeoutSeconds * 500;
    const delayMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, halfMs));
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#beat());
  }

  #beat(): void {
    const method = this.#method;
    this.#options.send(method).then(
      (response) => this.#learn(method, response),
      // A dead connection ends the session by itself, a slow answer changes nothing.
      () => undefined,
    );
    this.#arm();
  }

  #learn(method: string, response: RtspResponse): void {
    if (response.status === SESSION_NOT_FOUND) this.#options.sessionLost();
    else if (method === 'GET_PARAMETER') {
      if (response.status < 400) return;
      this.#getParameterFails = true;
      this.#method = 'OPTIONS';
    } else if (/\bGET_PARAMETER\b/.test(response.headers.all('Public').join())) {
      if (!this.#getParameterFails) this.#method = 'GET_PARAMETER';
    }
  }
}
