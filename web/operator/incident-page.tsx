import { useState } from 'preact/hooks';
import type { Incident, IncidentView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { Notes } from '../shared/notes.tsx';
import { IncidentAlarms } from '../shared/verification.tsx';
import type { Centre, CentreState } from './centre.ts';
import { CloseDialog } from './close-dialog.tsx';
import { ControlPanel } from './control-panel.tsx';
import { Counts } from './counts.tsx';
import { HandoverPanel } from './handover.tsx';
import { ImagesPanel } from './images-panel.tsx';
import { siteName, whose } from './names.ts';
import { PlansPanel } from './plans-panel.tsx';
import { readingOf } from './reading.ts';
import { ReportLinks } from './report-links.tsx';
import { RequestLog } from './request-log.tsx';
import { ScreenPanel } from './screen-panel.tsx';
import { SharePanel } from './share-panel.tsx';
import { SiteFacts } from './site-page.tsx';

export interface IncidentProps {
  readonly centre: Centre;
  readonly state: CentreState;
  readonly incident: IncidentView;
}

export function IncidentPage({ centre, state, incident }: IncidentProps) {
  const [selected, setSelected] = useState<string>();
  const [closing, setClosing] = useState(false);
  const camera = state.cameras.find(({ id }) => id === selected);
  const mayManage = centre.may('incident.manage');
  const site = state.sites.find(({ id }) => id === incident.site);
  const addNote = (text: string) => centre.act((api) => api.writeNote(incident.id, text));
  if (incident.state === 'closed') {
    return <ClosedIncident centre={centre} state={state} incident={incident} />;
  }
  return (
    <div class="page" data-testid="incident" data-incident={incident.id}>
      <IncidentHead
        state={state}
        incident={incident}
        {...(mayManage ? { onClose: () => setClosing(true) } : {})}
      />
      <div class="page-body">
        <ScreenPanel
          centre={centre}
          state={state}
          incident={incident}
          selected={selected}
          onSelect={setSelected}
        />
        <aside class="panels">
          {camera && centre.may('camera.steer') && (
            <ControlPanel centre={centre} camera={camera} incident={incident.id} />
          )}
          <SharePanel centre={centre} state={state} incident={incident} />
          <HandoverPanel centre={centre} incident={incident} />
          {centre.may('request.read') && (
            <RequestLog centre={centre} state={state} incident={incident.id} />
          )}
          <IncidentAlarms alarms={incident.alarms} />
          <Counts centre={centre} incident={incident} />
          <ImagesPanel centre={centre} incident={incident} />
          <PlansPanel centre={centre} site={incident.site} cameras={state.cameras} />
          <Notes
            notes={incident.notes}
            writer={({ by, controlRoom }) => whose(centre.session, by, controlRoom)}
            reading={readingOf(centre, incident)}
            {...(mayManage ? { onAdd: addNote } : {})}
          />
          <ReportLinks centre={centre} incident={incident.id} />
          {site && <SiteFacts site={site} />}
        </aside>
      </div>
      {closing && (
        <CloseDialog centre={centre} incident={incident} onClose={() => setClosing(false)} />
      )}
    </div>
  );
}

interface HeadProps {
  readonly state: CentreState;
  readonly incident: Incident;
  /** Absent for whoever may not close it. */
  readonly onClose?: () => void;
}

function IncidentHead({ state, incident, onClose }: HeadProps) {
  const texts = useTexts();
  const shared = incident.grants.length > 0;
  return (
    <div class="page-head">
      <div>
        <h2>
          {texts.types[incident.type]} · {siteName(state, incident.site)}
          {shared && <span class="badge shared">{texts.sharedBadge}</span>}
        </h2>
        <p class="summary">{incident.summary}</p>
        <p class="hint">{texts.openedAt(clockTime(incident.openedAt), incident.openedBy)}</p>
      </div>
      {onClose && (
        <button type="button" class="danger" data-testid="close-incident" onClick={onClose}>
          {texts.closeIncident}
        </button>
      )}
    </div>
  );
}

function ClosedIncident({ centre, state, incident }: IncidentProps) {
  const texts = useTexts();
  return (
    <div class="over" role="alert" data-testid="incident-closed">
      <h2>{texts.incidentClosedTitle}</h2>
      <p>
        {texts.types[incident.type]} · {siteName(state, incident.site)}
      </p>
      {incident.outcome && (
        <p>
          {texts.outcome}: {texts.outcomes[incident.outcome]}
        </p>
      )}
      {incident.closingNote && <p class="muted">{incident.closingNote}</p>}
      <p class="muted">{texts.nothingGoes}</p>
      <ReportLinks centre={centre} incident={incident.id} />
    </div>
  );
}
