import type { Clock } from '../../core/clock.ts';

/** A joystick, a dozen players and their heartbeats together need less than a quarter of this. */
const MESSAGES_A_SECOND = 200;
const MALFORMED = 10;

/** How much one client may send before it is shown the door. */
export class Patience {
  readonly #clock: Clock;
  #secondMs: number;
  #messages = 0;
  #malformed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#secondMs = clock.nowMs();
  }

  /** Counts a message; whether there were more this second than anybody needs. */
  isTooMuch(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#secondMs >= 1_000) {
      this.#secondMs = nowMs;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages > MESSAGES_A_SECOND;
  }

  /** Counts a malformed message; whether it was one too many. */
  isLost(): boolean {
    this.#malformed += 1;
    return this.#malformed >= MALFORMED;
  }
}
