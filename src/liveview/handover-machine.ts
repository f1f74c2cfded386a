/**
 * What can happen to a hand-over that is offered to a colleague. `withdraw`: taken back, or ended with its
 * incident; `overtake`: a supervisor took the incident meanwhile.
 *
 *   offered ──accept, decline, withdraw, overtake──► the end
 */
export const HANDOVER_STATES = [
  'offered',
  'accepted',
  'declined',
  'withdrawn',
  'overtaken',
] as const;
export type HandoverState = (typeof HANDOVER_STATES)[number];
export type HandoverEvent = 'accept' | 'decline' | 'withdraw' | 'overtake';

const TABLE: Record<HandoverState, Partial<Record<HandoverEvent, HandoverState>>> = {
  offered: {
    accept: 'accepted',
    decline: 'declined',
    withdraw: 'withdrawn',
    overtake: 'overtaken',
  },
  accepted: {},
  declined: {},
  withdrawn: {},
  overtaken: {},
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextHandoverState(
  state: HandoverState,
  event: HandoverEvent,
): HandoverState | undefined {
  return TABLE[state][event];
}
