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
  const nameOf = ({ id, source }: Alarm) =>
    JSON.stringify([source.type, source.id, alarmKeys.get(id)?.key]);
  const name = nameOf(alarm);
  const atMs = Date.parse(alarm.at);
  if (!tells(alarm)) return [];
  return [...alarms.values()].filter(
    (other) =>
      other.site === alarm.site &&
      Math.abs(Date.parse(other.at) - atMs) <= WINDOW_MS &&
      tells(other) &&
      nameOf(other) !== name,
  );
}

function tells({ kind, verification, at, restoredAt }: Alarm): boolean {
  return kind !== 'technical' && verification.status !== 'false' && restoredAt !== at;
}
