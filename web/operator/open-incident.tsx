import { useState } from 'preact/hooks';
import type { CameraView, IncidentType, SiteView } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { Choice, Many } from '../shared/inputs.tsx';
import type { Centre } from './centre.ts';

export interface OpenIncidentProps {
  readonly centre: Centre;
  readonly site: SiteView;
  readonly cameras: readonly CameraView[];
  readonly onClose: () => void;
}

export function OpenIncidentDialog({ centre, site, cameras, onClose }: OpenIncidentProps) {
  const texts = useTexts();
  const [type, setType] = useState<IncidentType>('robbery');
  const [summary, setSummary] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(cameras.map(({ id }) => id));
  return (
    <Dialog
      title={`${texts.openIncident} · ${site.name}`}
      confirm={texts.openIncident}
      danger
      testid="open-incident-dialog"
      disabled={chosen.length === 0}
      onConfirm={() => centre.open({ type, site: site.id, summary, cameras: chosen })}
      onClose={onClose}
    >
      <Choice
        label={texts.incidentType}
        name="type"
        options={texts.types}
        value={type}
        onChange={setType}
      />
      <label>
        {texts.summary}
        <textarea
          name="summary"
          rows={3}
          maxLength={4000}
          placeholder={texts.summaryHint}
          value={summary}
          onInput={(event) => setSummary(event.currentTarget.value)}
        />
      </label>
      <Many label={texts.cameras} options={cameras} chosen={chosen} onChange={setChosen} />
    </Dialog>
  );
}
