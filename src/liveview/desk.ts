import type { CameraControl, ControlCapabilities } from '../cameras/control.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { AbortedError, describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Actor } from '../journal/record.ts';
import { type AxisValues, type Command, lacking } from './command.ts';
import { HOLD_TIMEOUT_MS, Movement } from './movement.ts';
import { isPolice } from './sharing.ts';
import { stopUntilConfirmed } from './stopping.ts';

/** Something to be done to a camera, on somebody's behalf. */
export interface Order {
  readonly request: string;
  readonly incident: string | null;
  readonly camera: string;
  readonly actor: Actor;
  readonly command: Command;
}

export type DeskCommand =
  | Command
  | { readonly kind: 'stop'; readonly args: { readonly why: string } };

export interface DeskOptions {
  clock: Clock;
  log: Logger;
  controls: (camera: string) => CameraControl | undefined;
  /** Journals what is about to be done. Throws when it may not be done or cannot be journalled. */
  intent: (order: Order) => void;
  /** Journals how it went; does not throw. */
  outcome: (order: Order, command: DeskCommand, error: string | undefined) => void;
  /** The request is over. Does not throw; may be told of requests that ended before. */
  finished: (order: Order, result: Result) => void;
}

export interface Result {
  readonly ok: boolean;
  readonly reason?: string;
}

