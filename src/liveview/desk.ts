import type { CameraControl } from '../cameras/control.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { KnownAbilities } from './abilities.ts';
import { type Abilities, type AxisValues, CANNOT_BE_MOVED, type Command } from './command.ts';
import {
  CAMERA_CHANGED,
  FOLLOWED,
  gatewayStopping,
  HOLD_LOST,
  NOT_CONFIRMED,
  RELEASED,
  type Result,
  STEERED_ON,
  STOPPING,
} from './desk-result.ts';
import { takenOver } from './desk-state.ts';
import { becauseOf } from './failure.ts';
import { isSame } from './hold-rules.ts';
import { HOLD_TIMEOUT_MS, Movement } from './movement.ts';
import type { Order } from './order.ts';
import { STOP_CAMERA_MS, Stops } from './stops.ts';

export type DeskCommand =
  | Command
  | { readonly kind: 'stop'; readonly args: { readonly why: string } };

export interface DeskOptions {
  clock: Clock;
  log: Logger;
  controls: (camera: string) => CameraControl | undefined;
  /** @throws LiveViewError when the order may not be carried out (any more), or others have the camera. */
  check: (order: Order) => void;
  /** Journals what is about to be done, and in whose hands the camera is. Throws when it cannot. */
  intent: (order: Order) => void;
  /** Journals how it went; does not throw. */
  outcome: (order: Order, command: DeskCommand, error: string | undefined) => void;
  /** The request is over. Does not throw; may be told of requests that ended before. */
  finished: (order: Order, result: Result) => void;
}

interface Active {
  readonly order: Order;
  readonly control: CameraControl;
  readonly movement: Movement;
}

