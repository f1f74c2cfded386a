import type { Axes, CameraControl, Position, Velocity } from '../../cameras/control.ts';
import type { CameraQuirks } from '../../cameras/onvif/quirks.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { type Failure, failureOf } from './stream-check.ts';

export interface PtzReport {
  /** What was moved; absent for a camera that cannot be. */
  readonly axis?: 'pan' | 'zoom';
  /** Whether it was seen to move; absent when it does not say where it points. */
  readonly moved?: boolean;
  /** Whether it stood still afterwards; absent when it does not say where it points. */
  readonly stopped?: boolean;
  /** It was sent back to where it pointed before. */
  readonly returned: boolean;
  readonly quirks: CameraQuirks;
  readonly failure?: Failure;
}

export interface PtzCheckOptions {
  readonly control: CameraControl;
  readonly clock: Clock;
  /** What has been learnt of the camera by now. */
  readonly quirks: () => CameraQuirks;
}

/** Seen on the picture, and slow enough for whoever happens to watch. */
const GENTLE = 0.2;
const MOVE_MS = 600;
/** The camera is told to stop by itself after this, should Stop be lost. */
const EXPIRES_MS = 1_500;
/** A camera that ignores Stop is found out 0.4 s after it and given a zero velocity; then it has to brake. */
const REST_MS = 1_500;
const WATCH_MS = 1_000;
/** Of the whole range; what cameras round and encoders tremble. */
const STANDS_WITHIN = 0.002;

/** Moves a little, stops, and looks whether the camera stands. Never rejects. */
export async function checkPtz(options: PtzCheckOptions): Promise<PtzReport> {
  const { control, quirks } = options;
  try {
    const { continuous, absolute } = await control.capabilities(true);
    const axis = axisOf(continuous);
    if (!axis) return { returned: false, quirks: quirks() };
    const before = await control.position();
    const seen = await moveAndStop(options, axis, before);
    const returned = await goBack(control, absolute, axis, before);
    return { axis, ...seen, returned, quirks: quirks() };
  } catch (error) {
    return { returned: false, quirks: quirks(), failure: failureOf(error) };
  }
}

function axisOf({ panTilt, zoom }: Axes): 'pan' | 'zoom' | undefined {
  if (panTilt) return 'pan';
  return zoom ? 'zoom' : undefined;
}

async function moveAndStop(
  { control, clock }: PtzCheckOptions,
  axis: 'pan' | 'zoom',
  before: Position | undefined,
): Promise<Pick<PtzReport, 'moved' | 'stopped'>> {
  try {
    await control.move(away(axis, before), EXPIRES_MS);
    await sleep(clock, MOVE_MS);
  } finally {
    await control.stop();
  }
  await sleep(clock, REST_MS);
  const atRest = await control.position();
  await sleep(clock, WATCH_MS);
  const later = await control.position();
  const moved = differs(axis, before, later);
  const moving = differs(axis, atRest, later);
  return {
    ...(moved === undefined ? {} : { moved }),
    ...(moving === undefined ? {} : { stopped: !moving }),
  };
}

/** Towards the middle, where there is room. */
function away(axis: 'pan' | 'zoom', before: Position | undefined): Velocity {
  const at = before?.[axis] ?? 0;
  const middle = axis === 'pan' ? 0 : 0.5;
  return { [axis]: at > middle ? -GENTLE : GENTLE };
}

/** Undefined when one of them is not known. */
function differs(
  axis: 'pan' | 'zoom',
  one: Position | undefined,
  other: Position | undefined,
): boolean | undefined {
  const [a, b] = [one?.[axis], other?.[axis]];
  return a === undefined || b === undefined ? undefined : Math.abs(a - b) > STANDS_WITHIN;
}

async function goBack(
  control: CameraControl,
  absolute: Axes,
  axis: 'pan' | 'zoom',
  before: Position | undefined,
): Promise<boolean> {
  const can = axis === 'pan' ? absolute.panTilt : absolute.zoom;
  const { pan, tilt, zoom } = before ?? {};
  const position: Position | undefined =
    axis === 'pan'
      ? pan !== undefined && tilt !== undefined
        ? { pan, tilt }
        : undefined
      : zoom !== undefined
        ? { zoom }
        : undefined;
  if (!can || !position) return false;
  await control.goTo(position);
  return true;
}
