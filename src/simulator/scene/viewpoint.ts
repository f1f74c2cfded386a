import type { Viewpoint } from '../ptz-model.ts';

export const STRAIGHT_AHEAD: Viewpoint = { pan: 0, tilt: 0, zoom: 0 };

/** A part of a scene, in pixels of the scene. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is seen at zoom 0, as a share of the scene's width and height; the rest is found by panning. */
const WIDEST = 5 / 12;
/** How many times narrower the view is at zoom 1. */
const ZOOM_RATIO = 5;

/**
 * The part of a scene that a camera sees. The centre depends on pan and tilt alone, so that zooming
 * in stays on what is in the middle, as with a real dome.
 */
export function cropOf(viewpoint: Viewpoint, scene: { width: number; height: number }): Crop {
  const share = WIDEST * ZOOM_RATIO ** -clamp(viewpoint.zoom, 0, 1);
  const width = scene.width * share;
  const height = scene.height * share;
  const reach = (1 - WIDEST) / 2;
  const centreX = scene.width * (0.5 + clamp(viewpoint.pan, -1, 1) * reach);
  const centreY = scene.height * (0.5 - clamp(viewpoint.tilt, -1, 1) * reach);
  return { x: centreX - width / 2, y: centreY - height / 2, width, height };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
