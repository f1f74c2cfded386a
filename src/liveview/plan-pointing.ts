import type { Clock, Timer } from '../core/clock.ts';
import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { isUnderWay } from './incident-machine.ts';
import { isFollowed, type Pointing, type Sight, sightOf } from './plan-geometry.ts';
import type { Plan } from './plan-model.ts';
import type { State } from './state.ts';

export interface CameraSight extends Sight {
  readonly camera: string;
}

/** Asks a camera where it points; it is not moved by that. Has its own deadline. */
export type ReadPointing = (camera: string) => Promise<Pointing | undefined>;

export interface PlanPointingOptions {
  clock: Clock;
  log: Logger;
  state: State;
  read: ReadPointing;
}

/** How often a camera is asked at most. */
const ASK_MS = 1_000;
/** Cameras that are asked in one go; those that waited longest are first. */
const MAX_AT_ONCE = 8;
/** A camera that has not answered for so long points nobody knows where. */
const KNOWN_MS = 5_000;

/**
 * Where the cameras on plans point. A camera is asked only while somebody follows an incident that has
 * a plan with it on its screen, and while what is drawn of it depends on the answer.
 */
export class PlanPointing {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #state: State;
  readonly #read: ReadPointing;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #known = new Map<string, { readonly pointing: Pointing; readonly atMs: number }>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #asking = new Set<string>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor({ clock, log, state, read }: PlanPointingOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#state = state;
    this.#read = read;
  }

  /** Tells `listener` when what is known for this incident may have changed, until it is called off. */
  watch(incident: string, listener: () => void): () => void {
    const watchers = this.#watchers.get(incident) ?? new Set();
    this.#watchers.set(incident, watchers.add(listener));
    this.#timer ??= this.#clock.setTimer(0, () => this.#tick());
    return () => {
      watchers.delete(listener);
      if (watchers.size === 0) this.#watchers.delete(incident);
    };
  }

  /** The cameras on the plan of which it depends on their pointing, and is known, what they see. */
  sights({ cameras }: Plan): CameraSight[] {
    return cameras.filter(isFollowed).flatMap((placed) => {
      const pointing = this.#pointing(placed.camera);
      const sight = pointing && sightOf(placed, pointing);
      return sight ? [{ camera: placed.camera, ...sight }] : [];
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#stopped || this.#watchers.size === 0) return;
    const nowMs = this.#clock.nowMs();
    const cameras = [...this.#camerasToAsk()]
      .filter((camera) => nowMs - this.#lastAskedMs(camera) >= ASK_MS)
      .sort((a, b) => this.#lastAskedMs(a) - this.#lastAskedMs(b));
    for (const camera of cameras) {
      if (this.#asking.size >= MAX_AT_ONCE) break;
      void this.#ask(camera);
    }
    this.#timer = this.#clock.setTimer(ASK_MS, () => this.#tick());
  }

  async #ask(camera: string): Promise<void> {
    this.#asking.add(camera);
    this.#askedAtMs.set(camera, this.#clock.nowMs());
    try {
      const pointing = await this.#read(camera);
      if (pointing) this.#known.set(camera, { pointing, atMs: this.#clock.nowMs() });
    } catch (error) {
      this.#log.debug(`camera ${camera} did not say where it points: ${describe(error)}`);
    } finally {
      this.#asking.delete(camera);
    }
    this.#tell(camera);
  }

  #tell(camera: string): void {
    for (const [incident, watchers] of [...this.#watchers]) {
      if (!this.#camerasOn(incident).has(camera)) continue;
      for (const watcher of [...watchers]) watcher();
    }
  }

  #camerasToAsk(): Set<string> {
    const all = [...this.#watchers.keys()].flatMap((incident) => [...this.#camerasOn(incident)]);
    return new Set(all.filter((camera) => !this.#asking.has(camera)));
  }

  #camerasOn(id: string): Set<string> {
    const incident = this.#state.incidents.get(id);
    if (!incident || !isUnderWay(incident)) return new Set();
    const plans = incident.screen.tiles.flatMap((tile) =>
      'plan' in tile ? (this.#state.plans.get(tile.plan) ?? []) : [],
    );
    return new Set(
      plans.flatMap(({ cameras }) => cameras.filter(isFollowed).map(({ camera }) => camera)),
    );
  }

  #pointing(camera: string): Pointing | undefined {
    const known = this.#known.get(camera);
    if (!known || this.#clock.nowMs() - known.atMs > KNOWN_MS) return undefined;
    return known.pointing;
  }

  #lastAskedMs(camera: string): number {
    return this.#askedAtMs.get(camera) ?? Number.NEGATIVE_INFINITY;
  }
}
