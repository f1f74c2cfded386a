import type { Clock, Timer } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { Acceptances } from './acceptances.ts';
import { type Ask, type CheckedAsk, checkAsk, notShared } from './asking.ts';
import { type Command, commandOf } from './command.ts';
import { Desk, type DeskOptions, isSame, type Order } from './desk.ts';
import type { Committed, Ledger } from './ledger.ts';
import type { Directory, LiveRequest, RequestState } from './model.ts';
import { type Decision, decide } from './policy.ts';
import { isDecided } from './request-machine.ts';
import { grantInForce, isPolice } from './sharing.ts';
import { mayStill } from './state.ts';

export interface RequestsOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  controls: DeskOptions['controls'];
  newId: () => string;
}

export interface RequestFilter {
  state?: RequestState | undefined;
  incident?: string | undefined;
  controlRoom?: string | undefined;
}

/** A control room cannot bury the operator under questions. */
const MAX_PENDING = 20;
const ASKER_GONE = 'whoever asked is no longer connected';

/** What control rooms ask for, what the centre decides, and what the desk is then told to do. */
export class Requests {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #newId: () => string;
  readonly #desk: Desk;
  readonly #acceptances: Acceptances;
  readonly #expiry = new Map<string, Timer>();

  constructor(options: RequestsOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#newId = options.newId;
    this.#acceptances = new Acceptances(options.clock);
    this.#desk = new Desk({
      clock: options.clock,
      log: options.log,
      controls: options.controls,
      intent: (order) => this.#intent(order),
      outcome: ({ request, camera, actor, incident }, { kind: command }, error) => {
        const result = error === undefined ? { ok: true } : { ok: false, error };
        const data = { request, camera, command, ...result };
        this.#ledger.conclude('desk.outcome', actor, incident ?? undefined, data);
      },
      finished: (order, { ok, reason }) => {
        if (!ok) this.#acceptances.end((asked) => isCoveredWith(asked, order));
        this.#conclude(order.request, ok ? 'request.done' : 'request.failed', reason);
      },
    });
  }

  list(filter: RequestFilter = {}): LiveRequest[] {
    return [...this.#ledger.state.requests.values()].filter(
      (request) =>
        (filter.state === undefined || request.state === filter.state) &&
        (filter.incident === undefined || request.incident === filter.incident) &&
        (filter.controlRoom === undefined || request.controlRoom === filter.controlRoom),
    );
  }

  make(actor: Actor, ask: Ask): LiveRequest {
    const checked = checkAsk(this.#world(), actor, ask);
    const asked = {
      incident: ask.incident,
      camera: checked.camera.id,
      user: actor.user,
      ...(actor.controlRoom === undefined ? {} : { controlRoom: actor.controlRoom }),
    };
    const command = commandOf(checked.action, checked.args);
    const lack = command && this.#desk.lacks(asked.camera, command);
    if (lack !== undefined) throw new LiveViewError('cannot-do', lack);
    const by = command?.kind === 'move' ? this.#acceptances.coveredBy(asked) : undefined;
    const decision = this.#decide(checked, actor, by);
    if (decision.decided === 'accepted' && command) this.#checkFree(actor, asked.camera);
    if (decision.decided === 'pending') this.#checkPending(asked);
    const request = this.#record(actor, checked, decision, command);
    if (request.state === 'accepted') void this.#carryOut(request);
    else if (request.state === 'pending' && command) void this.#declineIfLacking(request, command);
    return this.#current(request);
  }

  async accept(actor: Actor, id: string): Promise<LiveRequest> {
    const request = this.#pending(actor, id);
    const command = commandOf(request.action, request.args);
    const lack = command && this.#desk.lacks(request.camera ?? '', command);
    if (lack !== undefined) throw new LiveViewError('cannot-do', lack);
    const asker = this.#askerOf(request);
    if (command) this.#checkFree(asker, request.camera ?? '');
    const lapsed = command?.kind === 'move' && !this.#desk.isHeld(id);
    const incident = request.incident ?? undefined;
    this.#ledger.record('request.accepted', actor, incident, {
      request: id,
      ...(lapsed ? { lapsed } : {}),
      ...this.#newlyShared(request),
    });
    if (command?.kind === 'move') this.#acceptances.add(request, actor.user);
    if (command && !lapsed) await this.#carryOut(request);
    return this.#current(request);
  }

  decline(actor: Actor, id: string, reason: string): LiveRequest {
    const request = this.#pending(actor, id);
    const data = { request: id, reason };
    this.#ledger.record('request.declined', actor, request.incident ?? undefined, data);
    return this.#current(request);
  }

  /** A heartbeat. Late ones, for a movement that has ended, are no fault. */
  hold(actor: Actor, id: string): void {
    const request = this.#own(actor, id);
    if (!isDecided(request.state)) this.#desk.hold(id);
  }

  async release(actor: Actor, id: string): Promise<void> {
    const request = isPolice(actor) ? this.#own(actor, id) : this.#known(id);
    this.#desk.letGo(id);
    if (request.state === 'running') await this.#desk.end(id, 'released', { ok: true });
  }

  /** Nobody will hear the answer, nobody holds the stick: a question is over, a movement stops. */
  abandon(actor: Actor, id: string): void {
    const request = this.#own(actor, id);
    this.#desk.letGo(id);
    if (request.state === 'pending') this.#conclude(id, 'request.expired', ASKER_GONE);
    const result = { ok: true, reason: ASKER_GONE };
    if (request.state === 'running') void this.#desk.end(id, 'asker-gone', result);
  }

  /** What follows from a change for requests and movements; before anybody else is told. */
  react({ incident, requests }: Committed): void {
    for (const request of requests) this.#watch(request);
    if (!incident) return;
    this.#acceptances.end(
      (asked) =>
        asked.incident === incident.id &&
        !incident.grants.some((grant) => grant.controlRoom === asked.controlRoom),
    );
    this.enforce();
  }

  /** Stops every movement that no grant or open incident covers now. */
  enforce(): void {
    for (const order of this.#desk.orders()) {
      if (!this.#isCovered(order)) this.stop(order.request, 'the share has ended');
    }
  }

  stop(request: string, reason: string): void {
    void this.#desk.end(request, 'revoked', { ok: true, reason });
  }

  /** Movements within an incident (of one control room), whatever the grants say. */
  stopWithin(incident: string, controlRoom: string | undefined, reason: string): void {
    for (const order of this.#desk.orders()) {
      if (order.incident !== incident) continue;
      if (controlRoom !== undefined && order.actor.controlRoom !== controlRoom) continue;
      this.stop(order.request, reason);
    }
  }

  /** After a restart: questions go on waiting, movements are over and their cameras are stopped. */
  resume(): void {
    for (const request of [...this.#ledger.state.requests.values()]) {
      if (request.state === 'running') {
        const order = this.#order(request);
        if (order) void this.#desk.stopLeftOver(order);
      }
      if (request.state === 'running' || request.state === 'accepted') {
        this.#conclude(request.id, 'request.failed', 'the gateway was restarted');
      }
      this.#watch(request);
    }
  }

  async stopAll(): Promise<void> {
    for (const timer of this.#expiry.values()) timer.cancel();
    this.#expiry.clear();
    await this.#desk.stopAll();
  }

  #decide(checked: CheckedAsk, actor: Actor, acceptedBy: string | undefined) {
    const decision = decide(checked, actor);
    const covered = decision.decided === 'pending' && acceptedBy !== undefined;
    if (covered) return { decided: 'accepted' as const, by: acceptedBy };
    return isPolice(actor) ? decision : { ...decision, by: actor.user };
  }

  #record(
    actor: Actor,
    { incident, action, camera, args }: CheckedAsk,
    decision: Decision & { by?: string },
    command: Command | undefined,
  ): LiveRequest {
    const id = this.#newId();
    const moving = this.#desk.moving(camera.id);
    const goesOn = command?.kind === 'move' && decision.decided === 'accepted' && moving;
    const continues = goesOn && isSame(moving.actor, actor) ? { continues: moving.request } : {};
    const data = { request: id, camera: camera.id, action, args, ...decision, ...continues };
    this.#desk.hold(id);
    try {
      this.#ledger.record('request.made', actor, incident?.id, data);
    } catch (error) {
      this.#desk.letGo(id);
      throw error;
    }
    return this.#known(id);
  }

  async #carryOut(request: LiveRequest): Promise<void> {
    const order = this.#order(request);
    if (order) await this.#desk.carryOut(order);
  }

  /** The operator need not decide on what the camera cannot do. */
  async #declineIfLacking(request: LiveRequest, command: Command): Promise<void> {
    try {
      const lack = await this.#desk.ask(request.camera ?? '', command);
      if (lack === undefined || this.#current(request).state !== 'pending') return;
      const data = { request: request.id, reason: lack };
      this.#ledger.record('request.declined', GATEWAY_ACTOR, request.incident ?? undefined, data);
    } catch (error) {
      this.#log.info('what the camera can do is not known yet', { camera: request.camera, error });
    }
  }

  #intent(order: Order): void {
    if (!this.#isCovered(order)) throw notShared();
    const { request, camera, command, actor } = order;
    const data = { request, camera, command: command.kind, args: command.args };
    this.#ledger.record('desk.intent', actor, order.incident ?? undefined, data);
  }

  #isCovered(order: Order): boolean {
    const request = this.#ledger.state.requests.get(order.request);
    if (!request) return false;
    if (request.incident === null) return true;
    const incident = this.#ledger.state.incidents.get(request.incident);
    if (!incident || !mayStill(incident, request)) return false;
    if (request.controlRoom === undefined) return true;
    return grantInForce(incident, request.controlRoom, this.#clock.unixUs()) !== undefined;
  }

  #conclude(
    id: string,
    kind: 'request.done' | 'request.failed' | 'request.expired',
    reason: string | undefined,
  ): void {
    const request = this.#ledger.state.requests.get(id);
    if (!request || isDecided(request.state)) return;
    const data = { request: id, ...(reason === undefined ? {} : { reason }) };
    this.#ledger.conclude(kind, GATEWAY_ACTOR, request.incident ?? undefined, data);
  }

  /** Pending requests have a timer; decided ones are forgotten by the timers and the heartbeats. */
  #watch(request: LiveRequest): void {
    if (request.state === 'pending') {
      if (this.#expiry.has(request.id)) return;
      const limitMs = this.#directory.requestSeconds * 1000;
      const ageMs = this.#clock.unixUs() / 1000 - Date.parse(request.createdAt);
      const leftMs = Math.min(limitMs, limitMs - ageMs);
      const expire = () => this.#conclude(request.id, 'request.expired', 'nobody decided in time');
      this.#expiry.set(request.id, this.#clock.setTimer(leftMs, expire));
      return;
    }
    this.#expiry.get(request.id)?.cancel();
    this.#expiry.delete(request.id);
    if (isDecided(request.state)) this.#desk.letGo(request.id);
  }

  /** One hand a camera: the centre takes over from a control room, otherwise first come. */
  #checkFree(actor: Actor, camera: string): void {
    const moving = this.#desk.moving(camera);
    if (!moving || isSame(moving.actor, actor)) return;
    if (isPolice(moving.actor) && !isPolice(actor)) return;
    throw new LiveViewError('control-taken', `${moving.actor.user} is moving this camera`);
  }

  #checkPending({ incident, controlRoom }: Pick<LiveRequest, 'incident' | 'controlRoom'>): void {
    const state = 'pending';
    const waiting = this.list({ state, controlRoom, incident: incident ?? undefined });
    if (waiting.length < MAX_PENDING) return;
    throw new LiveViewError('not-allowed', `${MAX_PENDING} requests wait for a decision already`);
  }

  /** Accepting a switch to a camera that is not shared yet shares it: that is what is decided on. */
  #newlyShared(request: LiveRequest): { shares?: string } {
    if (request.action !== 'camera.switch' || request.incident === null) return {};
    const incident = this.#ledger.state.incidents.get(request.incident);
    const grant = grantInForce(incident, request.controlRoom, this.#clock.unixUs());
    if (!grant) throw notShared();
    const camera = request.camera ?? '';
    return grant.cameras.includes(camera) ? {} : { shares: camera };
  }

  #pending(actor: Actor, id: string): LiveRequest {
    if (isPolice(actor)) throw new LiveViewError('not-allowed', 'the centre decides on requests');
    const request = this.#known(id);
    if (request.state === 'pending') return request;
    throw new LiveViewError('request-decided', `this request is ${request.state} already`);
  }

  #own(actor: Actor, id: string): LiveRequest {
    const request = this.#known(id);
    if (isSame(request, actor)) return request;
    throw unknownRequest(id);
  }

  #known(id: string): LiveRequest {
    const request = this.#ledger.state.requests.get(id);
    if (!request) throw unknownRequest(id);
    return request;
  }

  #current(request: LiveRequest): LiveRequest {
    return this.#ledger.state.requests.get(request.id) ?? request;
  }

  #askerOf(request: LiveRequest): Actor {
    return this.#ledger.state.askers.get(request.id) ?? GATEWAY_ACTOR;
  }

  #order(request: LiveRequest): Order | undefined {
    const command = commandOf(request.action, request.args);
    const { id, incident, camera } = request;
    if (!command || camera === undefined) return undefined;
    return { request: id, incident, camera, actor: this.#askerOf(request), command };
  }

  #world() {
    const nowUnixUs = this.#clock.unixUs();
    return { state: this.#ledger.state, directory: this.#directory, nowUnixUs };
  }
}

function isCoveredWith(
  asked: Pick<LiveRequest, 'camera' | 'user' | 'controlRoom'>,
  order: Order,
): boolean {
  return asked.camera === order.camera && isSame(asked, order.actor);
}

function unknownRequest(request: string): LiveViewError {
  return new LiveViewError('unknown-request', 'there is no such request', { context: { request } });
}
