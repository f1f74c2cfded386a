import { useEffect, useRef, useState } from 'preact/hooks';
import type { CameraView, Placement, PlanView } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { PlanSheet } from '../shared/plan-sheet.tsx';
import { inWords, reasonOf } from '../shared/reasons.ts';
import { usePicture } from '../shared/use-picture.ts';
import type { Centre } from './centre.ts';
import { PlacementForm } from './placement-form.tsx';
import { PlanHandles } from './plan-handles.tsx';
import { type Placing, usePlacing } from './use-placing.ts';

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
export function PlanDialog(props: PlanDialogProps) {
  const { centre, cameras, onClose } = props;
  const texts = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  const placing = usePlacing(centre, props.plan, props.onChanged);
  const [chosen, setChosen] = useState<string>();
  useEffect(() => element.current?.showModal(), []);
  const { plan, problem } = placing;
  const mayPlace = centre.may('plan.manage');
  const editing = { placing, cameras, chosen, mayPlace, onChoose: setChosen };
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
        <PlanArea {...editing} />
        {mayPlace && <PlanTools {...editing} />}
      </div>
      <p class="problem" role="alert">
        {problem && texts.failed(inWords(reasonOf(problem), texts))}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-testid="plan-done"
          onClick={() => element.current?.close()}
        >
          {texts.plans.done}
        </button>
      </div>
    </dialog>
  );
}

interface EditingProps {
  readonly placing: Placing;
  readonly cameras: readonly CameraView[];
  readonly chosen: string | undefined;
  readonly mayPlace: boolean;
  readonly onChoose: (camera: string) => void;
}

function PlanArea({ placing, cameras, chosen, mayPlace, onChoose }: EditingProps) {
  const texts = useTexts();
  const { plan, drag, place } = placing;
  const sheet = useRef<SVGSVGElement>(null);
  const picture = usePicture(`/v1/plans/${encodeURIComponent(plan.id)}/content`);
  const name = (id: string) => nameOf(cameras, id);
  const handles = { plan, sheet, chosen, name, onChoose, onDrag: drag, onPut: place };
  return (
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
          {mayPlace && <PlanHandles {...handles} />}
        </PlanSheet>
      )}
    </div>
  );
}

function PlanTools({ placing, cameras, chosen, onChoose }: EditingProps) {
  const { plan, place, unplace } = placing;
  const isPlaced = ({ id }: CameraView) => plan.cameras.some(({ camera }) => camera === id);
  const placed = plan.cameras.find(({ camera }) => camera === chosen);
  return (
    <aside class="plan-tools">
      <PlaceCamera
        cameras={cameras.filter((camera) => !isPlaced(camera))}
        onPlace={(camera) => {
          onChoose(camera);
          place({ camera, ...NEW });
        }}
      />
      {placed && (
        <PlacementForm
          key={placed.camera}
          name={nameOf(cameras, placed.camera)}
          placed={placed}
          onPut={place}
          onRemove={() => unplace(placed.camera)}
        />
      )}
    </aside>
  );
}

function nameOf(cameras: readonly CameraView[], id: string): string {
  return cameras.find((camera) => camera.id === id)?.name ?? id;
}

/** Here every camera is drawn as it was placed: nobody asks it where it looks. */
function asDrawn(plan: PlanView): PlanView {
  const cameras = plan.cameras.map(
    ({ degreesPerPan: _, fieldOfViewZoomed: __, ...fixed }) => fixed,
  );
  return { ...plan, cameras };
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
