/**
 * The port through which a camera is moved. The desk is its only holder; the ONVIF adapter is its
 * only implementation besides those of tests.
 */

/** −1…1 of the camera's own range; an axis that is absent is left as it is. */
export interface Velocity {
  readonly pan?: number;
  readonly tilt?: number;
  readonly zoom?: number;
}

/** −1…1 for pan and tilt, 0…1 for zoom, of the camera's own range; absent axes stay as they are. */
export interface Position {
  readonly pan?: number;
  readonly tilt?: number;
  readonly zoom?: number;
}

export interface Axes {
  readonly panTilt: boolean;
  readonly zoom: boolean;
}

export interface Preset {
  readonly token: string;
  readonly name: string;
}

/** What the camera says that it can do; all false for a fixed camera. */
export interface ControlCapabilities {
  readonly continuous: Axes;
  readonly absolute: Axes;
  readonly home: boolean;
  readonly presets: readonly Preset[];
}

/**
 * Every call has its own deadline inside and rejects with a LiveViewError whose `code` is one of
 * `camera-unreachable`, `camera-refused-credentials`, `camera-fault`, `not-supported`, `timeout`.
 * `stop` overtakes everything that waits; of waiting movements only the newest is sent. A movement
 * that was not sent, because `stop` or a newer one took its place, rejects with `aborted`.
 */
export interface CameraControl {
  /** Remembered after the first success; `refresh` asks the camera again. */
  capabilities(refresh?: boolean): Promise<ControlCapabilities>;
  /** Moves until `stop`, another movement, or `expiresMs` has passed at the camera. */
  move(velocity: Velocity, expiresMs: number): Promise<void>;
  /** ONVIF Stop for the axes given, and a zero velocity for cameras that do not obey it. */
  stop(axes?: Axes): Promise<void>;
  goTo(position: Position): Promise<void>;
  goToPreset(token: string): Promise<void>;
  goHome(): Promise<void>;
  /** Where it points now; undefined when the camera does not say. */
  position(): Promise<Position | undefined>;
}
