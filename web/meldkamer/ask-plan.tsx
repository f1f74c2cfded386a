import type { IncidentView, Screen } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import type { Room } from './room.ts';

export interface AskPlanProps {
  readonly room: Room;
  readonly incident: IncidentView;
  readonly screen: Screen;
  readonly tile: number;
}

/** Asks for a plan of the site on the chosen tile. */
export function AskPlan({ room, incident, screen, tile }: AskPlanProps) {
  const texts = useTexts();
  const shown = new Set(screen.tiles.map((each) => ('plan' in each ? each.plan : undefined)));
  const plans = (incident.plans ?? []).filter(({ id }) => !shown.has(id));
  if (plans.length === 0) return null;
  const ask = (plan: string) => room.askForTile(incident.id, tile, { plan });
  return (
    <section class="panel" data-testid="plan-panel">
      <h3>
        {texts.plans.ask} <span class="muted">{texts.tile(tile + 1)}</span>
      </h3>
      <ul class="choices">
        {plans.map(({ id, name }) => (
          <li key={id}>
            <button type="button" data-testid={`ask-plan-${id}`} onClick={() => ask(id)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
