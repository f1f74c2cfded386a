import type { Clock, Timer } from '../../core/clock.ts';
import { codeOf } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Axes } from '../control.ts';
import { isWorthAnotherTry } from './media-calls.ts';
import type { PtzDescription, PtzStatus, PtzVector } from './ptz-calls.ts';
import type { QuirkBook } from './quirks.ts';
import { apart } from './velocity-sender.ts';
import type { OnvifConnection } from './worker-pool.ts';

export interface StopperOptions {
  readonly call: OnvifConnection['call'];
  readonly quirks: QuirkBook;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs something between the movements of the camera, or drops it for a newer one. */
  readonly inTurn: (run: () => Promise<void>) => Promise<void>;
}

const STOP_MS = 3_000;
/** A dome has come to rest by then; one that still says MOVING did not obey. */
const CHECK_AFTER_MS = 400;

/** Brings a camera to rest, with Stop, with a zero velocity, or both, as the camera needs. */
export class Stopper {
  readonly #options: StopperOptions;
  #check: Timer | undefined;
  #obeys = false;

  constructor(options: StopperOptions) {
    this.#options = options;
  }

  /** @throws CameraError when neither Stop nor a zero velocity was taken. */
  async send(ptz: PtzDescription, axes: Axes): Promise<void> {
    const { call, quirks } = this.#options;
    const { lacksStop, ignoresStop } = quirks.known;
    if (lacksStop) return this.#zero(ptz, axes);
    try {
      await call('stop', { profile: ptz.profile, ...axes }, STOP_MS);
    } catch (error) {
      if (!isWorthAnotherTry(error) || !hasVelocity(ptz, axes)) throw error;
      await this.#zero(ptz, axes);
      if (codeOf(error) === 'not-supported') quirks.learn('lacksStop');
      return;
    }
    if (ignoresStop) await this.#zero(ptz, axes);
  }

  /** Looks, a moment after Stop, whether the camera did what it said; until it once has. */
  watch(ptz: PtzDescription, axes: Axes): void {
    const { lacksStop, ignoresStop } = this.#options.quirks.known;
    if (this.#obeys || lacksStop || ignoresStop) return;
    this.unwatch();
    this.#check = this.#options.clock.setTimer(CHECK_AFTER_MS, () => {
      this.#verify(ptz, axes).catch((error) =>
        this.#options.log.debug('the camera did not say whether it stopped', { error }),
      );
    });
  }

  /** A new movement begins: that the camera moves means nothing now. */
  unwatch(): void {
    this.#check?.cancel();
    this.#check = undefined;
  }

  async #verify(ptz: PtzDescription, axes: Axes): Promise<void> {
    const check = this.#check;
    const status = await this.#status(ptz);
    if (this.#check !== check) return;
    const { moving } = status;
    const stillMoves = (axes.panTilt && moving?.panTilt) || (axes.zoom && moving?.zoom);
    if (moving && !stillMoves) {
      this.#obeys = true;
      return;
    }
    // a camera that does not say is given the benefit of a zero velocity each time
    await this.#options.inTurn(() => this.#zero(ptz, axes));
    if (!stillMoves) return;
    this.#options.log.warn('the camera moved on after Stop; from now on a zero velocity follows');
    this.#options.quirks.learn('ignoresStop');
  }

  async #status({ profile }: PtzDescription): Promise<PtzStatus> {
    try {
      return await this.#options.call('status', { profile }, STOP_MS);
    } catch (error) {
      if (isWorthAnotherTry(error)) return {};
      throw error;
    }
  }

  async #zero(ptz: PtzDescription, axes: Axes): Promise<void> {
    const { call, quirks } = this.#options;
    const vector = zeroVector(ptz, axes);
    const parts = quirks.known.refusesCombined ? apart(vector) : [vector];
    for (const velocity of parts) {
      if (!velocity.panTilt && !velocity.zoom) continue;
      await call('zeroVelocity', { profile: ptz.profile, velocity }, STOP_MS);
    }
  }
}

function hasVelocity(ptz: PtzDescription, axes: Axes): boolean {
  const { panTilt, zoom } = zeroVector(ptz, axes);
  return panTilt !== undefined || zoom !== undefined;
}

function zeroVector({ continuous }: PtzDescription, axes: Axes): PtzVector {
  const space = (uri: string | undefined) => (uri === undefined ? {} : { space: uri });
  const { panTilt, zoom } = continuous;
  return {
    ...(axes.panTilt && panTilt ? { panTilt: { x: 0, y: 0, ...space(panTilt.space) } } : {}),
    ...(axes.zoom && zoom ? { zoom: { x: 0, ...space(zoom.space) } } : {}),
  };
}
