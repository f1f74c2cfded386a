import { useState } from 'preact/hooks';
import { useTexts } from '../shared/i18n.tsx';
import type { PlacedCamera } from '../shared/plan-drawing.ts';

export interface PlacementFormProps {
  readonly name: string;
  readonly placed: PlacedCamera;
  readonly onPut: (placed: PlacedCamera) => void;
  readonly onRemove: () => void;
}

/** What a camera on a plan sees, in figures: for exactness, and for a camera that turns and zooms. */
export function PlacementForm({ name, placed, onPut, onRemove }: PlacementFormProps) {
  const texts = useTexts();
  const { degreesPerPan, fieldOfViewZoomed, ...rest } = placed;
  const pan = degreesPerPan === undefined ? {} : { degreesPerPan };
  const zoom = fieldOfViewZoomed === undefined ? {} : { fieldOfViewZoomed };
  return (
    <fieldset class="placement" data-testid="placement">
      <legend>{name}</legend>
      <Figure
        label={texts.plans.heading}
        name="heading"
        value={placed.heading}
        bounds={[0, 359.9]}
        onChange={(heading) => heading !== undefined && onPut({ ...placed, heading })}
      />
      <Figure
        label={texts.plans.fieldOfView}
        name="fieldOfView"
        value={placed.fieldOfView}
        bounds={[1, 360]}
        onChange={(fieldOfView) => fieldOfView !== undefined && onPut({ ...placed, fieldOfView })}
      />
      <Figure
        label={texts.plans.range}
        name="range"
        value={Math.round(placed.range * 100)}
        bounds={[1, 200]}
        onChange={(range) => range !== undefined && onPut({ ...placed, range: range / 100 })}
      />
      <Figure
        label={texts.plans.degreesPerPan}
        name="degreesPerPan"
        value={degreesPerPan}
        bounds={[-360, 360]}
        onChange={(value) =>
          onPut({ ...rest, ...zoom, ...(value === undefined ? {} : { degreesPerPan: value }) })
        }
      />
      <Figure
        label={texts.plans.fieldOfViewZoomed}
        name="fieldOfViewZoomed"
        value={fieldOfViewZoomed}
        bounds={[1, 360]}
        onChange={(value) =>
          onPut({ ...rest, ...pan, ...(value === undefined ? {} : { fieldOfViewZoomed: value }) })
        }
      />
      <button type="button" data-testid="unplace" onClick={onRemove}>
        {texts.plans.unplace(name)}
      </button>
    </fieldset>
  );
}

interface FigureProps {
  readonly label: string;
  readonly name: string;
  readonly value: number | undefined;
  readonly bounds: readonly [least: number, most: number];
  /** Undefined for an empty field; not called for what is out of bounds. */
  readonly onChange: (value: number | undefined) => void;
}

function Figure({ label, name, value, bounds: [least, most], onChange }: FigureProps) {
  /** What is being typed stays when the plan is drawn anew. */
  const [typed, setTyped] = useState<string>();
  return (
    <label class="field">
      {label}
      <input
        type="number"
        name={name}
        min={least}
        max={most}
        step="any"
        value={typed ?? value ?? ''}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => {
          if (!currentTarget.reportValidity()) return;
          setTyped(undefined);
          onChange(currentTarget.value === '' ? undefined : currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}
