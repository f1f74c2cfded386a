import type { Incident } from './model.ts';

/** What can be done to an incident. `share` and `screen` may be repeated; nothing follows `close`. */
export type IncidentEvent = 'update' | 'share' | 'unshare' | 'screen' | 'close';
export type IncidentState = Incident['state'];

const TABLE: Record<IncidentState, Partial<Record<IncidentEvent, IncidentState>>> = {
  open: { update: 'open', share: 'open', unshare: 'open', screen: 'open', close: 'closed' },
  closed: {},
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextIncidentState(
  state: IncidentState,
  event: IncidentEvent,
): IncidentState | undefined {
  return TABLE[state][event];
}
