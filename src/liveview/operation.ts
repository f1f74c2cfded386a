import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { type CheckedAsk, notShared } from './asking.ts';
import { type Command, commandOf } from './command.ts';
import { Desk, type DeskCommand, type DeskOptions } from './desk.ts';
import type { Result } from './desk-result.ts';
import { type Hold, isSame } from './hold-rules.ts';
import { Holds } from './holds.ts';
import type { Committed, Ledger } from './ledger.ts';
import type { Directory, LiveRequest } from './model.ts';
import type { Order } from './order.ts';
import { Outputs, type OutputsOptions } from './outputs.ts';
import { refusal } from './policy.ts';
import { because, type Reason, type ReasonCode } from './reasons.ts';
import { isAcceptedNow, isDecided } from './request-machine.ts';
import { mayStill } from './request-state.ts';
import { Returns } from './returns.ts';
import type { Shares } from './shares.ts';
import { isPolice } from './sharing.ts';

export interface OperationOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
  controls: DeskOptions['controls'];
  switches: OutputsOptions['switches'];
  newReturnId: () => string;
  /** What was accepted before is asked again: `all`, or what was accepted for as long as they had the camera. */
  onLost: (camera: string, actor: Actor, which: 'all' | 'whole') => void;
}

/** How a request that is not decided yet can end without anybody deciding. */
type Ending = 'request.done' | 'request.failed' | 'request.expired';

const NO_LONGER_ALLOWED = because('not-allowed-by-policy', 'the configuration no longer allows it');

/**
 * Accepted requests on their way to the desk, and what the desk reports on its way into the ledger.
 * Nothing is begun, and nothing goes on, that the incident and its grants do not cover now.
 */
export class Operation {
  readonly holds: Holds;
  readonly returns: Returns;
  readonly outputs: Outputs;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;
  readonly #desk: Desk;
  readonly #onLost: OperationOptions['onLost'];

