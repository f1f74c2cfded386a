import { useState } from 'preact/hooks';
import type { IncidentView, Outcome } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { Choice } from '../shared/inputs.tsx';
import type { Centre } from './centre.ts';
import { areStepsOpen, ClosingSteps } from './closing-steps.tsx';

export interface CloseDialogProps {
  readonly centre: Centre;
  readonly incident: IncidentView;
  readonly onClose: () => void;
}

export function CloseDialog({ centre, incident, onClose }: CloseDialogProps) {
  const texts = useTexts();
  const [outcome, setOutcome] = useState<Outcome>('resolved');
  const [note, setNote] = useState('');
  return (
    <Dialog
      title={texts.closeIncident}
      confirm={texts.closeIncident}
      danger
      disabled={areStepsOpen(incident)}
      testid="close-dialog"
      onConfirm={async () => centre.upsert(await centre.api.close(incident.id, { outcome, note }))}
      onClose={onClose}
    >
      <p class="hint">{texts.closeWarning}</p>
      <ClosingSteps centre={centre} incident={incident} />
      <Choice
        label={texts.outcome}
        name="outcome"
        options={texts.outcomes}
        value={outcome}
        onChange={setOutcome}
      />
      <label>
        {texts.closingNote}
        <textarea
          name="note"
          rows={3}
          maxLength={4000}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}
