import { describe, expect, it } from '@jest/globals';
import {
  nextOfferState,
  OFFER_STATES,
  type OfferEvent,
  type OfferState,
} from '../../src/liveview/offer-machine.ts';

const EVENTS: OfferEvent[] = ['accept', 'decline', 'expire', 'withdraw'];

describe('an offer', () => {
  it.each<[OfferEvent, OfferState]>([
    ['accept', 'accepted'],
    ['decline', 'declined'],
    ['expire', 'expired'],
    ['withdraw', 'withdrawn'],
  ])('that waits goes by %s to %s', (event, to) => {
    expect(nextOfferState('pending', event)).toBe(to);
  });

  it.each(OFFER_STATES.filter((state) => state !== 'pending'))('that is %s is over', (state) => {
    for (const event of EVENTS) expect(nextOfferState(state, event)).toBeUndefined();
  });
});
