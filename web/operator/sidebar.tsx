import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre, CentreState } from './centre.ts';
import { siteName } from './names.ts';

export function Sidebar({ centre, state }: { centre: Centre; state: CentreState }) {
  const texts = useTexts();
  const { selection } = state;
  const open = state.incidents.filter((incident) => incident.state === 'open');
  return (
    <nav class="sidebar" aria-label={`${texts.incidents}, ${texts.sites}`}>
      <h2>{texts.incidents}</h2>
      {open.length === 0 && <p class="hint">{texts.noIncidents}</p>}
      <ul class="picks" data-testid="incidents">
        {open.map((incident) => (
          <li key={incident.id}>
            <button
              type="button"
              class="pick incident-pick"
              data-testid={`incident-${incident.id}`}
              aria-current={selection?.kind === 'incident' && selection.id === incident.id}
              onClick={() => centre.select({ kind: 'incident', id: incident.id })}
            >
              <span class="pick-title">
                {texts.types[incident.type]}
                {incident.grants.length > 0 && (
                  <span class="badge shared">{texts.sharedBadge}</span>
                )}
              </span>
              <span class="muted">
                {siteName(state, incident.site)} · {clockTime(incident.openedAt)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <h2>{texts.sites}</h2>
      <ul class="picks" data-testid="sites">
        {state.sites.map((site) => (
          <li key={site.id}>
            <button
              type="button"
              class="pick"
              data-testid={`site-${site.id}`}
              aria-current={selection?.kind === 'site' && selection.id === site.id}
              onClick={() => centre.select({ kind: 'site', id: site.id })}
            >
              <span class="pick-title">{site.name}</span>
              <span class="muted">
                {texts.cameraCount(
                  state.cameras.filter((camera) => camera.site === site.id).length,
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
