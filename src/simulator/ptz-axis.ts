import type { Clock } from '../core/clock.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** From `from` at `sinceMs` with `speed` (signed, units a second) until `untilMs`, resting at `to`. */
interface Motion {
  readonly from: number;
  readonly sinceMs: number;
  readonly speed: number;
  readonly untilMs: number;
  readonly to: number;
}

/** One motor: its position is worked out from the time that passed, so that nothing has to tick. */
export class AxisDrive {
  readonly range: Range;
  readonly #clock: Clock;
  readonly #maxSpeed: number;
  #motion: Motion;

  /** @param maxSpeed units a second. */
  constructor(clock: Clock, range: Range, maxSpeed: number, start: number) {
    this.#clock = clock;
    this.range = range;
    this.#maxSpeed = maxSpeed;
    this.#motion = resting(clock.nowMs(), this.clamp(start));
  }

  get position(): number {
    return positionAt(this.#motion, this.#clock.nowMs());
  }

  get moving(): boolean {
    return this.#clock.nowMs() < this.#motion.untilMs;
  }

  /** @param share of full speed, above 0 to 1. */
  goTo(target: number, share = 1): void {
    const sinceMs = this.#clock.nowMs();
    const from = this.position;
    const to = this.clamp(target);
    const speed = Math.sign(to - from) * share * this.#maxSpeed;
    const untilMs = speed === 0 ? sinceMs : sinceMs + ((to - from) / speed) * 1000;
    this.#motion = { from, sinceMs, speed, untilMs, to };
  }

  /** Runs at `velocity` (−1…1 of full speed) until `endMs` or the mechanical limit. */
  run(velocity: number, endMs: number): void {
    if (velocity === 0) {
      this.halt();
      return;
    }
    this.goTo(velocity > 0 ? this.range.max : this.range.min, Math.abs(velocity));
    if (this.#motion.untilMs <= endMs) return;
    this.#motion = { ...this.#motion, untilMs: endMs, to: positionAt(this.#motion, endMs) };
  }

  halt(): void {
    this.#motion = resting(this.#clock.nowMs(), this.position);
  }

  clamp(value: number): number {
    return Math.min(this.range.max, Math.max(this.range.min, value));
  }
}

function resting(nowMs: number, at: number): Motion {
  return { from: at, sinceMs: nowMs, speed: 0, untilMs: nowMs, to: at };
}

function positionAt(motion: Motion, nowMs: number): number {
  if (nowMs >= motion.untilMs) return motion.to;
  return motion.from + (motion.speed * (nowMs - motion.sinceMs)) / 1000;
}
