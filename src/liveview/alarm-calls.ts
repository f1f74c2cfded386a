import { isUrgent } from './alarm-limits.ts';
import type { Alarm } from './alarm-model.ts';

/** Told again after so long, it is not the same press still. */
const QUIET_MS = 5 * 60_000;
/** People are called for one alarm no more often, however its contact flaps. */
const BETWEEN_CALLS_MS = 60_000;

/** What is known of an alarm just before it is told again; Unix ms. */
export interface ToldBefore {
  readonly lastUnixMs: number;
  readonly isRestored: boolean;
}

/**
 * Whether people are called anew for an alarm that is open and is told again: when it becomes urgent, and
 * when it is urgent and was over at its source, or was quiet. A clock that was set leads to a call.
 */
export function callsAnew(
  { priority: before, calledAt }: Pick<Alarm, 'priority' | 'calledAt'>,
  priority: number,
  { lastUnixMs, isRestored }: ToldBefore,
  nowUnixMs: number,
): boolean {
  if (!isUrgent({ priority: Math.min(before, priority) })) return false;
  if (!isUrgent({ priority: before })) return true;
  if (Math.abs(nowUnixMs - Date.parse(calledAt)) < BETWEEN_CALLS_MS) return false;
  return isRestored || Math.abs(nowUnixMs - lastUnixMs) >= QUIET_MS;
}
