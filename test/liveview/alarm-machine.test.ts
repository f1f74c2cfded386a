import { describe, expect, it } from '@jest/globals';
import {
  type AlarmEvent,
  type AlarmState,
  alarmStateOf,
  nextAlarmState,
} from '../../src/liveview/alarm-machine.ts';
import type { Alarm, Verification } from '../../src/liveview/alarm-model.ts';

const EVENTS: AlarmEvent[] = [
  ...(['repeat', 'restore', 'look', 'let-go', 'verify', 'refute', 'link', 'end'] as const),
];
const __ = undefined;
const [U, L, V, E] = ['unverified', 'looking', 'verified', 'ended'] as const;

/** Every state against every event; what is not a state is forbidden. */
const TABLE: [AlarmState, (AlarmState | undefined)[]][] = [
  // repeat restore look let-go verify refute link end
  [U, [U, U, L, __, V, E, U, E]],
  [L, [L, L, L, U, V, E, L, E]],
  [V, [V, V, __, __, __, E, V, E]],
  [E, [__, __, __, __, __, __, __, __]],
];

describe('an alarm', () => {
  describe.each(TABLE)('that is %s', (state, targets) => {
    it.each(EVENTS.map((event, index) => [event, targets[index]] as const))(
      'on %s becomes %s',
      (event, target) => {
        expect(nextAlarmState(state, event)).toBe(target);
      },
    );
  });

  it.each<[Alarm['state'], Verification['status'], AlarmState]>([
    ['open', 'unverified', 'unverified'],
    ['open', 'looking', 'looking'],
    ['open', 'verified', 'verified'],
    ['ended', 'unverified', 'ended'],
    ['ended', 'verified', 'ended'],
    ['ended', 'false', 'ended'],
  ])('that is %s and %s is in the state %s', (state, status, expected) => {
    expect(alarmStateOf({ state, verification: { status } } as Alarm)).toBe(expected);
  });
});
