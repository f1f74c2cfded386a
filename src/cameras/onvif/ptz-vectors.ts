/** From the port's numbers to the camera's, and back. */
import type { Position, Velocity } from '../control.ts';
import { CameraError } from './camera-error.ts';
import type { PtzDescription, PtzStatus, PtzVector } from './ptz-calls.ts';
import {
  fromPosition,
  PAN_TILT_RANGE,
  type PanTiltSpace,
  type Range,
  toPosition,
  toVelocity,
  ZOOM_RANGE,
} from './ptz-spaces.ts';
import { gently } from './zoom-speed.ts';

type Building = { -readonly [K in keyof PtzVector]: PtzVector[K] };

/**
 * Pan and tilt travel in one element: the one of them that is not asked for keeps the velocity
 * that it has, which is `inForce`.
 *
 * @param share at which it is turned
 * @throws CameraError `not-supported`
 */
export function velocityVector(
  { continuous }: PtzDescription,
  asked: Velocity,
  inForce: Velocity,
  share = 1,
): PtzVector {
  const { pan, tilt, zoom } = asked;
  const vector: Building = {};
  if (pan !== undefined || tilt !== undefined) {
    const { x, y, ...space } = needed(continuous.panTilt, 'cannot be turned');
    vector.panTilt = {
      x: toVelocity(gently(pan ?? inForce.pan ?? 0, share), x),
      y: toVelocity(gently(tilt ?? inForce.tilt ?? 0, share), y),
      ...(space.space === undefined ? {} : { space: space.space }),
    };
  }
  if (zoom !== undefined) {
    const { x, ...space } = needed(continuous.zoom, 'cannot zoom');
    vector.zoom = { x: toVelocity(zoom, x), ...space };
  }
  return vector;
}

/**
 * @param now where it points, in the camera's own numbers; needed when pan or tilt comes alone
 * @throws CameraError `not-supported`
 */
export function positionVector(
  { absolute }: PtzDescription,
  asked: Position,
  now: PtzStatus,
): PtzVector {
  const vector: Building = {};
  const lack = 'cannot be sent to a position';
  if (asked.pan !== undefined || asked.tilt !== undefined) {
    const { x, y, ...space } = needed(absolute.panTilt, lack);
    const axis = (value: number | undefined, range: Range, current: number | undefined) =>
      value === undefined
        ? needed(current, 'does not say where it points; give pan and tilt together')
        : toPosition(value, PAN_TILT_RANGE, range);
    vector.panTilt = {
      x: axis(asked.pan, x, now.panTilt?.x),
      y: axis(asked.tilt, y, now.panTilt?.y),
      ...space,
    };
  }
  if (asked.zoom !== undefined) {
    const { x, ...space } = needed(absolute.zoom, lack);
    vector.zoom = { x: toPosition(asked.zoom, ZOOM_RANGE, x), ...space };
  }
  return vector;
}

/** Whether a position cannot be sent without knowing where the camera points. */
export function isHalf({ pan, tilt }: Position): boolean {
  return (pan === undefined) !== (tilt === undefined);
}

const GENERIC: PanTiltSpace = { x: PAN_TILT_RANGE, y: PAN_TILT_RANGE };

/** Undefined when the camera does not say. */
export function readPosition(
  { absolute }: PtzDescription,
  { panTilt, zoom }: PtzStatus,
): Position | undefined {
  if (!panTilt && zoom === undefined) return undefined;
  const { x, y } = absolute.panTilt ?? GENERIC;
  const zoomRange = absolute.zoom?.x ?? ZOOM_RANGE;
  return {
    ...(panTilt
      ? {
          pan: fromPosition(panTilt.x, PAN_TILT_RANGE, x),
          tilt: fromPosition(panTilt.y, PAN_TILT_RANGE, y),
        }
      : {}),
    ...(zoom === undefined ? {} : { zoom: fromPosition(zoom, ZOOM_RANGE, zoomRange) }),
  };
}

function needed<T>(value: T | undefined, lack: string): T {
  if (value !== undefined) return value;
  throw new CameraError('not-supported', `the camera ${lack}`);
}
