import { LiveViewError } from '../core/errors.ts';
import type { EventOf } from './events.ts';
import { incidentFor, knownIncident } from './known-incident.ts';
import type { Incident, Screen, Tile } from './model.ts';
import type { planEvents } from './plan-events.ts';
import type { IncidentImage, Plan } from './plan-model.ts';
import type { Delta, Reducers, State } from './state.ts';

export const planReducers: Reducers<keyof typeof planEvents> = {
  'plan.added': added,
  'plan.removed': (state, { data }) => ({ planRemoved: planFor(state, data.plan) }),
  'plan.placed': placed,
  'plan.unplaced': (state, { data }) => {
    const plan = planFor(state, data.plan);
    return {
      plan: { ...plan, cameras: plan.cameras.filter(({ camera }) => camera !== data.camera) },
    };
  },
  'plan.disclosed': () => ({}),
  'image.added': imageAdded,
  'image.removed': imageRemoved,
  'image.disclosed': () => ({}),
};

/** @throws LiveViewError `unknown-plan` */
export function planFor({ plans }: Pick<State, 'plans'>, id: string): Plan {
  const plan = plans.get(id);
  if (plan) return plan;
  throw new LiveViewError('unknown-plan', 'there is no such plan (any more)');
}

/** The plan, if it is one of the incident's site. @throws LiveViewError `unknown-plan` */
export function planWithin(
  state: Pick<State, 'plans'>,
  { site }: Pick<Incident, 'site'>,
  id: string,
): Plan {
  const plan = planFor(state, id);
  if (plan.site === site) return plan;
  throw new LiveViewError('unknown-plan', 'there is no such plan (any more)');
}

/** @throws LiveViewError `unknown-image` */
export function imageOf({ images = [] }: Pick<Incident, 'images'>, id: string): IncidentImage {
  const image = images.find((each) => each.id === id);
  if (image) return image;
  throw new LiveViewError('unknown-image', 'this incident has no such image (any more)');
}

/** The screen without what fits; the tile stays, so that the others keep their places. */
export function screenWithout(screen: Screen, goes: (tile: Tile) => boolean): Screen {
  if (!screen.tiles.some(goes)) return screen;
  return { ...screen, tiles: screen.tiles.map((tile) => (goes(tile) ? { empty: true } : tile)) };
}

/** Cameras stay where they were placed when the picture is another. */
function added(state: State, { data, actor, at }: EventOf<'plan.added'>): Delta {
  const { plan: id, ...facts } = data;
  const cameras = state.plans.get(id)?.cameras ?? [];
  return { plan: { id, ...facts, addedAt: at, addedBy: actor.user, cameras } };
}

function placed(state: State, { data }: EventOf<'plan.placed'>): Delta {
  const plan = planFor(state, data.plan);
  const others = plan.cameras.filter(({ camera }) => camera !== data.camera);
  return { plan: { ...plan, cameras: [...others, { camera: data.camera, ...data.placement }] } };
}

function imageAdded(state: State, event: EventOf<'image.added'>): Delta {
  const incident = incidentFor(state, event.incident, 'update');
  const { image: id, source: _, ...facts } = event.data;
  const image: IncidentImage = { id, ...facts, addedAt: event.at, addedBy: event.actor.user };
  return { incident: { ...incident, images: [...(incident.images ?? []), image] } };
}

/** Also of an incident that is closed: images go when their term is over. */
function imageRemoved(state: State, { incident: id, data }: EventOf<'image.removed'>): Delta {
  const incident = knownIncident(state, id);
  const image = imageOf(incident, data.image);
  const images = (incident.images ?? []).filter((each) => each !== image);
  const screen = screenWithout(
    incident.screen,
    (tile) => 'image' in tile && tile.image === image.id,
  );
  return { incident: { ...incident, images, screen } };
}
