import type { Clock, Timer } from '../core/clock.ts';
import { describe, LiveViewError } from '../core/errors.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { Abilities, Command } from './command.ts';
import type { Result } from './desk-result.ts';
import { deskOf } from './desk-state.ts';
import { isUnderWay } from './incident-machine.ts';
import type { Ledger } from './ledger.ts';
import type { CameraInfo, Directory, Incident } from './model.ts';
import type { Order } from './order.ts';

export interface ReturnsOptions {
  clock: Clock;
  ledger: Ledger;
  directory: Directory;
  newId: () => string;
  /** What the camera can do now. */
  abilities: (camera: string) => Promise<Abilities>;
  /** Resolves when no Stop is under way any more. */
  standing: (camera: string) => Promise<void>;
  /** How it went is told to `finished`. */
  carryOut: (order: Order) => Promise<void>;
}

/** How long after each attempt that failed the next one follows; then the operator is told. */
const AGAIN_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000];

/** A camera on its way to its place, or waiting to be sent there again. */
interface Trip {
  attempts: number;
  order: Order | undefined;
  again: Timer | undefined;
}

/**
 * After the incidents in which a camera was moved, it returns to its place: home, or a preset. That is
 * an act of the gateway, with intent and outcome like any other, and gives way to every person. What is
 * still to be done follows from the journal, so that a crash in between forgets nothing.
 */
export class Returns {
  readonly #options: ReturnsOptions;
  readonly #trips = new Map<string, Trip>();
  #stopped = false;

  constructor(options: ReturnsOptions) {
    this.#options = options;
  }

  /** Sends every camera to its place that was moved and is needed no longer. */
  look(): void {
    const { cameras } = this.#options.ledger.state;
    for (const [camera, { movedIn }] of cameras) {
      if (movedIn.length > 0 && !this.#trips.has(camera) && this.#isDue(camera)) {
        this.#begin(camera);
      }
    }
  }

  /** @throws LiveViewError `aborted` when the camera is wanted again. */
  check({ camera }: Order): void {
    if (this.#isDue(camera)) return;
    throw new LiveViewError('aborted', 'somebody needs the camera where it is');
  }

  /** How an order of ours went. */
  finished(order: Order, result: Result): void {
    const trip = this.#trips.get(order.camera);
    if (trip?.order !== order) return;
    const { ok, reasonCode, reason = '' } = result;
    if (ok) this.#end(order.camera, 'returned');
    else if (!this.#isDue(order.camera)) this.#forget(order.camera);
    else if (reasonCode === 'cannot-do') this.#end(order.camera, 'given-up', reason);
    else this.#later(trip, order.camera, reason);
  }

  stop(): void {
    this.#stopped = true;
    for (const camera of [...this.#trips.keys()]) this.#forget(camera);
  }

  #begin(camera: string): void {
    const trip: Trip = { attempts: 0, order: undefined, again: undefined };
    this.#trips.set(camera, trip);
    void this.#attempt(trip, camera);
  }

  async #attempt(trip: Trip, camera: string): Promise<void> {
    trip.attempts += 1;
    try {
      const command = await this.#place(camera);
      await this.#options.standing(camera);
      if (this.#trips.get(camera) !== trip) return;
      if (!command) {
        this.#end(camera, 'stayed');
        return;
      }
      const incident = deskOf(this.#options.ledger.state, camera).movedIn.at(-1) ?? null;
      trip.order = {
        ...{ request: this.#options.newId(), incident, camera },
        ...{ actor: GATEWAY_ACTOR, command },
      };
      await this.#options.carryOut(trip.order);
    } catch (error) {
      if (this.#trips.get(camera) === trip) this.#later(trip, camera, describe(error));
    }
  }

  /** Where it is to point; undefined when it is to stay as it is. */
  async #place(camera: string): Promise<Command | undefined> {
    const wanted = this.#options.directory.cameras.get(camera)?.afterIncident;
    if (wanted === 'stay') return undefined;
    if (wanted === 'home') return HOME;
    const abilities = await this.#options.abilities(camera);
    if (wanted === undefined) return abilities.home ? HOME : undefined;
    const { preset } = wanted;
    const named = abilities.presets.find(({ name, token }) => [name, token].includes(preset));
    return { kind: 'preset', args: { preset: named?.token ?? preset } };
  }

  #later(trip: Trip, camera: string, reason: string): void {
    const delayMs = AGAIN_MS[trip.attempts - 1];
    if (delayMs === undefined) {
      this.#end(camera, 'given-up', reason);
      return;
    }
    trip.again = this.#options.clock.setTimer(delayMs, () => {
      if (this.#isDue(camera)) void this.#attempt(trip, camera);
      else this.#forget(camera);
    });
  }

  #end(camera: string, outcome: 'returned' | 'stayed' | 'given-up', reason?: string): void {
    this.#forget(camera);
    const { ledger } = this.#options;
    const incident = deskOf(ledger.state, camera).movedIn.at(-1);
    const data = { camera, outcome, ...(reason === undefined ? {} : { reason }) };
    ledger.conclude('return.ended', GATEWAY_ACTOR, incident, data);
  }

  #forget(camera: string): void {
    this.#trips.get(camera)?.again?.cancel();
    this.#trips.delete(camera);
  }

  /** Nobody has it, and no incident in which it was moved, or which needs it, is open. */
  #isDue(camera: string): boolean {
    const { ledger, directory } = this.#options;
    const info = directory.cameras.get(camera);
    const { hold, movedIn } = deskOf(ledger.state, camera);
    if (this.#stopped || !info || hold) return false;
    for (const incident of ledger.state.incidents.values()) {
      if (!isUnderWay(incident)) continue;
      if (movedIn.includes(incident.id) || needs(incident, info)) return false;
    }
    return true;
  }
}

const HOME: Command = { kind: 'home', args: {} };

function needs({ cameras, grants, screen }: Incident, { id }: CameraInfo): boolean {
  const shown = screen.tiles.some((tile) => 'camera' in tile && tile.camera === id);
  return shown || cameras.includes(id) || grants.some((grant) => grant.cameras.includes(id));
}
