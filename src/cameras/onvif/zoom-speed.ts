import type { Clock, Timer } from '../../core/clock.ts';
import type { PtzDescription, PtzStatus } from './ptz-calls.ts';
import { fromPosition, type Range, ZOOM_RANGE } from './ptz-spaces.ts';

/**
 * A picture that is zoomed in twice runs past twice as fast at the same speed of the motor. So pan and
 * tilt are scaled by the angle of view. Of its zoom a camera tells a position z, 0 (wide) … 1 (tele), of
 * which the focal length is taken to grow by equal factors for equal steps, to `TELE` times that at 0:
 *
 *   share(z) = TELE^−z        z   0     0.25   0.5    0.75   1
 *                             share 1   0.47   0.22   0.11   0.05
 */
const TELE = 20;
/** Of a camera that can zoom and does not say how far it has: slow enough when it is, usable when not. */
export const SHARE_UNKNOWN = 0.4;
/** Motors do not run slower than this part of their range; what is asked below it is sent as it is. */
export const SLOWEST = 0.02;

/** What part of the speed that is asked a camera turns at. @param zoom 0…1; undefined when not known */
export function turningShare(zoom: number | undefined, canZoom: boolean): number {
  if (!canZoom) return 1;
  if (zoom === undefined) return SHARE_UNKNOWN;
  return TELE ** -Math.min(1, Math.max(0, zoom));
}

/** A velocity −1…1 at this share: never faster than asked, and never zero unless that was asked. */
export function gently(velocity: number, share: number): number {
  const asked = Math.abs(velocity);
  return Math.sign(velocity) * Math.min(asked, Math.max(asked * share, SLOWEST));
}

export interface ZoomSpeedOptions {
  readonly clock: Clock;
  /** Asks the camera where it points. */
  readonly read: (ptz: PtzDescription) => Promise<PtzStatus>;
}

/** The camera is not asked more often than this while it moves. */
const LOOK_EVERY_MS = 900;
/** A camera on its way to a preset is there by then, mostly. */
const ARRIVED_MS = 2_000;

/** How far a camera is zoomed in, as far as it says, and so how fast it is turned. */
export class ZoomSpeed {
  readonly #options: ZoomSpeedOptions;
  #zoom: number | undefined;
  /** It answered, and without its zoom: it does not know, and is not asked again. */
  #isSilent = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #arrival: Timer | undefined;

  constructor(options: ZoomSpeedOptions) {
    this.#options = options;
  }

  /** A camera whose speeds are in fields of view sees to it itself. */
  share({ continuous }: PtzDescription): number {
    if (continuous.panTilt?.ofView) return 1;
    return turningShare(this.#zoom, continuous.zoom !== undefined);
  }

  /** What the camera said, in its own numbers. */
  saw({ absolute }: PtzDescription, { zoom }: PtzStatus): void {
    const range: Range = absolute.zoom?.x ?? ZOOM_RANGE;
    this.#isSilent = zoom === undefined;
    this.#zoom = zoom === undefined ? undefined : fromPosition(zoom, ZOOM_RANGE, range);
  }

  /** Asks without anybody waiting for it. What it does not say leaves what is known as it is. */
  look(ptz: PtzDescription): void {
    const { clock, read } = this.#options;
    if (this.#isSilent || ptz.continuous.zoom === undefined || ptz.continuous.panTilt?.ofView)
      return;
    if (clock.nowMs() - this.#lookedAtMs < LOOK_EVERY_MS) return;
    this.#lookedAtMs = clock.nowMs();
    read(ptz).then(
      (status) => this.saw(ptz, status),
      () => undefined,
    );
  }

  /** It goes where its zoom is another: it is not known until it is there. */
  leaves(ptz: PtzDescription): void {
    this.#zoom = undefined;
    this.#arrival?.cancel();
    this.#arrival = this.#options.clock.setTimer(ARRIVED_MS, () => this.look(ptz));
  }

  close(): void {
    this.#arrival?.cancel();
  }
}
