/**
 * Coordinate spaces of the PTZ service (ONVIF PTZ §5.7): what a camera's numbers mean. The generic
 * ones run from −1 to 1 (zoom positions from 0 to 1), but cameras have others, with other ranges.
 */
import { all, numberOf, textOf, type XmlElement } from '../xml.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface PanTiltSpace {
  readonly x: Range;
  readonly y: Range;
  /** To be named in the request; absent when it is the one that applies when none is named. */
  readonly space?: string;
  /** Velocities in fields of view: the camera itself turns more slowly as it zooms in. */
  readonly ofView?: true;
  /** Of one in fields of view: the usual one, for a camera that offers the other and refuses it. */
  readonly usual?: PanTiltSpace;
}

export interface ZoomSpace {
  readonly x: Range;
  readonly space?: string;
}

export interface Spaces {
  readonly panTilt?: PanTiltSpace;
  readonly zoom?: ZoomSpace;
}

export type SpaceKind = 'continuous' | 'absolute';

const SIGNED: Range = { min: -1, max: 1 };
const UNSIGNED: Range = { min: 0, max: 1 };

/** Names of the elements; "PantTilt" is the schema's own spelling. */
const NAMES = {
  continuous: {
    panTilt: ['ContinuousPanTiltVelocitySpace', 'DefaultContinuousPanTiltVelocitySpace'],
    zoom: ['ContinuousZoomVelocitySpace', 'DefaultContinuousZoomVelocitySpace'],
    zoomRange: SIGNED,
  },
  absolute: {
    panTilt: ['AbsolutePanTiltPositionSpace', 'DefaultAbsolutePantTiltPositionSpace'],
    zoom: ['AbsoluteZoomPositionSpace', 'DefaultAbsoluteZoomPositionSpace'],
    zoomRange: UNSIGNED,
  },
} as const;

/**
 * @param offered the `Spaces` of the configuration's options, or `SupportedPTZSpaces` of the node
 * @param configuration the PTZConfiguration, which names the defaults
 */
export function readSpaces(
  kind: SpaceKind,
  offered: XmlElement | undefined,
  configuration: XmlElement,
): Spaces {
  const { panTilt, zoom, zoomRange } = NAMES[kind];
  const forPanTilt = choose(offered, configuration, panTilt);
  const usual = forPanTilt && {
    x: rangeOf(forPanTilt.element, 'XRange') ?? SIGNED,
    y: rangeOf(forPanTilt.element, 'YRange') ?? SIGNED,
    ...forPanTilt.named,
  };
  const byView = kind === 'continuous' ? viewSpace(offered, panTilt[0]) : undefined;
  const panTiltSpace = byView && usual ? { ...byView, usual } : usual;
  const forZoom = choose(offered, configuration, zoom);
  return {
    ...(panTiltSpace ? { panTilt: panTiltSpace } : {}),
    ...(forZoom
      ? { zoom: { x: rangeOf(forZoom.element, 'XRange') ?? zoomRange, ...forZoom.named } }
      : {}),
  };
}

/**
 * The default space when the camera offers it; else a generic one; else the first. A camera that
 * lists no spaces at all but has a default is taken to have that one with the generic range.
 */
function choose(
  offered: XmlElement | undefined,
  configuration: XmlElement,
  [name, defaultName]: readonly [string, string],
): { element: XmlElement | undefined; named: { space?: string } } | undefined {
  const spaces = all(offered, name);
  const byDefault = textOf(configuration, defaultName);
  if (!offered) return byDefault ? { element: undefined, named: {} } : undefined;
  const usual = spaces.find((space) => textOf(space, 'URI') === byDefault);
  if (usual) return { element: usual, named: {} };
  const generic = spaces.find((space) => /Generic/.test(textOf(space, 'URI') ?? ''));
  const element = generic ?? spaces[0];
  const uri = textOf(element, 'URI');
  if (!element) return undefined;
  return { element, named: uri === undefined || generic ? {} : { space: uri } };
}

/** At most one field of view a second: a range may go further, and no picture can be followed then. */
function viewSpace(offered: XmlElement | undefined, name: string): PanTiltSpace | undefined {
  const found = all(offered, name).find((each) => VIEW_SPACE.test(textOf(each, 'URI') ?? ''));
  const space = textOf(found, 'URI');
  const [x, y] = [rangeOf(found, 'XRange'), rangeOf(found, 'YRange')];
  if (space === undefined || !x || !y) return undefined;
  const bounded = ({ min, max }: Range) => ({ min: Math.max(-1, min), max: Math.min(1, max) });
  return { x: bounded(x), y: bounded(y), space, ofView: true };
}

const VIEW_SPACE = /\/PanTiltSpaces\/VelocitySpaceFOV$/i;

function rangeOf(space: XmlElement | undefined, axis: 'XRange' | 'YRange'): Range | undefined {
  const min = numberOf(space, axis, 'Min');
  const max = numberOf(space, axis, 'Max');
  return min !== undefined && max !== undefined && min < max ? { min, max } : undefined;
}

/** −1…1 to the camera's velocity; 0 stays 0, so that what must stand still does. */
export function toVelocity(value: number, { min, max }: Range): number {
  const bounded = clamp(value, SIGNED);
  return bounded < 0 ? -bounded * Math.min(0, min) : bounded * Math.max(0, max);
}

/** Of our range (pan and tilt −1…1, zoom 0…1) to the camera's. */
export function toPosition(value: number, ours: Range, { min, max }: Range): number {
  const share = (clamp(value, ours) - ours.min) / (ours.max - ours.min);
  return min + share * (max - min);
}

/** The other way round. */
export function fromPosition(value: number, ours: Range, theirs: Range): number {
  return toPosition(value, theirs, ours);
}

export { SIGNED as PAN_TILT_RANGE, UNSIGNED as ZOOM_RANGE };

function clamp(value: number, { min, max }: Range): number {
  return Math.min(max, Math.max(min, value));
}
