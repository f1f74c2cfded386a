import type { Clock } from '../core/clock.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { Caller } from './caller.ts';
import type { Action } from './permissions.ts';
import { TooOftenError } from './too-often.ts';

/** Each act is a line or two in the journal, and each line waits for the disk. */
const ACTS_A_SECOND = 10;
/** Four live sockets full of cameras may ask for all of them at once, after a disturbance. */
export const ACTS_AT_ONCE = 128;
const ALLOWANCE = { atOnce: ACTS_AT_ONCE, perSecond: ACTS_A_SECOND };

/** What counts, by any door and in whatever way. Heartbeats, Stop and what a viewer measured do not. */
export const ACTS: ReadonlySet<Action> = new Set<Action>([
  'camera.watch',
  'camera.steer',
  'request.make',
  'note.write',
  'offer.decide',
  'plan.read',
  'alarm.raise',
  'alarm.handle',
]);

/** What counts where it gives or changes something: what takes away is never too often. */
const CHANGES: ReadonlySet<Action> = new Set<Action>([
  'incident.manage',
  'incident.take',
  'plan.manage',
  'request.decide',
]);

/** Whether a request of HTTP counts. @param takesAway ends something, and nothing else. */
export function isAct(action: Action, method: string, takesAway: boolean): boolean {
  if (ACTS.has(action)) return true;
  return CHANGES.has(action) && !takesAway && !['GET', 'HEAD', 'DELETE'].includes(method);
}

/**
 * How often an account may watch, take snapshots, ask, write, decide, change incidents and plans, and tell of alarms: a token bucket each, over all of its
 * connections. There are as many as accounts have been used, which administrators make.
 */
export class ActLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one act of this account. @throws TooOftenError `too-many-requests`. */
  take({ user }: Pick<Caller, 'user'>): void {
    const bucket = this.#buckets.get(user) ?? new TokenBucket(this.#clock, ALLOWANCE);
    this.#buckets.set(user, bucket);
    const waitMs = bucket.take();
    if (waitMs > 0) throw new TooOftenError('too-many-requests', 'too many at once', waitMs);
  }
}
