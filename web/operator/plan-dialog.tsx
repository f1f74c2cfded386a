import { useEffect, useRef, useState } from 'preact/hooks';
import type { CameraView, Placement, PlanView } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import type { PlacedCamera } from '../shared/plan-drawing.ts';
import { PlanSheet } from '../shared/plan-sheet.tsx';
import { inWords, reasonOf } from '../shared/reasons.ts';
import { usePicture } from '../shared/use-picture.ts';
import type { Centre } from './centre.ts';
import { PlacementForm } from './placement-form.tsx';
import { PlanHandles } from './plan-handles.tsx';

export interface PlanDialogProps {
  readonly centre: Centre;
  readonly plan: PlanView;
  readonly cameras: readonly CameraView[];
  readonly onChanged: () => Promise<void>;
  readonly onClose: () => void;
}

/** A camera that has just been put on a plan; it is dragged to its place from there. */
const NEW: Placement = { x: 0.5, y: 0.5, heading: 0, fieldOfView: 70, range: 0.2 };

/** A plan, large; cameras are placed on it by whoever may. What is let go of is kept at once. */
export function PlanDialog({ centre, plan: given, cameras, onChanged, onClose }: PlanDialogProps) {
  const texts = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  const sheet = useRef<SVGSVGElement>(null);
  const { plan, problem, place, unplace, drag } = usePlacing(centre, given, onChanged);
  const [chosen, setChosen] = useState<string>();
  const picture = usePicture(`/v1/plans/${encodeURIComponent(plan.id)}/content`);
  useEffect(() => element.current?.showModal(), []);
  const name = (id: string) => cameras.find((camera) => camera.id === id)?.name ?? id;
  const mayPlace = centre.may('plan.manage');
  const placed = plan.cameras.find(({ camera }) => camera === chosen);
  return (
    <dialog
      ref={element}
      class="plan-dialog"
      aria-label={plan.name}
      onClose={onClose}
      data-testid="plan-dialog"
    >
      <h2>{plan.name}</h2>
      {mayPlace && <p class="hint">{texts.plans.editorHint}</p>}
      <div class="plan-editor">
        <div class="plan-area">
          {picture.state === 'failed' && <p class="notice">{inWords(picture.reason, texts)}</p>}
          {picture.state === 'ready' && (
            <PlanSheet
              sheet={sheet}
              plan={asDrawn(plan)}
              src={picture.src}
              sights={[]}
              cameraName={name}
            >
              {mayPlace && (
                <PlanHandles
                  plan={plan}
                  sheet={sheet}
                  chosen={chosen}
                  name={name}
                  onChoose={setChosen}
                  onDrag={drag}
                  onPut={place}
                />
              )}
            </PlanSheet>
          )}
        </div>
        {mayPlace && (
          <aside class="plan-tools">
            <PlaceCamera
              cameras={cameras.filter(
                ({ id }) => !plan.cameras.some(({ camera }) => camera === id),
              )}
              onPlace={(camera) => {
                setChosen(camera);
                place({ camera, ...NEW });
              }}
            />
            {placed && (
              <PlacementForm
                key={placed.camera}
                name={name(placed.camera)}
                placed={placed}
                onPut={place}
                onRemove={() => unplace(placed.camera)}
              />
            )}
          </aside>
        )}
      </div>
      <p class="problem" role="alert">
        {problem && texts.failed(inWords(reasonOf(problem), texts))}
      </p>
      <div class="buttons">
        <button type="button" class="primary" data-testid="plan-done" onClick={onClose}>
          {texts.plans.done}
        </button>
      </div>
    </dialog>
  );
}

/** Here every camera is drawn as it was placed: nobody asks it where it looks. */
function asDrawn(plan: PlanView): PlanView {
  const cameras = plan.cameras.map(
    ({ degreesPerPan: _, fieldOfViewZoomed: __, ...fixed }) => fixed,
  );
  return { ...plan, cameras };
}

function usePlacing(centre: Centre, given: PlanView, onChanged: () => Promise<void>) {
  const [plan, setPlan] = useState(given);
  const [problem, setProblem] = useState<Error>();
  const act = (work: () => Promise<PlanView>) =>
    void work()
      .then(async (changed) => {
        setPlan(changed);
        setProblem(undefined);
        await onChanged();
      })
      .catch((error: unknown) =>
        setProblem(error instanceof Error ? error : new Error(String(error))),
      );
  const drag = (placed: PlacedCamera) =>
    setPlan((before) => ({
      ...before,
      cameras: [...before.cameras.filter(({ camera }) => camera !== placed.camera), placed],
    }));
  return {
    ...{ plan, problem, drag },
    place: ({ camera, ...placement }: PlacedCamera) => {
      drag({ camera, ...placement });
      act(() => centre.api.placeCamera(plan.id, camera, placement));
    },
    unplace: (camera: string) => act(() => centre.api.unplaceCamera(plan.id, camera)),
  };
}

function PlaceCamera(props: {
  readonly cameras: readonly CameraView[];
  readonly onPlace: (camera: string) => void;
}) {
  const texts = useTexts();
  if (props.cameras.length === 0) return null;
  return (
    <select
      aria-label={texts.plans.place}
      data-testid="place-camera"
      value=""
      onChange={({ currentTarget }) => {
        if (currentTarget.value !== '') props.onPlace(currentTarget.value);
        currentTarget.value = '';
      }}
    >
      <option value="">+ {texts.plans.place}</option>
      {props.cameras.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
