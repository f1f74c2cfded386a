import type { IncidentPlan, PlanSight } from '../../src/client/index.ts';

export type PlacedCamera = IncidentPlan['cameras'][number];

/** Pixels of the plan. */
export interface PlanSize {
  readonly width: number;
  readonly height: number;
}

/** What is drawn of a camera. */
export interface DrawnCamera {
  readonly camera: string;
  readonly x: number;
  readonly y: number;
  /** Path of SVG; undefined where nobody knows which way the camera looks. */
  readonly sight: string | undefined;
  /** Degrees clockwise from the top; undefined like `sight`. */
  readonly heading: number | undefined;
}

/** Size of a camera's mark, and of its name. */
export function markSize({ width, height }: PlanSize): number {
  return Math.max(width, height) * 0.016;
}

/**
 * @param sights what the gateway says of cameras that turn or zoom; one that does and is not among them
 * looks nobody knows where.
 */
export function drawCamera(
  placed: PlacedCamera,
  size: PlanSize,
  sights: readonly Pick<PlanSight, 'camera' | 'heading' | 'fieldOfView'>[],
): DrawnCamera {
  const { camera } = placed;
  const [x, y] = [placed.x * size.width, placed.y * size.height];
  const isFollowed = placed.degreesPerPan !== undefined || placed.fieldOfViewZoomed !== undefined;
  const seen = isFollowed ? sights.find((each) => each.camera === camera) : placed;
  const radius = placed.range * size.width;
  const sight = seen && sector({ x, y, radius }, seen.heading, seen.fieldOfView);
  return { camera, x, y, sight, heading: seen?.heading };
}

/** A sector of a circle, or all of it. */
export function sector(
  { x, y, radius }: { x: number; y: number; radius: number },
  heading: number,
  fieldOfView: number,
): string {
  const at = (degrees: number) => {
    const angle = (degrees * Math.PI) / 180;
    return `${round(x + radius * Math.sin(angle))} ${round(y - radius * Math.cos(angle))}`;
  };
  if (fieldOfView >= 359.9) {
    const [top, bottom] = [at(0), at(180)];
    const [r, arc] = [round(radius), '0 1 1'];
    return `M ${top} A ${r} ${r} ${arc} ${bottom} A ${r} ${r} ${arc} ${top} Z`;
  }
  const large = fieldOfView > 180 ? 1 : 0;
  const [from, to] = [at(heading - fieldOfView / 2), at(heading + fieldOfView / 2)];
  return `M ${round(x)} ${round(y)} L ${from} A ${round(radius)} ${round(radius)} 0 ${large} 1 ${to} Z`;
}

/** The compass direction and the distance from a camera to a point; pixels. */
export function bearing(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
): { heading: number; distance: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const degrees = (Math.atan2(dx, -dy) * 180) / Math.PI;
  return { heading: round((degrees + 360) % 360), distance: Math.hypot(dx, dy) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
