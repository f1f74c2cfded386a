import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { PlanView } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { bearing, markSize, type PlacedCamera } from '../shared/plan-drawing.ts';

export interface PlanHandlesProps {
  readonly plan: PlanView;
  readonly sheet: RefObject<SVGSVGElement | null>;
  readonly chosen: string | undefined;
  readonly name: (camera: string) => string;
  readonly onChoose: (camera: string) => void;
  /** While it is held. */
  readonly onDrag: (placed: PlacedCamera) => void;
  /** When it is let go of. */
  readonly onPut: (placed: PlacedCamera) => void;
}

type Change = (placed: PlacedCamera, at: Point) => PlacedCamera;
interface Point {
  readonly x: number;
  readonly y: number;
}

const MIN_RANGE = 0.01;
const MAX_RANGE = 2;
const STEP = 0.005;
const LARGE_STEP = 0.05;
const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What cameras on a plan are dragged by: each by its own mark, the chosen one also by where it looks. */
export function PlanHandles(props: PlanHandlesProps) {
  const { plan, chosen, name } = props;
  const texts = useTexts();
  const aimed = plan.cameras.find(({ camera }) => camera === chosen);
  const size = markSize(plan);
  return (
    <>
      {plan.cameras.map((placed) => (
        <Handle
          key={placed.camera}
          {...props}
          placed={placed}
          at={({ x, y }) => ({ x: x * plan.width, y: y * plan.height })}
          size={size * 1.3}
          label={texts.plans.move(name(placed.camera))}
          testid={`move-${placed.camera}`}
          change={(before, at) => movedTo(before, at, plan)}
        />
      ))}
      {aimed && (
        <Handle
          key={`aim ${aimed.camera}`}
          {...props}
          placed={aimed}
          at={(now) => tip(now, plan)}
          size={size}
          label={texts.plans.aim(name(aimed.camera))}
          testid={`aim-${aimed.camera}`}
          change={(before, at) => aimedAt(before, at, plan)}
        />
      )}
    </>
  );
}

interface HandleProps extends PlanHandlesProps {
  readonly placed: PlacedCamera;
  /** Where it is, in pixels of the plan. */
  readonly at: (placed: PlacedCamera) => Point;
  readonly size: number;
  readonly label: string;
  readonly testid: string;
  readonly change: Change;
}

function Handle(props: HandleProps) {
  const { plan, sheet, placed, at, size, label, testid, change, onChoose, onDrag, onPut } = props;
  const held = useRef<PlacedCamera | undefined>(undefined);
  const { x, y } = at(placed);
  const follow = (event: PointerEvent): PlacedCamera | undefined => {
    const point = sheet.current && pointOf(sheet.current, event);
    return point && held.current ? change(held.current, point) : undefined;
  };
  const letGo = (event: PointerEvent) => {
    const put = follow(event);
    held.current = undefined;
    if (put) onPut(put);
  };
  /** Once, when the key or the focus goes: every placement is a line in the journal. */
  const putHeld = () => {
    const put = held.current;
    held.current = undefined;
    if (put) onPut(put);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button of HTML cannot stand in a drawing
    <circle
      class="handle"
      role="button"
      aria-label={label}
      tabindex={0}
      data-testid={testid}
      cx={x}
      cy={y}
      r={size}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = placed;
        onChoose(placed.camera);
      }}
      onPointerMove={(event) => {
        const dragged = follow(event);
        if (dragged) onDrag(dragged);
      }}
      onPointerUp={letGo}
      onPointerCancel={() => {
        if (held.current) onDrag(held.current);
        held.current = undefined;
      }}
      onFocus={() => onChoose(placed.camera)}
      onKeyDown={(event) => {
        const arrow = ARROWS[event.key];
        if (!arrow) return;
        event.preventDefault();
        const step = (event.shiftKey ? LARGE_STEP : STEP) * plan.width;
        const from = at(held.current ?? placed);
        const to = { x: from.x + arrow[0] * step, y: from.y + arrow[1] * step };
        held.current = change(held.current ?? placed, to);
        onDrag(held.current);
      }}
      onKeyUp={(event) => ARROWS[event.key] && putHeld()}
      onBlur={putHeld}
    />
  );
}

/** A point of the page, in pixels of the plan. */
function pointOf(sheet: SVGSVGElement, { clientX, clientY }: PointerEvent): Point | undefined {
  const matrix = sheet.getScreenCTM();
  return matrix ? new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse()) : undefined;
}

function movedTo(placed: PlacedCamera, { x, y }: Point, plan: PlanView): PlacedCamera {
  return { ...placed, x: within(x / plan.width, 0, 1), y: within(y / plan.height, 0, 1) };
}

function aimedAt(placed: PlacedCamera, at: Point, plan: PlanView): PlacedCamera {
  const from = { x: placed.x * plan.width, y: placed.y * plan.height };
  const { heading, distance } = bearing(from, at);
  return { ...placed, heading, range: within(distance / plan.width, MIN_RANGE, MAX_RANGE) };
}

function tip({ x, y, heading, range }: PlacedCamera, { width, height }: PlanView): Point {
  const angle = (heading * Math.PI) / 180;
  const radius = range * width;
  return { x: x * width + radius * Math.sin(angle), y: y * height - radius * Math.cos(angle) };
}

function within(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)) * 10_000) / 10_000;
}
