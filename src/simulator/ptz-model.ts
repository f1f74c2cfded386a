import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { AxisDrive, type Range } from './ptz-axis.ts';

/**
 * The mechanics of a dome camera. Motion is a function of time, worked out when somebody looks:
 * there are no timers, so that a hundred idle domes cost nothing.
 *
 * Units: pan and tilt −1…1, zoom 0…1 (0 is wide); speeds in those units a second.
 */

export type Axis = 'pan' | 'tilt' | 'zoom';

export interface Viewpoint {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

/** Axes that are absent are left alone. */
export type PartialViewpoint = Partial<Viewpoint>;

/** What real cameras do otherwise than the specification asks. */
export interface PtzQuirks {
  /** Moves on when the time-out of a ContinuousMove has passed. */
  ignoresTimeout?: boolean;
  /** Refuses Stop; a zero velocity stops it. */
  lacksStop?: boolean;
  /** Refuses a ContinuousMove that names a time-out (some Bosch). */
  refusesTimeout?: boolean;
  /** Refuses pan and tilt together with zoom in one command (some Sony). */
  refusesPanTiltWithZoom?: boolean;
  /** Has no home position. */
  lacksHome?: boolean;
  /** Says whether it moves, not where it points. */
  hidesPosition?: boolean;
}

/** Their names, for those who choose some. */
export const PTZ_QUIRKS = [
  'ignoresTimeout',
  'lacksStop',
  'refusesTimeout',
  'refusesPanTiltWithZoom',
  'lacksHome',
  'hidesPosition',
] as const satisfies (keyof PtzQuirks)[];

export interface PtzPreset {
  readonly token: string;
  readonly name: string;
  readonly viewpoint: Viewpoint;
}

export interface PtzModelOptions {
  clock?: Clock;
  /** Where it points when switched on, and its home until `setHome`. */
  start?: PartialViewpoint;
  limits?: Partial<Record<Axis, Range>>;
  /** Units a second at full speed. */
  maxSpeed?: Partial<Record<Axis, number>>;
  presets?: readonly PtzPreset[];
  maxPresets?: number;
  /** Time-outs that a ContinuousMove may name, ms. */
  timeoutMs?: Range;
  /** What applies when a ContinuousMove names no time-out, ms. */
  defaultTimeoutMs?: number;
  quirks?: PtzQuirks;
}

export interface PtzLogEntry {
  readonly atUnixUs: number;
  readonly operation:
    | 'continuousMove'
    | 'absoluteMove'
    | 'relativeMove'
    | 'stop'
    | 'gotoPreset'
    | 'setPreset'
    | 'removePreset'
    | 'gotoHome'
    | 'setHome';
  readonly args: Readonly<Record<string, unknown>>;
  /** Code of the PtzRefusal, when the camera refused. */
  readonly refused?: PtzRefusalCode;
}

export type PtzRefusalCode =
  | 'ptz-not-supported'
  | 'ptz-timeout-refused'
  | 'ptz-axes-refused'
  | 'ptz-invalid-velocity'
  | 'ptz-invalid-position'
  | 'ptz-invalid-speed'
  | 'ptz-no-preset'
  | 'ptz-too-many-presets'
  | 'ptz-no-home';

/** The camera does not do what was asked; nothing has moved. */
export class PtzRefusal extends LiveViewError {
  override readonly code: PtzRefusalCode;

  constructor(code: PtzRefusalCode, message: string) {
    super(code, message);
    this.code = code;
  }
}

const AXES: readonly Axis[] = ['pan', 'tilt', 'zoom'];
const SIGNED: Range = { min: -1, max: 1 };
const UNSIGNED: Range = { min: 0, max: 1 };
const FULL_RANGE: Record<Axis, Range> = { pan: SIGNED, tilt: SIGNED, zoom: UNSIGNED };
const MAX_SPEED: Record<Axis, number> = { pan: 0.5, tilt: 0.5, zoom: 0.4 };
const MAX_LOG = 1_000;

export class PtzModel {
  readonly limits: Readonly<Record<Axis, Range>>;
  readonly timeoutMs: Range;
  readonly defaultTimeoutMs: number;
  readonly maxPresets: number;
  readonly quirks: Readonly<PtzQuirks>;
  readonly #clock: Clock;
  readonly #drives: Readonly<Record<Axis, AxisDrive>>;
  readonly #presets = new Map<string, PtzPreset>();
  readonly #log: PtzLogEntry[] = [];
  #home: Viewpoint;
  #lastPreset = 0;

