/**
 * What can happen to an offer. `withdraw`: taken back by the centre, overtaken by a share, or ended with
 * its incident.
 *
 *   pending ──accept, decline, expire, withdraw──► the end
 */
export const OFFER_STATES = ['pending', 'accepted', 'declined', 'expired', 'withdrawn'] as const;
export type OfferState = (typeof OFFER_STATES)[number];
export type OfferEvent = 'accept' | 'decline' | 'expire' | 'withdraw';

const TABLE: Record<OfferState, Partial<Record<OfferEvent, OfferState>>> = {
  pending: { accept: 'accepted', decline: 'declined', expire: 'expired', withdraw: 'withdrawn' },
  accepted: {},
  declined: {},
  expired: {},
  withdrawn: {},
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextOfferState(state: OfferState, event: OfferEvent): OfferState | undefined {
  return TABLE[state][event];
}