  constructor(options: OperationOptions) {
    const { clock, log, controls } = options;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
    this.#onLost = options.onLost;
    this.#desk = new Desk({
      clock,
      log,
      controls,
      check: (order) => this.#check(order),
      intent: (order) => this.#intent(order),
      outcome: (order, command, error) => this.#outcome(order, command, error),
      finished: (order, result) => this.#finished(order, result),
    });
    this.outputs = new Outputs({
      ...options,
      isCovered: (order) => this.#isCovered(order),
      conclude: (id, kind, told) => this.conclude(id, kind, told),
    });
    this.holds = new Holds({
      ...{ clock, ledger: options.ledger, directory: options.directory },
      isMoving: (camera) => this.#desk.moving(camera) !== undefined,
      onEnding: ({ camera }, why) => void this.#desk.endOn(camera, why, resultOf(why)),
      onLost: ({ camera, actor }, taken) => this.#onLost(camera, actor, taken ? 'all' : 'whole'),
    });
    this.returns = new Returns({
      ...{ clock, ledger: options.ledger, directory: options.directory },
      newId: options.newReturnId,
      abilities: (camera) => this.#desk.abilities(camera),
      standing: (camera) => this.#desk.standing(camera),
      carryOut: (order) => this.#desk.carryOut(order),
    });
  }

  /** @throws LiveViewError `cannot-do` for a camera that nobody can move. */
  checkControl(camera: string): void {
    this.#desk.checkControl(camera);
  }

  /** @throws LiveViewError `control-taken` when what is to be done at once is in other hands. */
  checkFree(actor: Actor, { camera, ...wish }: CheckedAsk, command: Command | undefined): void {
    if (command) this.holds.check(actor, camera.id);
    this.outputs.checkFree(actor, camera.id, wish);
  }

  /** Why the camera cannot, in words; undefined when it can, and for what no camera does. */
  async lacks(request: LiveRequest): Promise<string | undefined> {
    const { camera = '', action, args } = request;
    const command = commandOf(action, args);
    return command ? this.#desk.lacks(camera, command) : this.outputs.lacks(request);
  }

  hold(request: string): void {
    this.#desk.hold(request);
  }

  letGo(request: string): void {
    this.#desk.letGo(request);
  }

  isHeld(request: string): boolean {
    return this.#desk.isHeld(request);
  }

  /** Resolves when the camera has answered; what goes wrong becomes the request's `failed`. */
  async carryOut(request: LiveRequest): Promise<void> {
    const order = this.#order(request);
    if (order) await this.#desk.carryOut(order);
    else await this.outputs.carryOut(request);
  }

  /** Stop leaves in this tick. @param why a stable code for the journal, of the Stop. */
  end(request: string, why: string, reason?: Reason): Promise<void> {
    return this.#desk.end(request, why, { ok: true, ...reason });
  }

  /**
   * The end of a request that runs: of a movement, or of a camera that was taken. The centre may end
   * anybody's movement, and take a camera from a control room; only a supervisor takes it from equals.
   *
   * @throws LiveViewError `control-taken`
   */
  async release(actor: Actor, request: string): Promise<void> {
    const hold = this.holds.all().find((each) => each.request === request);
    if (this.outputs.runs(request)) return this.outputs.release(request);
    if (!hold) return this.end(request, 'released');
    this.holds.check(actor, hold.camera);
    const own = isSame(hold.actor, actor);
    this.holds.end(hold, actor, own ? 'released' : 'control-forced');
  }

  /** Stops every movement, and ends every hold, that no grant, incident or configuration covers now. */
  enforce(reason = because('share-ended')): void {
    for (const order of this.#desk.orders()) {
      if (!this.#isCovered(order)) void this.end(order.request, 'revoked', reason);
    }
    for (const hold of this.holds.all()) {
      const why = this.#endOf(hold);
      if (why) this.holds.end(hold, GATEWAY_ACTOR, why);
    }
    this.outputs.enforce(reason);
  }

  directoryChanged(): void {
    this.#desk.directoryChanged();
    this.enforce(NO_LONGER_ALLOWED);
    this.returns.look();
  }

  /** What was recorded may free a camera, of which then nobody has need where it is. */
  react({ incident, camera }: Committed): void {
    if (camera) this.holds.changed(camera);
    if (incident || (camera?.before.hold && !camera.now.hold)) this.returns.look();
  }

  /** After a restart: what was under way is over, and a camera that may still be moving is stopped. */
  endLeftOver(request: LiveRequest): void {
    if (!isAcceptedNow(request.state)) return;
    const order = this.#order(request);
    if (request.state === 'running' && order?.command.kind === 'move') {
      void this.#desk.stopLeftOver(order);
    }
    this.conclude(request.id, 'request.failed', because('gateway-restarted'));
  }

  /** Resolves when the camera has confirmed that it stands and that what was on is off, or shortly after. */
  async stopCamera(camera: string): Promise<void> {
    await Promise.all([this.outputs.stopCamera(camera), this.#desk.stopCamera(camera)]);
  }

  async stopAll(): Promise<void> {
    this.returns.stop();
    const stopped = [this.#desk.stopAll(), this.outputs.stopAll()];
    this.holds.endAll('gateway-stopping');
    await Promise.all(stopped);
  }

  /** Ends a request, unless something else has ended it. */
  conclude(id: string, kind: Ending, told: Partial<Reason>): void {
    const request = this.#ledger.state.requests.get(id);
    if (!request || isDecided(request.state)) return;
    const data = { request: id, ...told };
    this.#ledger.conclude(kind, GATEWAY_ACTOR, request.incident ?? undefined, data);
  }

  #check(order: Order): void {
    if (isOwn(order)) this.returns.check(order);
    else if (!this.#isCovered(order)) throw notShared();
    this.holds.check(order.actor, order.camera);
  }

  /** With the first intent the camera is in these hands: one write for both. */
  #intent(order: Order): void {
    const { request, camera, command, actor, incident } = order;
    const data = { request, camera, command: command.kind, args: command.args };
    const intent = { kind: 'desk.intent', actor, incident: incident ?? undefined, data } as const;
    const taken = this.holds.taking(order);
    this.#ledger.recordTogether(command.kind === 'take' ? taken : [...taken, intent]);
    if (!isOwn(order)) this.holds.used(camera, { request, incident });
  }

  #outcome(order: Order, { kind, args }: DeskCommand, error: string | undefined): void {
    const { request, camera, actor, incident } = order;
    const why = kind === 'stop' ? args : {};
    const result = error === undefined ? { ok: true } : { ok: false, error };
    const data = { request, camera, command: kind, ...why, ...result };
    this.#ledger.conclude('desk.outcome', actor, incident ?? undefined, data);
  }

  #finished(order: Order, result: Result): void {
    if (isOwn(order)) {
      this.returns.finished(order, result);
      return;
    }
    const { ok, ...told } = result;
    if (!ok) this.#onLost(order.camera, order.actor, 'all');
    this.holds.rested(order);
    this.conclude(order.request, ok ? 'request.done' : 'request.failed', told);
  }

  /** Why whoever has a camera may not have it any longer. */
  #endOf(hold: Hold): ReasonCode | undefined {
    const { camera, actor } = hold;
    if (!this.#directory.cameras.has(camera)) return 'unknown-camera';
    const within = this.#ledger.state.incidents.get(this.holds.usedIn(hold) ?? '');
    if (within?.state === 'closed') return 'incident-closed';
    if (!isPolice(actor)) return undefined;
    const grant = this.#shares.inForce(within, actor.controlRoom);
    const covers = grant?.rights.includes('ptz') && grant.cameras.includes(camera);
    return covers ? undefined : 'share-ended';
  }

  #isCovered(order: Pick<Order, 'request' | 'camera'>): boolean {
    const { requests, incidents } = this.#ledger.state;
    const request = requests.get(order.request);
    const camera = this.#directory.cameras.get(order.camera);
    if (!request || !camera) return false;
    if (request.incident === null) return request.controlRoom === undefined;
    const incident = incidents.get(request.incident);
    if (!incident || !mayStill(incident, request)) return false;
    if (request.controlRoom === undefined) return true;
    const grant = this.#shares.inForce(incident, request.controlRoom);
    if (!grant?.cameras.includes(camera.id)) return false;
    return !refusal(camera, request, grant);
  }

  #order(request: LiveRequest): Order | undefined {
    const { id, incident, camera } = request;
    const command = commandOf(request.action, request.args);
    const actor = this.#ledger.state.askers.get(id);
    if (!command || camera === undefined || !actor) return undefined;
    return { request: id, incident, camera, actor, command };
  }
}

/** What the gateway does of its own accord. */
function isOwn({ actor }: Order): boolean {
  return actor.role === 'gateway';
}

/** What becomes of a movement when the hold by which it was made ends. */
function resultOf(why: ReasonCode): Result {
  return { ok: why !== 'control-forced', ...because(why) };
}
