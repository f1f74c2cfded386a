import type { Incident } from '../../src/client/index.ts';
import { timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { useNow } from '../shared/store.ts';

export type RoomOffer = NonNullable<Incident['offers']>[number];

export function offerTo({ offers }: Incident, controlRoom: string): RoomOffer | undefined {
  return offers?.find((offer) => offer.controlRoom === controlRoom);
}

/** How what was offered to a control room stands, where nothing is shared with it. */
export function OfferState({ offer }: { offer: RoomOffer | undefined }) {
  const texts = useTexts();
  const now = useNow();
  const { casework } = texts;
  const words = (): string => {
    if (offer?.state === 'pending') return casework.offered(timeLeft(offer.expiresAt, now));
    if (offer?.state === 'declined') return casework.offerDeclined(offer.reason ?? '');
    return offer?.state === 'expired' ? casework.offerExpired : texts.notShared;
  };
  return (
    <span class="muted" data-testid="offer-state" data-state={offer?.state ?? 'none'}>
      {words()}
    </span>
  );
}
