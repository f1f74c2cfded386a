import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Content } from './content.ts';

/** A panel gives up long before. */
const SAME_TIME_MS = 10 * 60_000;
/** A panel that gets no answer sends again within seconds; some take a minute. */
const REPEAT_MS = 60_000;
const MAX_REMEMBERED = 32;

interface Remembered {
  readonly name: string;
  readonly timestamp: string | undefined;
  readonly atMs: number;
}

/**
 * What one panel has sent and was acknowledged. A message is the same as another when sequence
 * number and content are, and
 *
 * - both bear the same timestamp, or
 * - it is the newest and came a moment ago: some panels write the time anew when they send again, some
 *   write none.
 *
 * Otherwise the panel has begun to number anew, as after it was without power, and what it says is new.
 */
export class Duplicates {
  readonly #clock: Clock;
  /** Newest last. */
  #remembered: Remembered[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(sequence: string, content: Content): boolean {
    const name = nameOf(sequence, content);
    const timestamp = content.timestamp?.text;
    const nowMs = this.#clock.nowMs();
    const newest = this.#remembered.at(-1);
    return this.#remembered.some((each) => {
      if (each.name !== name) return false;
      const ageMs = nowMs - each.atMs;
      if (timestamp !== undefined && each.timestamp === timestamp) return ageMs < SAME_TIME_MS;
      return each === newest && ageMs < REPEAT_MS;
    });
  }

  remember(sequence: string, content: Content): void {
    this.#remembered.push({
      name: nameOf(sequence, content),
      timestamp: content.timestamp?.text,
      atMs: this.#clock.nowMs(),
    });
    if (this.#remembered.length > MAX_REMEMBERED) this.#remembered.shift();
  }
}

/** Without padding and timestamp, which differ when it is sent again. */
export function nameOf(sequence: string, { account, data, extended }: Content): string {
  const said = JSON.stringify([sequence, account, data, [...extended]]);
  return createHash('sha256').update(said).digest('base64url');
}
