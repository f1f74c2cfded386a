import type { Incident, SiteView } from '../../src/client/index.ts';
import { isUnderWay } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { AlarmList } from './alarm-list.tsx';
import type { Centre, CentreState } from './centre.ts';
import { Demonstration } from './demonstration.tsx';
import { siteName } from './names.ts';

interface SidebarProps {
  readonly centre: Centre;
  readonly state: CentreState;
}

export function Sidebar({
  centre,
  state,
  demonstration,
}: SidebarProps & { readonly demonstration: boolean }) {
  const texts = useTexts();
  const open = state.incidents.filter(isUnderWay);
  return (
    <nav class="sidebar" aria-label={`${texts.alarms.title}, ${texts.incidents}, ${texts.sites}`}>
      {centre.may('alarm.read') && <AlarmList centre={centre} state={state} />}
      <h2>{texts.incidents}</h2>
      {open.length === 0 && <p class="hint">{texts.noIncidents}</p>}
      <ul class="picks" data-testid="incidents">
        {open.map((incident) => (
          <li key={incident.id}>
            <IncidentPick centre={centre} state={state} incident={incident} />
          </li>
        ))}
      </ul>
      {demonstration && <Demonstration api={centre.api} />}
      <h2>{texts.sites}</h2>
      <ul class="picks" data-testid="sites">
        {state.sites.map((site) => (
          <li key={site.id}>
            <SitePick centre={centre} state={state} site={site} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function IncidentPick({ centre, state, incident }: SidebarProps & { incident: Incident }) {
  const texts = useTexts();
  const { id, type, site, grants, openedAt } = incident;
  return (
    <button
      type="button"
      class="pick incident-pick"
      data-testid={`incident-${id}`}
      aria-current={state.selection?.kind === 'incident' && state.selection.id === id}
      onClick={() => centre.select({ kind: 'incident', id })}
    >
      <span class="pick-title">
        {texts.types[type]}
        {grants.length > 0 && <span class="badge shared">{texts.sharedBadge}</span>}
      </span>
      <span class="muted">
        {siteName(state, site)} · {clockTime(openedAt)}
      </span>
    </button>
  );
}

function SitePick({ centre, state, site: { id, name } }: SidebarProps & { site: SiteView }) {
  const texts = useTexts();
  return (
    <button
      type="button"
      class="pick"
      data-testid={`site-${id}`}
      aria-current={state.selection?.kind === 'site' && state.selection.id === id}
      onClick={() => centre.select({ kind: 'site', id })}
    >
      <span class="pick-title">{name}</span>
      <span class="muted">
        {texts.cameraCount(state.cameras.filter((camera) => camera.site === id).length)}
      </span>
    </button>
  );
}
