import { useState } from 'preact/hooks';
import type { OfferHeadline } from '../../src/client/index.ts';
import { timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { ReasonDialog } from '../shared/reason-dialog.tsx';
import { useNow, useStore } from '../shared/store.ts';
import { IncidentAlarms } from '../shared/verification.tsx';
import type { Room } from './room.ts';

/** What the centre offers, by its headline: no picture comes before it is accepted. */
export function Offers({ room }: { room: Room }) {
  const { casework: texts } = useTexts();
  const { offers } = useStore(room.store);
  const [declining, setDeclining] = useState<string>();
  return (
    <section class="offers" role="alert" aria-label={texts.offers}>
      {offers.map((offer) => (
        <Offer
          key={offer.incident}
          room={room}
          offer={offer}
          onDecline={() => setDeclining(offer.incident)}
        />
      ))}
      {declining && (
        <ReasonDialog
          title={texts.declineOffer}
          label={texts.refuseReason}
          testid="offer-decline-dialog"
          suggestions={texts.declineReasons}
          onConfirm={(reason) => room.declineOffer(declining, reason)}
          onClose={() => setDeclining(undefined)}
        />
      )}
    </section>
  );
}

interface OfferProps {
  readonly room: Room;
  readonly offer: OfferHeadline;
  readonly onDecline: () => void;
}

function Offer({ room, offer, onDecline }: OfferProps) {
  const texts = useTexts();
  const { casework } = texts;
  const now = useNow();
  const { incident, type, site, priority, summary, alarms, offeredBy, expiresAt } = offer;
  return (
    <article class="share-notice offer" data-testid="offer" data-incident={incident}>
      <div>
        <strong>{casework.offerTitle(texts.types[type], site.name)}</strong>
        {priority !== null && <span class="badge">{casework.urgency(priority)}</span>}
        <p>{summary}</p>
        <p class="hint">{casework.offeredBy(offeredBy, timeLeft(expiresAt, now))}</p>
        <IncidentAlarms alarms={alarms} />
      </div>
      {room.may('offer.decide') && (
        <span class="buttons">
          <button
            type="button"
            class="primary"
            data-testid="offer-accept"
            onClick={() => void room.acceptOffer(incident)}
          >
            {casework.acceptOffer}
          </button>
          <button type="button" class="danger" data-testid="offer-decline" onClick={onDecline}>
            {casework.declineOffer}
          </button>
        </span>
      )}
    </article>
  );
}
