import { useState } from 'preact/hooks';
import type { Incident } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { ReasonDialog } from '../shared/reason-dialog.tsx';
import type { Centre, CentreState } from './centre.ts';
import { siteName } from './names.ts';

/** What a colleague wants this person to take over: on every page, until it is answered. */
export function HandoverBar({ centre, state }: { centre: Centre; state: CentreState }) {
  const texts = useTexts();
  const [declining, setDeclining] = useState<string>();
  const { user } = centre.session;
  const offered = state.incidents.filter(
    ({ state: now, handover }) =>
      now !== 'closed' && handover?.state === 'offered' && handover.to === user,
  );
  const decline = async (id: string, reason: string) =>
    centre.upsert(await centre.api.declineHandover(id, reason));
  return (
    <section class="handover-bar" role="alert" aria-label={texts.casework.handOver}>
      {offered.map((incident) => (
        <OfferedHandover
          key={incident.id}
          centre={centre}
          what={`${texts.types[incident.type]}, ${siteName(state, incident.site)}`}
          incident={incident}
          onDecline={() => setDeclining(incident.id)}
        />
      ))}
      {declining && (
        <ReasonDialog
          title={texts.casework.refuse}
          label={texts.casework.refuseReason}
          testid="handover-decline-dialog"
          suggestions={[]}
          onConfirm={(reason) => decline(declining, reason)}
          onClose={() => setDeclining(undefined)}
        />
      )}
    </section>
  );
}

interface OfferedProps {
  readonly centre: Centre;
  readonly what: string;
  readonly incident: Incident;
  readonly onDecline: () => void;
}

function OfferedHandover({ centre, what, incident, onDecline }: OfferedProps) {
  const { casework: texts } = useTexts();
  const { id, handover } = incident;
  return (
    <p class="handover-offer" data-testid="handover-offer" data-incident={id}>
      <span>
        <strong>{texts.handOverAsked(handover?.from ?? '', what)}</strong>{' '}
        {handover?.note && (
          <span>
            “<bdi>{handover.note}</bdi>”
          </span>
        )}
      </span>
      <span class="buttons">
        <button
          type="button"
          class="primary"
          data-testid="handover-accept"
          onClick={() => void centre.act((api) => api.acceptHandover(id))}
        >
          {texts.takeOn}
        </button>
        <button type="button" class="danger" data-testid="handover-decline" onClick={onDecline}>
          {texts.refuse}
        </button>
      </span>
    </p>
  );
}
