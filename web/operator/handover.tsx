import { useEffect, useState } from 'preact/hooks';
import type { Colleague, Handover, Incident } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';

interface HandoverProps {
  readonly centre: Centre;
  readonly incident: Incident;
}

/** Who answers for the incident, and how that is handed over. */
export function HandoverPanel({ centre, incident }: HandoverProps) {
  const { casework: texts } = useTexts();
  const [offering, setOffering] = useState(false);
  const { id, responsible, handover } = incident;
  const own = responsible === centre.session.user;
  const waits = handover?.state === 'offered';
  const mayManage = centre.may('incident.manage') && (own || centre.may('incident.take'));
  if (responsible === undefined) return null;
  const act = (work: Parameters<Centre['act']>[0]) => void centre.act(work);
  return (
    <section class="panel" data-testid="handover-panel">
      <h3>{texts.responsible}</h3>
      <p data-testid="responsible">{own ? texts.you(responsible) : responsible}</p>
      {handover && <HandoverState handover={handover} />}
      <div class="buttons">
        {mayManage && (
          <button type="button" data-testid="hand-over" onClick={() => setOffering(true)}>
            {texts.handOver}
          </button>
        )}
        {mayManage && waits && (
          <button
            type="button"
            data-testid="handover-withdraw"
            onClick={() => act((api) => api.withdrawHandover(id))}
          >
            {texts.handOverWithdraw}
          </button>
        )}
        {!own && centre.may('incident.take') && (
          <button
            type="button"
            data-testid="take-over"
            onClick={() => act((api) => api.takeIncident(id))}
          >
            {texts.takeOver}
          </button>
        )}
      </div>
      {offering && (
        <OfferDialog centre={centre} incident={incident} onClose={() => setOffering(false)} />
      )}
    </section>
  );
}

/** Only what somebody has to know: that it waits, or that it was declined. */
function HandoverState({ handover }: { handover: Handover }) {
  const { casework: texts } = useTexts();
  const { state, to, reason = '' } = handover;
  if (state !== 'offered' && state !== 'declined') return null;
  return (
    <p class="hint" data-testid="handover-state" data-state={state}>
      {state === 'offered' ? texts.handOverWaits(to) : texts.handOverDeclined(to, reason)}
    </p>
  );
}

function OfferDialog({ centre, incident, onClose }: HandoverProps & { onClose: () => void }) {
  const { casework: texts } = useTexts();
  const colleagues = useColleagues(centre, incident);
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const offer = async () => {
    const told = note.trim() === '' ? undefined : note.trim();
    centre.upsert(await centre.api.offerHandover(incident.id, to, told));
  };
  return (
    <Dialog
      title={texts.handOver}
      confirm={texts.handOver}
      testid="handover-dialog"
      disabled={to === ''}
      onConfirm={offer}
      onClose={onClose}
    >
      {colleagues?.length === 0 && <p class="hint">{texts.noColleagues}</p>}
      <fieldset class="choice">
        <legend>{texts.handOverTo}</legend>
        {colleagues?.map(({ user, name }) => (
          <label key={user} class="chip">
            <input
              type="radio"
              name="to"
              value={user}
              checked={user === to}
              onChange={() => setTo(user)}
            />
            {name ?? user}
          </label>
        ))}
      </fieldset>
      <label>
        {texts.handOverNote}
        <textarea
          name="note"
          rows={3}
          maxLength={1000}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}

/** Those who could have it; undefined until they are known. */
function useColleagues(centre: Centre, { id, responsible }: Incident): Colleague[] | undefined {
  const [colleagues, setColleagues] = useState<Colleague[]>();
  useEffect(() => {
    let wanted = true;
    centre.api
      .colleagues(id)
      .then((all) => {
        if (wanted) setColleagues(all.filter(({ user }) => user !== responsible));
      })
      .catch((error: unknown) => centre.tell(error));
    return () => {
      wanted = false;
    };
  }, [centre, id, responsible]);
  return colleagues;
}
