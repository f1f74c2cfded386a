import type { Clock } from '../../core/clock.ts';

const SLOT_MS = 500;
const SLOTS = 6;
const SETTLES_MS = 2_000;

/** How a viewer takes what there is for it, as its reader sees it. */
export class Meter {
  readonly #clock: Clock;
  readonly #bytes = new Float64Array(SLOTS);
  readonly #startedMs: number;
  #slot = 0;
  /** Since when something has been waiting; undefined while the viewer has everything. */
  #waitingSinceMs: number | undefined;
  /** What there was when it joined may rush by; how long that takes says nothing yet. */
  #live = false;
  #joinedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
    this.#joinedMs = this.#startedMs;
    this.#slot = Math.floor(this.#startedMs / SLOT_MS);
  }

  /** There is something for a viewer that had everything. */
  readable(): void {
    this.#waitingSinceMs ??= this.#clock.nowMs();
  }

  /** It has everything. */
  emptied(): void {
    this.#waitingSinceMs = undefined;
    this.#live = true;
  }

  /** It began anew, somewhere before the newest picture. */
  rejoined(): void {
    this.#live = false;
    this.#joinedMs = this.#clock.nowMs();
  }

  /** Whether what it misses is its own doing: who joins at the end of a group may miss the rest of it. */
  get settled(): boolean {
    return this.#live || this.#clock.nowMs() - this.#joinedMs >= SETTLES_MS;
  }

  took(bytes: number, nowMs: number): void {
    this.#advance(nowMs);
    const index = this.#slot % SLOTS;
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
  }

  /** In the last three seconds, or since the beginning. */
  get takenKbps(): number {
    const nowMs = this.#clock.nowMs();
    this.#advance(nowMs);
    const sinceMs = Math.max(this.#startedMs, (this.#slot - SLOTS + 1) * SLOT_MS);
    const spanMs = Math.max(SLOT_MS, nowMs - sinceMs);
    return (this.#bytes.reduce((sum, bytes) => sum + bytes, 0) * 8) / spanMs;
  }

  /**
   * How long its socket has let this picture wait; never longer than the picture exists. What a camera, an
   * encoder or this process is late with does not count: then there was nothing to take.
   */
  waitedMs(captureUnixUs: number): number {
    if (!this.#live || this.#waitingSinceMs === undefined) return 0;
    const ageMs = (this.#clock.unixUs() - captureUnixUs) / 1_000;
    return Math.max(0, Math.min(ageMs, this.#clock.nowMs() - this.#waitingSinceMs));
  }

  /** Slots that passed without a byte are empty. */
  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot === this.#slot) return;
    if (slot - this.#slot >= SLOTS) this.#bytes.fill(0);
    else for (let i = this.#slot + 1; i <= slot; i++) this.#bytes[i % SLOTS] = 0;
    this.#slot = slot;
  }
}
