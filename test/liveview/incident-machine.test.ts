import { describe, expect, it } from '@jest/globals';
import { isUnderWay as isUnderWayForClients } from '../../src/client/under-way.ts';
import {
  INCIDENT_EVENTS,
  INCIDENT_STATES,
  type IncidentEvent,
  type IncidentState,
  isUnderWay,
  nextIncidentState,
  type Standing,
} from '../../src/liveview/incident-machine.ts';

const STANDINGS: Standing[] = ['open', 'offered', 'shared'];
/** What is done to an incident that the centre works on; where it goes is for what stands to say. */
const WORK: IncidentEvent[] = ['update', 'screen', 'offer', 'unoffer', 'share', 'unshare'];
const MOVES: [IncidentState, IncidentEvent, Standing, IncidentState][] = [
  ...(['open', 'offered', 'shared'] as const).flatMap((state) => [
    ...WORK.flatMap((event) =>
      STANDINGS.map((standing): (typeof MOVES)[number] => [state, event, standing, standing]),
    ),
    ...STANDINGS.map((standing): (typeof MOVES)[number] => [state, 'close', standing, 'closed']),
  ]),
  ...STANDINGS.flatMap((standing): typeof MOVES => [
    ['requested', 'answer', standing, standing],
    ['requested', 'refuse', standing, 'closed'],
  ]),
];

describe('an incident', () => {
  it.each(MOVES)('that is %s goes by %s, with %s, to %s', (from, event, standing, to) => {
    expect(nextIncidentState(from, event, standing)).toBe(to);
  });

  it('makes no other move: nothing reopens it, and what is asked for is answered first', () => {
    const moves = new Set(MOVES.map(([from, event]) => `${from} ${event}`));
    const others = INCIDENT_STATES.flatMap((from) =>
      INCIDENT_EVENTS.filter((event) => !moves.has(`${from} ${event}`)).map((event) => ({
        from,
        event,
      })),
    );
    expect(others).toHaveLength(7 + 2 * 3 + 9);
    for (const { from, event } of others) {
      for (const standing of STANDINGS) {
        expect(nextIncidentState(from, event, standing)).toBeUndefined();
      }
    }
  });

  it.each<[IncidentState, boolean]>([
    ['requested', false],
    ['offered', true],
    ['open', true],
    ['shared', true],
    ['closed', false],
  ])('that is %s is worked on: %s', (state, expected) => {
    expect(isUnderWay({ state })).toBe(expected);
    expect(isUnderWayForClients({ state })).toBe(expected);
  });
});