/**
 * The only holder of the cameras' controls. Intent is journalled before a movement and outcome
 * after; without intent, no movement. One movement a camera. Stop needs no leave: it is sent first
 * and journalled afterwards, in the same tick as its cause, and repeated until the camera confirms.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #active = new Map<string, Active>();
  readonly #abilities = new KnownAbilities();
  readonly #stops: Stops<Order>;
  readonly #heldAtMs = new Map<string, number>();
  #stopped = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    const { clock, log, controls } = options;
    const outcome = (order: Order, why: string, error: string | undefined) =>
      options.outcome(order, { kind: 'stop', args: { why } }, error);
    this.#stops = new Stops({ clock, log, controls, outcome });
  }

  /** The order by which the camera is moving now. */
  moving(camera: string): Order | undefined {
    return this.#active.get(camera)?.order;
  }

  /** Every order by which a camera is moving now. */
  orders(): Order[] {
    return [...this.#active.values()].map(({ order }) => order);
  }

  /** @throws LiveViewError `cannot-do` for a camera that has no control at all */
  checkControl(camera: string): void {
    if (this.#options.controls(camera)) return;
    throw new LiveViewError('cannot-do', CANNOT_BE_MOVED);
  }

  /** Why the camera cannot do it, in words; asks the camera unless it said before that it can. */
  async lacks(camera: string, command: Command): Promise<string | undefined> {
    const control = this.#options.controls(camera);
    if (!control) return CANNOT_BE_MOVED;
    return this.#abilities.lack(camera, command, (refresh) => control.capabilities(refresh));
  }

  /** What the camera says now that it can do. @throws LiveViewError `cannot-do`, and those of `CameraControl` */
  async abilities(camera: string): Promise<Abilities> {
    const control = this.#options.controls(camera);
    if (!control) throw new LiveViewError('cannot-do', CANNOT_BE_MOVED);
    return this.#abilities.ask(camera, () => control.capabilities(true));
  }

  /** Resolves when no Stop is under way any more. */
  standing(camera: string): Promise<void> {
    return this.#stops.rested(camera);
  }

  /** Other cameras may go by these names now. */
  directoryChanged(): void {
    this.#abilities.forget();
  }

  /** A heartbeat of whoever holds the joystick, also while the request waits for a decision. */
  hold(request: string): void {
    this.#heldAtMs.set(request, this.#options.clock.nowMs());
  }

  letGo(request: string): void {
    this.#heldAtMs.delete(request);
  }

  isHeld(request: string): boolean {
    return this.#options.clock.nowMs() - this.#heldAt(request) < HOLD_TIMEOUT_MS;
  }

  /**
   * Does it; resolves when the camera has answered. What goes wrong is told to `finished`, never
   * thrown. When the camera's abilities are known, the command is sent before this returns.
   */
  async carryOut(order: Order): Promise<void> {
    try {
      const { camera, command } = order;
      if (this.#abilities.cover(camera, command)) return await this.#begin(order);
      const lack = await this.lacks(camera, command);
      if (lack !== undefined) throw new LiveViewError('cannot-do', lack);
      await this.#begin(order);
    } catch (error) {
      this.#finish(order, { ok: false, ...becauseOf(error) });
    }
  }

  /** Ends the movement of this request, if it is the one that moves the camera. */
  async end(request: string, why: string, result: Result): Promise<void> {
    const active = [...this.#active.values()].find((each) => each.order.request === request);
    if (active) await this.#end(active, why, result);
  }

  /** The same for whatever moves the camera. */
  async endOn(camera: string, why: string, result: Result): Promise<void> {
    const active = this.#active.get(camera);
    if (active) await this.#end(active, why, result);
  }

  /** Sends Stop to a camera that may be moving since before a restart. */
  async stopLeftOver(order: Order): Promise<void> {
    const { camera, command } = order;
    const control = this.#options.controls(camera);
    if (!control) return;
    const velocity = command.kind === 'move' ? command.args : {};
    await this.#stops.stop({ camera, of: order, why: 'gateway-restarted', velocity, control });
  }

  /** Resolves when the camera has confirmed Stop, or after `STOP_CAMERA_MS`. */
  async stopCamera(camera: string): Promise<void> {
    if (!this.#active.has(camera)) return;
    const ended = this.endOn(camera, 'camera-changed', CAMERA_CHANGED);
    await Promise.race([ended, sleep(this.#options.clock, STOP_CAMERA_MS)]);
  }

  /** Nothing is carried out afterwards. */
  async stopAll(): Promise<void> {
    this.#stopped = true;
    const left = this.#stops.exit();
    const all = [...this.#active.values()];
    await Promise.all(all.map((active) => this.#end(active, 'gateway-stopping', STOPPING)));
    await left;
  }

  async #begin(order: Order): Promise<void> {
    const control = this.#options.controls(order.camera);
    if (!control) throw new LiveViewError('cannot-do', CANNOT_BE_MOVED);
    if (order.command.kind === 'move' && !this.isHeld(order.request)) {
      return this.#finish(order, RELEASED);
    }
    if (this.#stopped) throw gatewayStopping();
    this.#options.check(order);
    const before = this.#active.get(order.camera);
    if (before && carriesOn(before, order)) return this.#steerOn(before, order, control);
    this.#options.intent(order);
    const { command } = order;
    if (command.kind === 'take' && (!before || isSame(before.order.actor, order.actor))) return;
    const stopped = before && this.#makeWay(before, order);
    if (command.kind === 'move') await this.#move(order, control, command.args, stopped);
    else if (command.kind !== 'take') await this.#once(order, command, stopped);
    else await stopped;
  }

  /**
   * Steering on needs no Stop in between: the new velocity, which keeps the axes that it does not
   * name, replaces the old one. It is sent first and written about afterwards, like a Stop.
   */
  async #steerOn(before: Active, order: Order, control: CameraControl): Promise<void> {
    try {
      this.#options.intent(order);
    } catch (error) {
      void this.#end(before, 'not-recorded', { ok: true });
      throw error;
    }
    before.movement.halt();
    const velocity = { ...before.movement.velocity, ...order.command.args };
    const moved = this.#move(order, control, velocity, undefined);
    this.#finish(before.order, STEERED_ON);
    await moved;
  }

  /** Any other movement ends first. */
  #makeWay(before: Active, order: Order): Promise<void> {
    if (isSame(before.order.actor, order.actor)) {
      return this.#end(before, 'replaced', FOLLOWED);
    }
    this.#finish(before.order, { ok: false, ...takenOver(order.actor) });
    return this.#end(before, 'taken-over', { ok: false });
  }

  async #move(
    order: Order,
    control: CameraControl,
    velocity: AxisValues,
    stopped: Promise<void> | undefined,
  ): Promise<void> {
    const movement = new Movement({
      clock: this.#options.clock,
      send: (args, expiresMs) => control.move(args, expiresMs),
      velocity,
      heldAtMs: () => this.#heldAt(order.request),
      onLost: () => void this.#end(active, 'hold-lost', HOLD_LOST),
      onFault: (error) => this.#fail(active, error),
    });
    const active: Active = { order, control, movement };
    this.#active.set(order.camera, active);
    this.#stops.supersede(order.camera);
    try {
      if (stopped) await stopped;
      movement.name(this.#stops.atRest(order.camera));
      await movement.run();
      this.#options.outcome(order, order.command, undefined);
    } catch (error) {
      this.#options.outcome(order, order.command, describe(error));
      this.#fail(active, error);
    }
  }

  /** The camera may be moving all the same: Stop is tried, but the asker need not wait for it. */
  #fail(active: Active, error: unknown): void {
    if (this.#active.get(active.order.camera) !== active) return;
    const result = { ok: false, ...becauseOf(error) };
    this.#finish(active.order, result);
    void this.#end(active, 'fault', result);
  }

  async #once(order: Order, command: Single, stopped: Promise<void> | undefined): Promise<void> {
    try {
      if (stopped) await stopped.then(() => this.#checkStill(order));
      const control = this.#options.controls(order.camera);
      if (!control) throw new LiveViewError('cannot-do', CANNOT_BE_MOVED);
      await send(control, command);
    } catch (error) {
      this.#options.outcome(order, command, describe(error));
      throw error;
    }
    this.#options.outcome(order, command, undefined);
    this.#finish(order, { ok: true });
  }

  /** While it waited for the camera to stand, everything may have changed. */
  #checkStill(order: Order): void {
    if (this.#stopped) throw gatewayStopping();
    this.#options.check(order);
    if (!this.#active.has(order.camera)) return;
    throw new LiveViewError('control-taken', 'another movement followed');
  }

  /** Harmless for a movement that has ended. */
  async #end(active: Active, why: string, result: Result): Promise<void> {
    const { order, control, movement } = active;
    const { camera } = order;
    if (this.#active.get(camera) !== active) return;
    const { inFlight, velocity } = movement;
    movement.halt();
    this.#active.delete(camera);
    const ending = { camera, of: order, why, velocity, inFlight, control };
    const stopped = await this.#stops.stop(ending);
    this.#finish(order, stopped instanceof Error ? NOT_CONFIRMED : result);
  }

  #finish(order: Order, result: Result): void {
    this.#heldAtMs.delete(order.request);
    this.#options.finished(order, result);
  }

  #heldAt(request: string): number {
    return this.#heldAtMs.get(request) ?? Number.NEGATIVE_INFINITY;
  }
}

/** A command that the camera brings to an end by itself. */
type Single = Exclude<Command, { kind: 'move' | 'take' }>;

/** Whether the order is the same hand moving on. */
function carriesOn(before: Active, order: Order): boolean {
  return order.command.kind === 'move' && isSame(before.order.actor, order.actor);
}

function send(control: CameraControl, command: Single): Promise<void> {
  switch (command.kind) {
    case 'goto':
      return control.goTo(command.args);
    case 'preset':
      return control.goToPreset(command.args.preset);
    case 'home':
      return control.goHome();
  }
}
