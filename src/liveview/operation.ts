import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { notShared } from './asking.ts';
import { type Command, commandOf } from './command.ts';
import { Desk, type DeskCommand, type DeskOptions, type Order, type Result } from './desk.ts';
import type { Reach } from './grants.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, LiveRequest } from './model.ts';
import { refusal } from './policy.ts';
import { because, type Reason } from './reasons.ts';
import { isDecided } from './request-machine.ts';
import { mayStill } from './request-state.ts';
import type { Shares } from './shares.ts';

export interface OperationOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
  controls: DeskOptions['controls'];
  /** It went wrong, or another hand took over. */
  onFailed: (order: Order) => void;
}

/** How a request that is not decided yet can end without anybody deciding. */
type Ending = 'request.done' | 'request.failed' | 'request.expired';

const NO_LONGER_ALLOWED = because('not-allowed-by-policy', 'the configuration no longer allows it');

/**
 * Accepted requests on their way to the desk, and what the desk reports on its way into the ledger.
 * Nothing is begun, and nothing goes on, that the incident and its grants do not cover now.
 */
export class Operation {
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;
  readonly #desk: Desk;
  readonly #onFailed: (order: Order) => void;

  constructor(options: OperationOptions) {
    const { clock, log, controls } = options;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
    this.#onFailed = options.onFailed;
    this.#desk = new Desk({
      clock,
      log,
      controls,
      check: (order) => this.#check(order),
      intent: (order) => this.#intent(order),
      outcome: (order, command, error) => this.#outcome(order, command, error),
      finished: (order, result) => this.#finished(order, result),
    });
  }

  /** @throws LiveViewError `cannot-do` for a camera that nobody can move. */
  checkControl(camera: string): void {
    this.#desk.checkControl(camera);
  }

  /** @throws LiveViewError `control-taken` when somebody moves the camera who need not give way. */
  checkFree(actor: Actor, camera: string): void {
    this.#desk.checkFree(actor, camera);
  }

  /** Why the camera cannot, in words; undefined when it can. */
  lacks(camera: string, command: Command): Promise<string | undefined> {
    return this.#desk.lacks(camera, command);
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
  }

  /** Stop leaves in this tick. @param why a stable code for the journal, of the Stop. */
  end(request: string, why: string, reason?: Reason): Promise<void> {
    return this.#desk.end(request, why, { ok: true, ...reason });
  }

  /** Stops every movement that no grant, open incident or configuration covers now. */
  enforce(reason = because('share-ended')): void {
    for (const order of this.#desk.orders()) {
      if (!this.#isCovered(order)) void this.end(order.request, 'revoked', reason);
    }
  }

  directoryChanged(): void {
    this.#desk.directoryChanged();
    this.enforce(NO_LONGER_ALLOWED);
  }

  /** Stops the movements within an incident that this reaches, whatever the grants say. */
  stopWithin(incident: string, { controlRoom, camera }: Reach, text: string): void {
    for (const order of this.#desk.orders()) {
      if (order.incident !== incident) continue;
      if (controlRoom !== undefined && order.actor.controlRoom !== controlRoom) continue;
      if (camera !== undefined && order.camera !== camera) continue;
      void this.end(order.request, 'revoked', because('share-ended', text));
    }
  }

  /** After a restart: what was under way is over, and a camera that may still be moving is stopped. */
  endLeftOver(request: LiveRequest): void {
    if (request.state !== 'running' && request.state !== 'accepted') return;
    const order = this.#order(request);
    if (request.state === 'running' && order) void this.#desk.stopLeftOver(order);
    this.conclude(request.id, 'request.failed', because('gateway-restarted'));
  }

  /** Resolves when the camera has confirmed that it stands, or shortly after. */
  stopCamera(camera: string): Promise<void> {
    return this.#desk.stopCamera(camera);
  }

  stopAll(): Promise<void> {
    return this.#desk.stopAll();
  }

  /** Ends a request, unless something else has ended it. */
  conclude(id: string, kind: Ending, told: Partial<Reason>): void {
    const request = this.#ledger.state.requests.get(id);
    if (!request || isDecided(request.state)) return;
    const data = { request: id, ...told };
    this.#ledger.conclude(kind, GATEWAY_ACTOR, request.incident ?? undefined, data);
  }

  #check(order: Order): void {
    if (!this.#isCovered(order)) throw notShared();
  }

  #intent(order: Order): void {
    const { request, camera, command, actor } = order;
    const data = { request, camera, command: command.kind, args: command.args };
    this.#ledger.record('desk.intent', actor, order.incident ?? undefined, data);
  }

  #outcome(order: Order, { kind, args }: DeskCommand, error: string | undefined): void {
    const { request, camera, actor, incident } = order;
    const why = kind === 'stop' ? args : {};
    const result = error === undefined ? { ok: true } : { ok: false, error };
    const data = { request, camera, command: kind, ...why, ...result };
    this.#ledger.conclude('desk.outcome', actor, incident ?? undefined, data);
  }

  #finished(order: Order, { ok, ...told }: Result): void {
    if (!ok) this.#onFailed(order);
    this.conclude(order.request, ok ? 'request.done' : 'request.failed', told);
  }

  #isCovered(order: Order): boolean {
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
