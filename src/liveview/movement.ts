import type { Clock, Timer } from '../core/clock.ts';
import { AbortedError } from '../core/errors.ts';
import type { AxisValues } from './command.ts';

/** A movement stops when nobody has held it for this long; the target is Stop within 700 ms. */
export const HOLD_TIMEOUT_MS = 600;
/** After this the camera stops by itself, should we die without a word. */
export const MOVE_EXPIRES_MS = 2_000;
/** The velocity is sent again this often, so that a held movement outlives `MOVE_EXPIRES_MS`. */
export const RESEND_MS = 1_000;

export interface MovementOptions {
  clock: Clock;
  /** Sends the velocity to the camera. */
  send: (velocity: AxisValues, expiresMs: number) => Promise<void>;
  velocity: AxisValues;
  /** When whoever steers was last heard, `Clock.nowMs`. */
  heldAtMs: () => number;
  /** Nobody holds it any more. */
  onLost: () => void;
  /** The camera took the velocity at first, and then not any more. */
  onFault: (error: unknown) => void;
}

/** One movement of one camera, from the first velocity until it is halted. It does not send Stop. */
export class Movement {
  readonly #options: MovementOptions;
  #velocity: AxisValues;
  #halted = false;
  #deadMan: Timer | undefined;
  #resend: Timer | undefined;
  #inFlight: Promise<void> | undefined;

  constructor(options: MovementOptions) {
    this.#options = options;
    this.#velocity = options.velocity;
    this.#watch(HOLD_TIMEOUT_MS - this.#idleMs());
  }

  get velocity(): AxisValues {
    return this.#velocity;
  }

  /** The velocity that the camera has not answered yet. */
  get inFlight(): Promise<void> | undefined {
    return this.#inFlight;
  }

  /** Sends the velocity for the first time; then again and again. Rejects when the camera refuses. */
  async run(): Promise<void> {
    if (this.#halted) throw new AbortedError('the movement');
    await this.#send();
    if (this.#halted) return;
    this.#resend = this.#options.clock.setTimer(RESEND_MS, () => {
      this.run().catch((error) => this.#halted || this.#options.onFault(error));
    });
  }

  /** For axes that it does not name, and that would otherwise go on as they are. */
  name(axes: AxisValues): void {
    this.#velocity = { ...axes, ...this.#velocity };
  }

  /** Nothing is sent from now on. */
  halt(): void {
    this.#halted = true;
    this.#deadMan?.cancel();
    this.#resend?.cancel();
  }

  async #send(): Promise<void> {
    this.#inFlight = this.#options.send(this.#velocity, MOVE_EXPIRES_MS);
    try {
      await this.#inFlight;
    } finally {
      this.#inFlight = undefined;
    }
  }

  #idleMs(): number {
    return this.#options.clock.nowMs() - this.#options.heldAtMs();
  }

  #watch(delayMs: number): void {
    this.#deadMan = this.#options.clock.setTimer(delayMs, () => {
      const leftMs = HOLD_TIMEOUT_MS - this.#idleMs();
      if (leftMs <= 0) this.#options.onLost();
      else this.#watch(leftMs);
    });
  }
}
