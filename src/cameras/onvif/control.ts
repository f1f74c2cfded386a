import type { Clock, Timer } from '../../core/clock.ts';
import { AbortedError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type {
  Axes,
  CameraControl,
  ControlCapabilities,
  Position,
  Preset,
  Velocity,
} from '../control.ts';
import { CameraError } from './camera-error.ts';
import { isWorthAnotherTry } from './media-calls.ts';
import { type IsWanted, MovementQueue } from './movement-queue.ts';
import type { PtzDescription } from './ptz-calls.ts';
import type { Spaces } from './ptz-spaces.ts';
import { isHalf, positionVector, readPosition, velocityVector } from './ptz-vectors.ts';
import type { QuirkBook } from './quirks.ts';
import { Stopper } from './stopper.ts';
import { MOVE_MS, sendVelocity } from './velocity-sender.ts';
import type { OnvifConnection } from './worker-pool.ts';
import { ZoomSpeed } from './zoom-speed.ts';

export interface OnvifControlOptions {
  readonly call: OnvifConnection['call'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly quirks: QuirkBook;
}

const ALL_AXES: Axes = { panTilt: true, zoom: true };
const NONE: Axes = { panTilt: false, zoom: false };
const READ_MS = 10_000;

/** Moves one camera through the PTZ service. */
export class OnvifControl implements CameraControl {
  readonly #options: OnvifControlOptions;
  readonly #call: OnvifConnection['call'];
  readonly #queue = new MovementQueue();
  readonly #quirks: QuirkBook;
  readonly #stopper: Stopper;
  readonly #speed: ZoomSpeed;
  #description: Promise<PtzDescription | undefined> | undefined;
  /** What was learnt last: Stop does not wait for a camera that is being asked again. */
  #last: PtzDescription | undefined;
  #presets: Promise<readonly Preset[]> | undefined;
  /** Movements whose turn has come. */
  #begun = 0;
  /** The velocities that the camera was last given and that have not ended. */
  #inForce: Velocity = {};
  #expiry: Timer | undefined;

  constructor(options: OnvifControlOptions) {
    const { call, clock, log, quirks } = options;
    this.#options = options;
    this.#call = call;
    this.#quirks = quirks;
    const read = ({ profile }: PtzDescription) => call('status', { profile }, READ_MS);
    this.#speed = new ZoomSpeed({ clock, read });
    const inTurn = (run: () => Promise<void>) => this.#queue.movement(run);
    this.#stopper = new Stopper({ call, clock, log, quirks: this.#quirks, inTurn });
  }

  async capabilities(refresh = false): Promise<ControlCapabilities> {
    if (refresh) {
      this.#description = undefined;
      this.#presets = undefined;
    }
    const ptz = await this.#described();
    if (!ptz) return { continuous: NONE, absolute: NONE, home: false, presets: [] };
    this.#presets ??= this.#askPresets(ptz);
    const presets = await this.#presets;
    return {
      continuous: axesOf(ptz.continuous),
      absolute: axesOf(ptz.absolute),
      home: ptz.home,
      presets,
    };
  }

  move(velocity: Velocity, expiresMs: number): Promise<void> {
    return this.#movement(async (ptz, isWanted) => {
      this.#expire(expiresMs);
      await this.#sendVelocity(ptz, { velocity, expiresMs, isWanted });
      if (isWanted()) this.#inForce = { ...this.#inForce, ...velocity };
      this.#speed.look(ptz);
    });
  }

  /** Speeds in fields of view are left to those who take them. */
  async #sendVelocity(
    described: PtzDescription,
    { velocity, ...how }: { velocity: Velocity; expiresMs: number; isWanted: IsWanted },
  ): Promise<void> {
    const { refusesViewSpeed } = this.#quirks.known;
    const ptz = refusesViewSpeed ? withoutView(described) : described;
    const vector = velocityVector(ptz, velocity, this.#inForce, this.#speed.share(ptz));
    const sent = { call: this.#call, quirks: this.#quirks, velocity: vector, ptz, ...how };
    try {
      await sendVelocity(sent);
    } catch (error) {
      const canOtherwise = vector.panTilt && ptz.continuous.panTilt?.usual;
      if (!canOtherwise || !isWorthAnotherTry(error) || !how.isWanted()) throw error;
      const usual = withoutView(ptz);
      const share = this.#speed.share(usual);
      const again = velocityVector(usual, velocity, this.#inForce, share);
      await sendVelocity({ ...sent, ptz: usual, velocity: again });
      this.#quirks.suspect('refusesViewSpeed');
    }
  }

  async stop(axes: Axes = ALL_AXES): Promise<void> {
    const wasMoving = Object.keys(this.#inForce).length > 0;
    const zoomed = this.#inForce.zoom !== undefined;
    const begun = this.#begun;
    this.#forget(axes);
    const ptz = await this.#queueStop(axes);
    // A movement that has begun meanwhile is no sign of disobedience.
    if (wasMoving && begun === this.#begun) this.#stopper.watch(ptz, axes);
    if (zoomed) this.#speed.look(ptz);
  }

  goTo(position: Position): Promise<void> {
    return this.#movement(async (ptz, isWanted) => {
      const { profile } = ptz;
      const now = isHalf(position) ? await this.#call('status', { profile }, READ_MS) : {};
      const vector = positionVector(ptz, position, now);
      if (!isWanted()) throw new AbortedError('the movement');
      this.#forget(ALL_AXES);
      if (position.zoom !== undefined) this.#speed.leaves(ptz);
      await this.#call('absoluteMove', { profile, position: vector }, MOVE_MS);
    });
  }

  goToPreset(token: string): Promise<void> {
    return this.#movement(async (ptz) => {
      const { profile } = ptz;
      this.#forget(ALL_AXES);
      this.#speed.leaves(ptz);
      await this.#call('goToPreset', { profile, preset: token }, MOVE_MS);
    });
  }

  goHome(): Promise<void> {
    return this.#movement(async (ptz) => {
      const { profile, home } = ptz;
      if (!home) throw new CameraError('not-supported', 'the camera has no home position');
      this.#forget(ALL_AXES);
      this.#speed.leaves(ptz);
      await this.#call('goHome', { profile }, MOVE_MS);
    });
  }

  async position(): Promise<Position | undefined> {
    const ptz = await this.#known();
    try {
      const status = await this.#call('status', { profile: ptz.profile }, READ_MS);
      this.#speed.saw(ptz, status);
      return readPosition(ptz, status);
    } catch (error) {
      if (isWorthAnotherTry(error)) return undefined;
      throw error;
    }
  }

  /** Sends nothing more of its own accord. */
  close(): void {
    this.#expiry?.cancel();
    this.#stopper.unwatch();
    this.#speed.close();
  }

  #movement(run: (ptz: PtzDescription, isWanted: IsWanted) => Promise<void>): Promise<void> {
    return this.#queue.movement(async (isWanted) => {
      this.#begun += 1;
      const ptz = await this.#known();
      if (!isWanted()) throw new AbortedError('the movement');
      this.#stopper.unwatch();
      await run(ptz, isWanted);
    });
  }

  async #queueStop(axes: Axes): Promise<PtzDescription> {
    let stopped: PtzDescription | undefined;
    await this.#queue.stop(async () => {
      stopped = await this.#known();
      await this.#stopper.send(stopped, axes);
    });
    return stopped ?? this.#known();
  }

  /**
   * The camera was told when to stop by itself; some do not obey, some cannot be told. So Stop
   * follows at that moment, unless the movement was renewed or ended.
   */
  #expire(expiresMs: number): void {
    this.#expiry?.cancel();
    this.#expiry = this.#options.clock.setTimer(expiresMs, () => {
      this.stop().catch((error) =>
        this.#options.log.warn('a movement has expired and Stop did not arrive', { error }),
      );
    });
  }

  #forget(axes: Axes): void {
    const { pan, tilt, zoom } = this.#inForce;
    this.#inForce = {
      ...(axes.panTilt || pan === undefined ? {} : { pan }),
      ...(axes.panTilt || tilt === undefined ? {} : { tilt }),
      ...(axes.zoom || zoom === undefined ? {} : { zoom }),
    };
    if (Object.keys(this.#inForce).length === 0) this.#expiry?.cancel();
  }

  async #known(): Promise<PtzDescription> {
    const ptz = this.#last ?? (await this.#described());
    if (ptz) return ptz;
    throw new CameraError('not-supported', 'the camera cannot be moved');
  }

  #described(): Promise<PtzDescription | undefined> {
    if (!this.#description) {
      const asked = this.#call('describePtz', {}, READ_MS);
      this.#description = asked;
      asked.then(
        (ptz) => {
          this.#last = ptz;
          if (ptz?.now) this.#speed.saw(ptz, ptz.now);
        },
        () => {
          if (this.#description === asked) this.#description = undefined;
        },
      );
    }
    return this.#description;
  }

  /** Presets that cannot be listed are none; those of a camera out of reach are asked for again. */
  async #askPresets({ profile }: PtzDescription): Promise<readonly Preset[]> {
    try {
      return await this.#call('presets', { profile }, READ_MS);
    } catch (error) {
      this.#presets = undefined;
      if (isWorthAnotherTry(error)) return [];
      throw error;
    }
  }
}

function withoutView(ptz: PtzDescription): PtzDescription {
  const usual = ptz.continuous.panTilt?.usual;
  return usual ? { ...ptz, continuous: { ...ptz.continuous, panTilt: usual } } : ptz;
}

function axesOf({ panTilt, zoom }: Spaces): Axes {
  return { panTilt: panTilt !== undefined, zoom: zoom !== undefined };
}
