import type { LiveViewClient, RequestHandle } from '../../src/client/index.ts';

export interface Vector {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

export interface SteeringOptions {
  readonly client: Pick<LiveViewClient, 'request'>;
  readonly camera: string;
  /** Absent when an operator steers outside an incident. */
  readonly incident?: string;
  readonly axes: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly onState: (handle: RequestHandle) => void;
}

export const STILL: Vector = { pan: 0, tilt: 0, zoom: 0 };
/** Directions and speeds are rounded to this, so that a trembling hand is one movement. */
const STEP = 0.25;

/**
 * What a joystick does to a camera: one movement at a time. A new direction is a new request, sent
 * before the old one is released, so that the camera turns without a stop in between. While a
 * request waits for the operator its direction stays: what is decided must be what was asked.
 */
export class Steering {
  readonly #options: SteeringOptions;
  #wanted = STILL;
  #asked = STILL;
  #handle: RequestHandle | undefined;

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  get active(): boolean {
    return !isStill(this.#wanted);
  }

  /** Whether the camera moves as asked, now. */
  get moving(): boolean {
    return this.#handle?.state === 'running';
  }

  /** @param vector −1…1 on each axis; all 0 lets go. */
  steer(vector: Vector): void {
    this.#wanted = this.#possible(vector);
    this.#follow();
  }

  release(): void {
    this.steer(STILL);
  }

  #follow(): void {
    if (sameVector(this.#wanted, this.#asked)) return;
    const before = this.#handle;
    if (isStill(this.#wanted)) {
      this.#handle = undefined;
      this.#asked = STILL;
      before?.release();
      return;
    }
    // Declined, lost or stopped by the gateway: only letting go and pressing again asks anew.
    if (before?.state === 'pending' || before?.final) return;
    this.#asked = this.#wanted;
    this.#handle = this.#ask(this.#wanted);
    before?.release();
  }

  #ask(vector: Vector): RequestHandle {
    const { client, camera, incident, axes, onState } = this.#options;
    const { pan, tilt, zoom } = vector;
    return client.request({
      action: 'ptz.move',
      camera,
      ...(incident === undefined ? {} : { incident }),
      args: { ...(axes.panTilt ? { pan, tilt } : {}), ...(axes.zoom ? { zoom } : {}) },
      onState: (handle) => {
        onState(handle);
        if (handle === this.#handle && handle.state === 'running') this.#follow();
      },
    });
  }

  #possible({ pan, tilt, zoom }: Vector): Vector {
    const { axes } = this.#options;
    return {
      pan: axes.panTilt ? round(pan) : 0,
      tilt: axes.panTilt ? round(tilt) : 0,
      zoom: axes.zoom ? round(zoom) : 0,
    };
  }
}

function round(value: number): number {
  const bounded = Math.max(-1, Math.min(1, value));
  return Math.round(bounded / STEP) * STEP || 0;
}

function isStill({ pan, tilt, zoom }: Vector): boolean {
  return pan === 0 && tilt === 0 && zoom === 0;
}

function sameVector(a: Vector, b: Vector): boolean {
  return a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;
}
