import type { AlarmView } from '../../src/client/index.ts';

/** A hold-up, a fire, somebody unwell. */
const URGENT = 2;

export function isUrgent({ priority }: Pick<AlarmView, 'priority'>): boolean {
  return priority <= URGENT;
}

/** Nobody has looked at it yet. */
export function isNew({ state, verification }: AlarmView): boolean {
  return state === 'open' && verification.status === 'unverified';
}

/** The open ones: the most urgent first, of those the newest. */
export function openAlarms(alarms: readonly AlarmView[]): AlarmView[] {
  return alarms
    .filter(({ state }) => state === 'open')
    .sort((a, b) => a.priority - b.priority || b.at.localeCompare(a.at));
}

/** Those of the same site about the same time; whichever of two came first names the other or is named. */
export function besides(alarms: readonly AlarmView[], alarm: AlarmView): AlarmView[] {
  return alarms.filter(
    ({ id, alongside }) => alarm.alongside.includes(id) || alongside.includes(alarm.id),
  );
}
