import type { IncidentView } from '../../src/client/index.ts';
import { clockTime, timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { useNow } from '../shared/store.ts';
import { siteNameOf } from './names.ts';
import type { Room } from './room.ts';

/** What is shared now. Nothing plays until it is chosen. */
export function IncidentList(props: { room: Room; incidents: readonly IncidentView[] }) {
  const { room, incidents } = props;
  const texts = useTexts();
  if (incidents.length === 0) {
    return (
      <div class="notice" data-testid="nothing-shared">
        <span class="notice-mark" aria-hidden="true" />
        <p>{texts.noShares}</p>
        <p class="hint">{texts.noSharesHint}</p>
      </div>
    );
  }
  return (
    <div class="incident-list">
      <h2>{texts.incidents}</h2>
      <ul class="cards" data-testid="incidents">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <IncidentCard incident={incident} onWatch={() => room.watch(incident.id)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function IncidentCard({ incident, onWatch }: { incident: IncidentView; onWatch: () => void }) {
  const texts = useTexts();
  const now = useNow();
  const [grant] = incident.grants;
  return (
    <button
      type="button"
      class="incident-card"
      data-testid={`incident-${incident.id}`}
      onClick={onWatch}
    >
      <span class="card-type">{texts.types[incident.type]}</span>
      <span class="card-site">{siteNameOf(incident)}</span>
      <span class="card-address">{incident.siteDetails?.address}</span>
      <span class="card-summary">{incident.summary}</span>
      <span class="card-foot">
        <span>{clockTime(incident.openedAt)}</span>
        <span>{texts.cameraCount(incident.cameras.length)}</span>
        {grant && <span class="time-left">{texts.timeLeft(timeLeft(grant.expiresAt, now))}</span>}
        <span class="card-view">{texts.view} →</span>
      </span>
    </button>
  );
}
