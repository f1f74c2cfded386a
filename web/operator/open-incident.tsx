import { useState } from 'preact/hooks';
import type { AlarmView, CameraView, IncidentType, SiteView } from '../../src/client/index.ts';
import { INCIDENT_TYPE_OF } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { IncidentTypeChoice, Many } from '../shared/inputs.tsx';
import type { Centre } from './centre.ts';

export interface OpenIncidentProps {
  readonly centre: Centre;
  readonly site: SiteView;
  readonly cameras: readonly CameraView[];
  /** The alarm that it is opened from, and what that says. */
  readonly from?: { readonly alarm: AlarmView; readonly summary: string };
  readonly onClose: () => void;
}

export function OpenIncidentDialog({ centre, site, cameras, from, onClose }: OpenIncidentProps) {
  const texts = useTexts();
  const alarm = from?.alarm;
  const [type, setType] = useState<IncidentType>(alarm ? INCIDENT_TYPE_OF[alarm.kind] : 'robbery');
  const [summary, setSummary] = useState(from?.summary ?? '');
  const seeing = cameras.filter(({ id }) => alarm?.cameras.includes(id) ?? true);
  const [chosen, setChosen] = useState<readonly string[]>(seeing.map(({ id }) => id));
  const facts = { type, site: site.id, summary, cameras: chosen };
  return (
    <Dialog
      title={`${texts.openIncident} · ${site.name}`}
      confirm={texts.openIncident}
      danger
      testid="open-incident-dialog"
      disabled={chosen.length === 0}
      onConfirm={() => centre.open(alarm ? { ...facts, alarm: alarm.id } : facts)}
      onClose={onClose}
    >
      {alarm?.verification.status === 'unverified' && (
        <p class="problem">{texts.alarms.notVerifiedWarning}</p>
      )}
      <IncidentTypeChoice value={type} onChange={setType} />
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
