import type { Alarm } from './alarm-model.ts';

/**
 * What can happen to an alarm. `look` by another person takes it over; `refute` of what was verified
 * is a correction. Whether a person may do it is asked besides (`alarm-state.ts`).
 */
export type AlarmEvent =
  | 'repeat'
  | 'restore'
  | 'look'
  | 'let-go'
  | 'verify'
  | 'refute'
  | 'link'
  | 'end';
export type AlarmState = 'unverified' | 'looking' | 'verified' | 'ended';

const TABLE: Record<AlarmState, Partial<Record<AlarmEvent, AlarmState>>> = {
  unverified: {
    repeat: 'unverified',
    restore: 'unverified',
    look: 'looking',
    verify: 'verified',
    refute: 'ended',
    link: 'unverified',
    end: 'ended',
  },
  looking: {
    repeat: 'looking',
    restore: 'looking',
    look: 'looking',
    'let-go': 'unverified',
    verify: 'verified',
    refute: 'ended',
    link: 'looking',
    end: 'ended',
  },
  verified: {
    repeat: 'verified',
    restore: 'verified',
    refute: 'ended',
    link: 'verified',
    end: 'ended',
  },
  ended: {},
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextAlarmState(state: AlarmState, event: AlarmEvent): AlarmState | undefined {
  return TABLE[state][event];
}

/** Where an alarm is in the table. */
export function alarmStateOf({ state, verification: { status } }: Alarm): AlarmState {
  return state === 'ended' || status === 'false' ? 'ended' : status;
}