  constructor(options: PtzModelOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.limits = { ...FULL_RANGE, ...options.limits };
    this.timeoutMs = options.timeoutMs ?? { min: 100, max: 60_000 };
    this.defaultTimeoutMs = options.defaultTimeoutMs ?? 10_000;
    this.maxPresets = options.maxPresets ?? 64;
    this.quirks = options.quirks ?? {};
    this.#home = { pan: 0, tilt: 0, zoom: 0, ...options.start };
    const maxSpeed = { ...MAX_SPEED, ...options.maxSpeed };
    const drive = (axis: Axis) =>
      new AxisDrive(this.#clock, this.limits[axis], maxSpeed[axis], this.#home[axis]);
    this.#drives = { pan: drive('pan'), tilt: drive('tilt'), zoom: drive('zoom') };
    for (const preset of options.presets ?? []) this.#presets.set(preset.token, preset);
  }

  /** Where it points at this moment. */
  viewpoint(): Viewpoint {
    const { pan, tilt, zoom } = this.#drives;
    return { pan: pan.position, tilt: tilt.position, zoom: zoom.position };
  }

  get moving(): { panTilt: boolean; zoom: boolean } {
    const { pan, tilt, zoom } = this.#drives;
    return { panTilt: pan.moving || tilt.moving, zoom: zoom.moving };
  }

  /** What was asked of the camera, oldest first; the last thousand commands. */
  get log(): readonly PtzLogEntry[] {
    return this.#log;
  }

  get home(): Viewpoint {
    return this.#home;
  }

  get presets(): readonly PtzPreset[] {
    return [...this.#presets.values()];
  }

  /** Velocities −1…1 of full speed. A velocity of zero stops its axis. */
  continuousMove(velocity: PartialViewpoint, timeoutMs?: number): void {
    this.#asked(
      'continuousMove',
      { ...velocity, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      () => {
        this.#checkAxes(velocity);
        this.#checkTimeout(timeoutMs);
        for (const axis of AXES) within('ptz-invalid-velocity', axis, velocity[axis], SIGNED);
        const nowMs = this.#clock.nowMs();
        const endMs = this.quirks.ignoresTimeout
          ? Number.POSITIVE_INFINITY
          : nowMs + (timeoutMs ?? this.defaultTimeoutMs);
        for (const [axis, share] of given(velocity)) this.#drives[axis].run(share, endMs);
      },
    );
  }

  /** @param speed 0…1 of full speed, an axis; full speed when absent. */
  absoluteMove(position: PartialViewpoint, speed: PartialViewpoint = {}): void {
    this.#asked('absoluteMove', { ...position }, () => {
      this.#checkAxes(position);
      for (const axis of AXES) {
        within('ptz-invalid-position', axis, position[axis], this.limits[axis]);
      }
      this.#travel(position, speed);
    });
  }

