import type { Clock, Timer } from '../../src/core/clock.ts';

interface Pending {
  atMs: number;
  order: number;
  task: () => void;
}

/** A clock that moves only when a test says so; timers fire in order of their moment. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #wallOffsetUs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startUnixUs = Date.UTC(2026, 0, 1) * 1000) {
    this.#wallOffsetUs = startUnixUs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  unixUs(): number {
    return Math.round(this.#nowMs * 1000) + this.#wallOffsetUs;
  }

  setTimer(delayMs: number, task: () => void): Timer {
    const pending = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, task };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  get timers(): number {
    return this.#pending.size;
  }

  /** Moves time forward, firing what becomes due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let due = this.#nextDue(untilMs); due; due = this.#nextDue(untilMs)) {
      this.#pending.delete(due);
      this.#nowMs = due.atMs;
      due.task();
    }
    this.#nowMs = untilMs;
  }

  /** The same, letting promises settle after every timer. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let due = this.#nextDue(untilMs); due; due = this.#nextDue(untilMs)) {
      this.#pending.delete(due);
      this.#nowMs = due.atMs;
      due.task();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** Steps the wall clock without passing time, as an administrator or NTP does. */
  stepWall(us: number): void {
    this.#wallOffsetUs += us;
  }

  #nextDue(untilMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.atMs > untilMs) continue;
      if (!next || pending.atMs < next.atMs) next = pending;
      else if (pending.atMs === next.atMs && pending.order < next.order) next = pending;
    }
    return next;
  }
}

/** Lets everything run that is already due: promise jobs and one turn of the event loop. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
