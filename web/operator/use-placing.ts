import { useRef, useState } from 'preact/hooks';
import type { PlanView } from '../../src/client/index.ts';
import type { PlacedCamera } from '../shared/plan-drawing.ts';
import type { Centre } from './centre.ts';

export interface Placing {
  /** As it is drawn: with what is being dragged, and with what the gateway has not confirmed yet. */
  readonly plan: PlanView;
  readonly problem: Error | undefined;
  /** Moves a camera on the page alone. */
  readonly drag: (placed: PlacedCamera) => void;
  readonly place: (placed: PlacedCamera) => void;
  readonly unplace: (camera: string) => void;
}

/** Cameras that are placed on a plan. What the gateway refuses goes back to where it was. */
export function usePlacing(
  centre: Centre,
  given: PlanView,
  onChanged: () => Promise<void>,
): Placing {
  const [plan, setPlan] = useState(() => inOrder(given));
  const [problem, setProblem] = useState<Error>();
  const kept = useRef(given);
  /** An answer that comes after another change has begun is not drawn: it would move back what is held. */
  const changes = useRef(0);
  const drag = (placed: PlacedCamera) => {
    changes.current += 1;
    setPlan((before) => withCamera(before, placed));
  };
  const act = async (work: () => Promise<PlanView>) => {
    changes.current += 1;
    const own = changes.current;
    const failure = await work()
      .then(async (changed) => {
        kept.current = changed;
        await onChanged();
      })
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    setProblem(failure ?? undefined);
    if (changes.current === own) setPlan(inOrder(kept.current));
  };
  return {
    ...{ plan, problem, drag },
    place: ({ camera, ...placement }) => {
      drag({ camera, ...placement });
      void act(() => centre.api.placeCamera(plan.id, camera, placement));
    },
    unplace: (camera) => void act(() => centre.api.unplaceCamera(plan.id, camera)),
  };
}

function withCamera(plan: PlanView, placed: PlacedCamera): PlanView {
  const others = plan.cameras.filter(({ camera }) => camera !== placed.camera);
  return inOrder({ ...plan, cameras: [...others, placed] });
}

/** Always the same: what is moved in the document loses the focus, and the pointer that holds it. */
function inOrder(plan: PlanView): PlanView {
  return {
    ...plan,
    cameras: [...plan.cameras].sort((a, b) => a.camera.localeCompare(b.camera)),
  };
}