  /** Moves by a distance; what lies beyond a mechanical limit is cut off there. */
  relativeMove(translation: PartialViewpoint, speed: PartialViewpoint = {}): void {
    this.#asked('relativeMove', { ...translation }, () => {
      this.#checkAxes(translation);
      const now = this.viewpoint();
      const target: Partial<Record<Axis, number>> = {};
      for (const [axis, distance] of given(translation)) {
        target[axis] = now[axis] + distance;
      }
      this.#travel(target, speed);
    });
  }

  /** Stops every kind of movement of the axes given, at once. */
  stop(axes: { panTilt: boolean; zoom: boolean } = { panTilt: true, zoom: true }): void {
    this.#asked('stop', { ...axes }, () => {
      if (this.quirks.lacksStop) refuse('ptz-not-supported', 'this camera has no Stop');
      if (axes.panTilt) this.#drives.pan.halt();
      if (axes.panTilt) this.#drives.tilt.halt();
      if (axes.zoom) this.#drives.zoom.halt();
    });
  }

  /** Keeps the present viewpoint; overwrites when `token` exists. Returns the token. */
  setPreset(name: string, token?: string): string {
    return this.#asked('setPreset', { name, ...(token === undefined ? {} : { token }) }, () => {
      if (token !== undefined) this.#presetOf(token);
      else if (this.#presets.size >= this.maxPresets) {
        refuse('ptz-too-many-presets', `all ${this.maxPresets} presets are in use`);
      }
      const key = token ?? this.#freeToken();
      this.#presets.set(key, { token: key, name, viewpoint: this.viewpoint() });
      return key;
    });
  }

  removePreset(token: string): void {
    this.#asked('removePreset', { token }, () => {
      this.#presetOf(token);
      this.#presets.delete(token);
    });
  }

  gotoPreset(token: string, speed: PartialViewpoint = {}): void {
    this.#asked('gotoPreset', { token }, () =>
      this.#travel(this.#presetOf(token).viewpoint, speed),
    );
  }

  gotoHome(speed: PartialViewpoint = {}): void {
    this.#asked('gotoHome', {}, () => {
      this.#checkHome();
      this.#travel(this.#home, speed);
    });
  }

  setHome(): void {
    this.#asked('setHome', {}, () => {
      this.#checkHome();
      this.#home = this.viewpoint();
    });
  }

  /** Runs a command and writes down that it was asked, and whether it was refused. */
  #asked<T>(operation: PtzLogEntry['operation'], args: Record<string, unknown>, run: () => T): T {
    const entry = { atUnixUs: this.#clock.unixUs(), operation, args };
    if (this.#log.length >= MAX_LOG) this.#log.shift();
    try {
      const result = run();
      this.#log.push(entry);
      return result;
    } catch (error) {
      this.#log.push(error instanceof PtzRefusal ? { ...entry, refused: error.code } : entry);
      throw error;
    }
  }

  #checkAxes(asked: PartialViewpoint): void {
    const panTilt = asked.pan !== undefined || asked.tilt !== undefined;
    if (this.quirks.refusesPanTiltWithZoom && panTilt && asked.zoom !== undefined) {
      refuse('ptz-axes-refused', 'this camera takes pan and tilt or zoom, not both in one command');
    }
  }

  #checkTimeout(timeoutMs: number | undefined): void {
    if (timeoutMs === undefined) return;
    const { min, max } = this.timeoutMs;
    if (this.quirks.refusesTimeout) refuse('ptz-timeout-refused', 'this camera takes no time-out');
    if (timeoutMs >= min && timeoutMs <= max) return;
    refuse('ptz-timeout-refused', `a time-out lies between ${min} and ${max} ms, not ${timeoutMs}`);
  }

  #checkHome(): void {
    if (this.quirks.lacksHome) refuse('ptz-no-home', 'this camera has no home position');
  }

  #presetOf(token: string): PtzPreset {
    return this.#presets.get(token) ?? refuse('ptz-no-preset', `there is no preset ${token}`);
  }

  #freeToken(): string {
    do this.#lastPreset += 1;
    while (this.#presets.has(String(this.#lastPreset)));
    return String(this.#lastPreset);
  }

  #travel(target: PartialViewpoint, speed: PartialViewpoint): void {
    for (const axis of AXES) within('ptz-invalid-speed', axis, speed[axis], UNSIGNED);
    for (const [axis, to] of given(target)) this.#drives[axis].goTo(to, speed[axis] || 1);
  }
}

function given(values: PartialViewpoint): [Axis, number][] {
  const pairs: [Axis, number][] = [];
  for (const axis of AXES) {
    const value = values[axis];
    if (value !== undefined) pairs.push([axis, value]);
  }
  return pairs;
}

function within(code: PtzRefusalCode, axis: Axis, value: number | undefined, range: Range): void {
  if (value === undefined || (value >= range.min && value <= range.max)) return;
  refuse(code, `${axis} lies between ${range.min} and ${range.max}, not ${value}`);
}

function refuse(code: PtzRefusalCode, message: string): never {
  throw new PtzRefusal(code, message);
}