/** How often Stop is tried before the operator is told that the camera may still be moving. */
const STOP_ATTEMPTS = 8;
const STOP_ATTEMPTS_AT_EXIT = 2;
/** How long a change of the configuration waits for a camera to come to rest. */
const STOP_CAMERA_MS = 2_000;

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
  readonly #abilities = new Map<string, ControlCapabilities>();
  readonly #heldAtMs = new Map<string, number>();
  #stopped = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** The order by which the camera is moving now. */
  moving(camera: string): Order | undefined {
    return this.#active.get(camera)?.order;
  }

  /** Every order by which a camera is moving now. */
  orders(): Order[] {
    return [...this.#active.values()].map(({ order }) => order);
  }

  /**
   * One hand a camera: the centre takes over from a control room; otherwise first come, first served.
   *
   * @throws LiveViewError `control-taken`
   */
  checkFree(actor: Actor, camera: string): void {
    const other = this.moving(camera)?.actor;
    if (!other || isSame(other, actor)) return;
    if (isPolice(other) && !isPolice(actor)) return;
    throw new LiveViewError('control-taken', `${other.user} is moving this camera`);
  }

  /** Why the camera cannot do it, as far as is known without asking it. */
  lacks(camera: string, command: Command): string | undefined {
    if (!this.#options.controls(camera)) return CANNOT_BE_MOVED;
    const abilities = this.#abilities.get(camera);
    // A preset may have been added since: the camera is asked again when it comes to it.
    if (!abilities || command.kind === 'preset') return undefined;
    return lacking(abilities, command);
  }

  /** Asks the camera what it can do; the same as `lacks`, with the answer. */
  async ask(camera: string, command: Command): Promise<string | undefined> {
    const control = this.#options.controls(camera);
    if (!control) return CANNOT_BE_MOVED;
    const known = this.#abilities.get(camera);
    const again = known !== undefined && lacking(known, command) !== undefined;
    const abilities = await control.capabilities(again);
    this.#abilities.set(camera, abilities);
    return lacking(abilities, command);
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
      if (this.#isKnownToBeAble(order)) return await this.#begin(order);
      const lack = await this.ask(order.camera, order.command);
      if (lack !== undefined) throw new LiveViewError('cannot-do', lack);
      await this.#begin(order);
    } catch (error) {
      this.#finish(order, { ok: false, reason: describe(error) });
    }
  }

  /** Ends the movement of this request, if it is the one that moves the camera. */
  async end(request: string, why: string, result: Result): Promise<void> {
    const active = [...this.#active.values()].find((each) => each.order.request === request);
    if (active) await this.#end(active, why, result);
  }

  /** Sends Stop to a camera that may be moving since before a restart. */
  async stopLeftOver(order: Order): Promise<void> {
    const control = this.#options.controls(order.camera);
    if (!control) return;
    await this.#stop(order, control, { why: 'gateway-restarted', attempts: STOP_ATTEMPTS });
  }

  /** Resolves when the camera has confirmed Stop, or after `STOP_CAMERA_MS`. */
  async stopCamera(camera: string): Promise<void> {
    const active = this.#active.get(camera);
    if (!active) return;
    const ended = this.#end(active, 'camera-changed', { ok: true, reason: 'the camera changes' });
    await Promise.race([ended, sleep(this.#options.clock, STOP_CAMERA_MS)]);
  }

  /** Nothing is carried out afterwards. */
  async stopAll(): Promise<void> {
    this.#stopped = true;
    const result = { ok: true, reason: 'the gateway is stopping' };
    const all = [...this.#active.values()];
    await Promise.all(
      all.map((active) => this.#end(active, 'gateway-stopping', result, STOP_ATTEMPTS_AT_EXIT)),
    );
  }

  #isKnownToBeAble(order: Order): boolean {
    const abilities = this.#abilities.get(order.camera);
    return abilities !== undefined && lacking(abilities, order.command) === undefined;
  }

  async #begin(order: Order): Promise<void> {
    const control = this.#options.controls(order.camera);
    if (!control) throw new LiveViewError('cannot-do', CANNOT_BE_MOVED);
    if (order.command.kind === 'move' && !this.isHeld(order.request)) {
      return this.#finish(order, { ok: true, reason: 'the joystick was released' });
    }
    if (this.#stopped) throw new AbortedError('the gateway');
    this.checkFree(order.actor, order.camera);
    const before = this.#active.get(order.camera);
    try {
      this.#options.intent(order);
    } catch (error) {
      if (before && carriesOn(before, order)) void this.#end(before, 'not-recorded', { ok: true });
      throw error;
    }
    const { command } = order;
    const stopped = before && this.#makeWay(before, order);
    if (command.kind !== 'move') return this.#once(order, control, stopped);
    const goesOn = before && carriesOn(before, order) ? before.movement.velocity : {};
    await this.#move(order, control, { ...goesOn, ...command.args }, stopped);
  }

  /**
   * One movement a camera. Steering on needs no Stop in between: the new velocity, which keeps the
   * axes that it does not name, replaces the old one. Any other movement ends first.
   */
  #makeWay(before: Active, order: Order): Promise<void> | undefined {
    if (carriesOn(before, order)) {
      before.movement.halt();
      return undefined;
    }
    if (isSame(before.order.actor, order.actor)) {
      return this.#end(before, 'replaced', { ok: true, reason: 'another movement followed' });
    }
    this.#finish(before.order, { ok: false, reason: `${order.actor.user} took over the camera` });
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
    try {
      if (stopped) await stopped;
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
    const result = { ok: false, reason: describe(error) };
    this.#finish(active.order, result);
    void this.#end(active, 'fault', result);
  }

  async #once(
    order: Order,
    control: CameraControl,
    stopped: Promise<void> | undefined,
  ): Promise<void> {
    const { command } = order;
    if (command.kind === 'move') return;
    try {
      if (stopped) await stopped;
      await send(control, command);
    } catch (error) {
      this.#options.outcome(order, order.command, describe(error));
      throw error;
    }
    this.#options.outcome(order, order.command, undefined);
    this.#finish(order, { ok: true });
  }

  /** Harmless for a movement that has ended. */
  async #end(active: Active, why: string, result: Result, attempts = STOP_ATTEMPTS): Promise<void> {
    const { order, control, movement } = active;
    if (this.#active.get(order.camera) !== active) return;
    const { inFlight } = movement;
    movement.halt();
    this.#active.delete(order.camera);
    const confirmed = await this.#stop(order, control, { why, inFlight, attempts });
    this.#finish(order, confirmed ? result : NOT_CONFIRMED);
  }

  /** Whether the camera confirmed. The first Stop leaves before this returns. */
  async #stop(order: Order, control: CameraControl, how: StopHow): Promise<boolean> {
    const { camera } = order;
    const error = await stopUntilConfirmed({
      clock: this.#options.clock,
      send: () => control.stop(),
      inFlight: how.inFlight,
      superseded: () => this.#active.has(camera),
      attempts: how.attempts,
      onRefusal: (cause) => this.#options.log.warn('Stop was not confirmed', { camera, cause }),
    });
    const command: DeskCommand = { kind: 'stop', args: { why: how.why } };
    this.#options.outcome(order, command, error && describe(error));
    return error === undefined;
  }

  #finish(order: Order, result: Result): void {
    this.#heldAtMs.delete(order.request);
    this.#options.finished(order, result);
  }

  #heldAt(request: string): number {
    return this.#heldAtMs.get(request) ?? Number.NEGATIVE_INFINITY;
  }
}

interface StopHow {
  why: string;
  /** The velocity that the camera had not answered when the movement ended. */
  inFlight?: Promise<void> | undefined;
  attempts: number;
}

const CANNOT_BE_MOVED = 'this camera cannot be moved';
const HOLD_LOST: Result = {
  ok: true,
  reason: 'stopped: nothing was heard from whoever held the joystick',
};
const NOT_CONFIRMED: Result = {
  ok: false,
  reason: 'the camera did not confirm that it stopped; look whether it still moves',
};

/** Whether the order is the same hand moving on. */
function carriesOn(before: Active, order: Order): boolean {
  return order.command.kind === 'move' && isSame(before.order.actor, order.actor);
}

/** The same person of the same control room; a second login of theirs counts as the same. */
export function isSame(a: Pick<Actor, 'user' | 'controlRoom'>, b: typeof a): boolean {
  return a.user === b.user && a.controlRoom === b.controlRoom;
}

function send(control: CameraControl, command: Exclude<Command, { kind: 'move' }>): Promise<void> {
  switch (command.kind) {
    case 'goto':
      return control.goTo(command.args);
    case 'preset':
      return control.goToPreset(command.args.preset);
    case 'home':
      return control.goHome();
  }
}
