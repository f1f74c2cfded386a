import { rfc3339 } from '../core/clock.ts';
import type { Alarm } from './alarm-model.ts';
import type { State } from './state.ts';

/** Two people who press a button for the same robbery do so within this time. */
const WINDOW_MS = 3 * 60_000;

/**
 * Other alarms of the same site about the same time: several buttons, or a button and a detector, tell
 * more than one of them does. Not what was false, not what was over when it was told, and nothing
 * technical: that tells of the equipment.
 */
export function alongside(
  { alarms, alarmKeys }: Pick<State, 'alarms' | 'alarmKeys'>,
  alarm: Alarm,
): Alarm[] {
  if (!tells(alarm)) return [];
  const nameOf = ({ id, source }: Alarm) =>
    JSON.stringify([source.type, source.id, alarmKeys.get(id)?.key]);
  const name = nameOf(alarm);
  const [from, to] = windowOf(alarm);
  const found: Alarm[] = [];
  for (const other of alarms.values()) {
    if (other.at < from || other.at > to || other.site !== alarm.site) continue;
    if (tells(other) && nameOf(other) !== name) found.push(other);
  }
  return found;
}

/** As they are written: of thousands, each beside each, none is read as a date. */
function windowOf({ at }: Alarm): readonly [from: string, to: string] {
  const unixUs = Date.parse(at) * 1_000;
  return [rfc3339(unixUs - WINDOW_MS * 1_000), rfc3339(unixUs + WINDOW_MS * 1_000)];
}

function tells({ kind, verification, at, restoredAt }: Alarm): boolean {
  return kind !== 'technical' && verification.status !== 'false' && restoredAt !== at;
}
