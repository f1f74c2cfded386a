import type { Clock } from '../core/clock.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { AxisValues } from './command.ts';
import { type Stopped, stopUntilConfirmed, waited } from './stopping.ts';

/** How often Stop is tried before the operator is told that the camera may still be moving. */
const ATTEMPTS = 8;
const ATTEMPTS_AT_EXIT = 2;
/** A camera out of reach comes back when it likes; what stops it then must be under way. */
const AGAIN_MS = 5_000;

/** How long a change of the configuration waits for a camera to confirm Stop. */
export const STOP_CAMERA_MS = 2_000;

/** A movement that is to end. */
export interface Ending<T> {
  readonly camera: string;
  /** Given back with each outcome. */
  readonly of: T;
  readonly why: string;
  /** What the camera was told last. */
  readonly velocity: AxisValues;
  /** The velocity that the camera had not answered when the movement ended. */
  readonly inFlight?: Promise<void> | undefined;
  /** By which it was begun. */
  readonly control: CanStop;
}

interface CanStop {
  stop(): Promise<void>;
}

export interface StopsOptions<T> {
  clock: Clock;
  log: Logger;
  /** A camera that was set up anew meanwhile is stopped by its new control. */
  controls: (camera: string, of: T) => CanStop | undefined;
  /** Journals how it went; does not throw. A camera that confirms late has a second outcome. */
  outcome: (of: T, why: string, error: string | undefined) => void;
}

interface UnderWay<T> {
  readonly ending: Ending<T>;
  readonly superseded: AbortController;
}

/**
 * The Stops that cameras have not confirmed yet: one a camera, the newest. It is sent until the
 * camera confirms it, a newer movement takes its place, or the gateway stops. A movement that takes
 * its place must name the axes that may still be moving: by itself, a zoom leaves a pan as it is.
 */
export class Stops<T> {
  readonly #options: StopsOptions<T>;
  readonly #underWay = new Map<string, UnderWay<T>>();
  readonly #newest = new Map<string, Promise<Stopped>>();
  readonly #unconfirmed = new Map<string, AxisValues>();
  #exiting = false;

  constructor(options: StopsOptions<T>) {
    this.#options = options;
  }

  /** Zero for each axis that may be moving, because no Stop of it was confirmed. */
  atRest(camera: string): AxisValues {
    return this.#unconfirmed.get(camera) ?? {};
  }

  /** The camera is moved anew. */
  supersede(camera: string): void {
    this.#underWay.get(camera)?.superseded.abort();
    this.#underWay.delete(camera);
  }

  /** Resolves when the newest Stop was confirmed, or somebody was told that it is not. */
  async rested(camera: string): Promise<void> {
    await this.#newest.get(camera);
  }

  /** The first Stop leaves before this returns. Resolves when somebody can be told how it went. */
  stop(ending: Ending<T>): Promise<Stopped> {
    const stopped = this.#stop(ending);
    this.#newest.set(ending.camera, stopped);
    return stopped;
  }

  async #stop(ending: Ending<T>): Promise<Stopped> {
    const { camera, velocity, control } = ending;
    this.supersede(camera);
    const superseded = new AbortController();
    const underWay = { ending, superseded };
    this.#underWay.set(camera, underWay);
    this.#unconfirmed.set(camera, { ...this.atRest(camera), ...zeros(velocity) });
    const stopped = await stopUntilConfirmed({
      clock: this.#options.clock,
      send: () => (this.#options.controls(camera, ending.of) ?? control).stop(),
      inFlight: ending.inFlight,
      superseded: superseded.signal,
      attempts: this.#exiting ? ATTEMPTS_AT_EXIT : ATTEMPTS,
      onRefusal: (cause) =>
        this.#options.log.warn('Stop was not confirmed', { camera, error: cause }),
    });
    this.#report(underWay, stopped);
    if (stopped instanceof Error && !this.#exiting) void this.#goOn(underWay);
    return stopped;
  }

  /** Tries once more for the cameras that have not confirmed, and then no longer. */
  async exit(): Promise<void> {
    this.#exiting = true;
    await Promise.all([...this.#underWay.values()].map(({ ending }) => this.stop(ending)));
  }

  async #goOn(underWay: UnderWay<T>): Promise<void> {
    const { ending, superseded } = underWay;
    while (await waited(this.#options.clock, AGAIN_MS, superseded.signal)) {
      const control = this.#options.controls(ending.camera, ending.of);
      if (!control) return this.#forget(underWay);
      try {
        await control.stop();
        if (!superseded.signal.aborted) this.#report(underWay, 'confirmed');
        return;
      } catch (error) {
        this.#options.log.debug('Stop is not confirmed yet', { camera: ending.camera, error });
      }
    }
  }

  #report(underWay: UnderWay<T>, stopped: Stopped): void {
    const { of, why, camera } = underWay.ending;
    if (stopped === 'confirmed') {
      this.#forget(underWay);
      this.#unconfirmed.delete(camera);
    }
    this.#options.outcome(of, why, errorOf(stopped));
  }

  #forget(underWay: UnderWay<T>): void {
    const { camera } = underWay.ending;
    if (this.#underWay.get(camera) === underWay) this.#underWay.delete(camera);
  }
}

function zeros(velocity: AxisValues): AxisValues {
  return Object.fromEntries(Object.keys(velocity).map((axis) => [axis, 0]));
}

function errorOf(stopped: Stopped): string | undefined {
  if (stopped === 'confirmed') return undefined;
  if (stopped !== 'superseded') return describe(stopped);
  return 'another movement followed before the camera confirmed';
}
