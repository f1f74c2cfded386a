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

/** People were called for it anew, after somebody looked at it or before anybody did. */
export function isAgain({ state, at, calledAt, verification }: AlarmView): boolean {
  if (state !== 'open' || calledAt === at) return false;
  return verification.status === 'unverified' || verification.at < calledAt;
}

/** `softly`: it is true and worked on; that it was told anew must be seen, and need startle nobody. */
export type Call = 'aloud' | 'softly';

/** @param heardAt the call for it that was heard here last, by its time; undefined for none. */
export function callOf(alarm: AlarmView, heardAt: string | undefined): Call | undefined {
  if (heardAt === undefined) return isNew(alarm) ? 'aloud' : undefined;
  if (alarm.calledAt === heardAt) return undefined;
  const { verification, incident } = alarm;
  return verification.status === 'verified' && incident !== undefined ? 'softly' : 'aloud';
}

/** The open ones: the most urgent first, of those the one that people were called for last. */
export function openAlarms(alarms: readonly AlarmView[]): AlarmView[] {
  return alarms
    .filter(({ state }) => state === 'open')
    .sort((a, b) => a.priority - b.priority || b.calledAt.localeCompare(a.calledAt));
}

/** Those of the same site about the same time; whichever of two came first names the other or is named. */
export function besides(alarms: readonly AlarmView[], alarm: AlarmView): AlarmView[] {
  return alarms.filter(
    ({ id, alongside }) => alarm.alongside.includes(id) || alongside.includes(alarm.id),
  );
}
