import type { ComponentChildren, Ref } from 'preact';
import type { IncidentPlan, PlanSight } from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';
import { type DrawnCamera, drawCamera, markSize } from './plan-drawing.ts';

export interface PlanSheetProps {
  readonly plan: Pick<IncidentPlan, 'name' | 'width' | 'height' | 'cameras'>;
  /** The picture, of this page's own memory. */
  readonly src: string;
  readonly sights: readonly PlanSight[];
  readonly cameraName: (id: string) => string;
  /** What a camera's mark does, in words; without it marks do nothing. */
  readonly action?: ((name: string) => string) | undefined;
  readonly onCamera?: ((camera: string) => void) | undefined;
  readonly sheet?: Ref<SVGSVGElement | null>;
  /** Drawn above the cameras. */
  readonly children?: ComponentChildren;
}

/** A plan with the cameras on it: where each stands, which way it looks, and how far. */
export function PlanSheet(props: PlanSheetProps) {
  const { plan, src, sights, cameraName, onCamera, action } = props;
  const { width, height, name } = plan;
  const texts = useTexts();
  const labelOf = ({ camera, heading }: DrawnCamera) => {
    const said = action?.(cameraName(camera)) ?? cameraName(camera);
    return heading === undefined ? `${said} (${texts.plans.unknownHeading})` : said;
  };
  const drawn = plan.cameras.map((placed) => drawCamera(placed, plan, sights));
  return (
    <svg
      ref={props.sheet ?? null}
      class="plan-sheet"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
    >
      <title>{name}</title>
      <image href={src} width={width} height={height} />
      {drawn.map(({ camera, sight }) => sight && <path key={camera} class="sight" d={sight} />)}
      {drawn.map((each) => (
        <CameraMark
          key={each.camera}
          {...each}
          size={markSize(plan)}
          name={cameraName(each.camera)}
          label={labelOf(each)}
          {...(onCamera ? { onChoose: () => onCamera(each.camera) } : {})}
        />
      ))}
      {props.children}
    </svg>
  );
}

interface MarkProps extends DrawnCamera {
  readonly size: number;
  readonly name: string;
  readonly label: string;
  readonly onChoose?: () => void;
}

/** A button where the camera can be brought up: by the mouse, and by Enter or the space bar. */
function CameraMark(props: MarkProps) {
  const { camera, x, y, heading, label, onChoose } = props;
  const shared = {
    'data-testid': 'plan-camera',
    'data-camera': camera,
    'data-heading': heading,
    'aria-label': label,
    transform: `translate(${x} ${y})`,
  };
  if (!onChoose) {
    return (
      <g {...shared} class="camera-mark">
        <Mark {...props} />
      </g>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button of HTML cannot stand in a drawing
    <g
      {...shared}
      class="camera-mark choosable"
      role="button"
      tabindex={0}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <Mark {...props} />
    </g>
  );
}

function Mark({ heading, size, name, label }: MarkProps) {
  return (
    <>
      <title>{label}</title>
      <circle class="reach" r={size * 2} />
      <circle r={size} />
      {heading !== undefined && (
        <path
          d={`M 0 ${-size * 1.7} L ${size * 0.7} ${-size * 0.7} L ${-size * 0.7} ${-size * 0.7} Z`}
          transform={`rotate(${heading})`}
        />
      )}
      <text y={size * 2.6} font-size={size * 1.5}>
        {name}
      </text>
    </>
  );
}
