import type { Placement } from './plan-model.ts';

/** Where a camera points by its own word: −1…1 for pan, 0…1 for zoom; what it does not say is absent. */
export interface Pointing {
  readonly pan?: number;
  readonly zoom?: number;
}

/** What a camera sees on a plan now. */
export interface Sight {
  /** Degrees clockwise from the top of the plan, 0…360. */
  readonly heading: number;
  /** Degrees from edge to edge. */
  readonly fieldOfView: number;
}

/** Whether what is drawn of the camera depends on where it points. */
export function isFollowed({ degreesPerPan, fieldOfViewZoomed }: Placement): boolean {
  return degreesPerPan !== undefined || fieldOfViewZoomed !== undefined;
}

/** Undefined when the camera does not say what it would take to know. */
export function sightOf(placement: Placement, { pan, zoom }: Pointing): Sight | undefined {
  const { heading, fieldOfView, degreesPerPan, fieldOfViewZoomed } = placement;
  if (degreesPerPan !== undefined && pan === undefined) return undefined;
  if (fieldOfViewZoomed !== undefined && zoom === undefined) return undefined;
  return {
    heading: turned(heading + (pan ?? 0) * (degreesPerPan ?? 0)),
    fieldOfView:
      fieldOfViewZoomed === undefined
        ? fieldOfView
        : tenth(zoomed(fieldOfView, fieldOfViewZoomed, zoom ?? 0)),
  };
}

/** 0…360, to a tenth of a degree. */
function turned(degrees: number): number {
  const within = tenth(((degrees % 360) + 360) % 360);
  return within === 360 ? 0 : within;
}

/**
 * Between the two ends the focal length changes evenly, to which the tangent of half the angle is
 * inverse. A wide end of half a turn or more is no lens; then the angle itself changes evenly.
 */
function zoomed(wide: number, narrow: number, zoom: number): number {
  const at = Math.min(1, Math.max(0, zoom));
  if (Math.max(wide, narrow) >= 179) return wide + (narrow - wide) * at;
  const focal = (angle: number) => 1 / Math.tan((angle * Math.PI) / 360);
  const length = focal(wide) + (focal(narrow) - focal(wide)) * at;
  return (Math.atan(1 / length) * 360) / Math.PI;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
