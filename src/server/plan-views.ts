import type { Side } from '../access/caller.ts';
import type { Incident } from '../liveview/model.ts';
import { planPolicy } from '../liveview/plan-asking.ts';
import type { Plan } from '../liveview/plan-model.ts';
import type { ListenerDeps } from './deps.ts';

/** A plan as it is told of with an incident. */
export interface IncidentPlan {
  readonly id: string;
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly cameras: Plan['cameras'];
}

export interface PlanView
  extends IncidentPlan,
    Pick<Plan, 'site' | 'origin' | 'addedAt' | 'addedBy'> {}

export function planView(plan: Plan): PlanView {
  const { site, origin, addedAt, addedBy } = plan;
  return { ...facts(plan), site, origin, addedAt, addedBy };
}

/**
 * The plans of the incident's site. A control room with the right `plan` is told of those that it may
 * ask for, and of those on its screen with the cameras that are shared with it.
 *
 * @param incident as this caller may see it.
 */
export function incidentPlans(
  { liveview, directory }: ListenerDeps,
  incident: Incident,
  side: Side,
): IncidentPlan[] {
  const plans = liveview.pictures.plans.list(incident.site);
  if (side === 'centre') return plans.map(facts);
  const grant = incident.grants.find(({ rights }) => rights.includes('plan'));
  if (!grant) return [];
  const mayAsk = planPolicy(directory, grant) !== 'never';
  const shown = new Set(incident.screen.tiles.map((tile) => ('plan' in tile ? tile.plan : '')));
  return plans
    .filter(({ id }) => mayAsk || shown.has(id))
    .map((plan) => {
      const seen = ({ camera }: { camera: string }) => grant.cameras.includes(camera);
      return { ...facts(plan), cameras: shown.has(plan.id) ? plan.cameras.filter(seen) : [] };
    });
}

function facts({ id, name, picture: { width, height }, cameras }: Plan): IncidentPlan {
  return { id, name, width, height, cameras };
}
