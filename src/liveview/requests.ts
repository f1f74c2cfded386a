import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { type Acceptances, askedBy } from './acceptances.ts';
import {
  type AnyAsk,
  type Ask,
  type CheckedAsk,
  checkAsk,
  isSameQuestion,
  notShared,
} from './asking.ts';
import { type Command, commandOf } from './command.ts';
import { isSame } from './hold-rules.ts';
import { knownRequest, undecidedRequest, unknownRequest } from './known-request.ts';
import type { Committed, Happening, Ledger } from './ledger.ts';
import type { Directory, Grant, LiveRequest, RequestState } from './model.ts';
import type { Operation } from './operation.ts';
import { outputAsked } from './outputs.ts';
import { type CheckedPlanAsk, checkPlanAsk, decidePlan, planRefusal } from './plan-asking.ts';
import { planFor } from './plan-state.ts';
import { type Decision, decide, refusal } from './policy.ts';
import { because, type Reason } from './reasons.ts';
import { RequestExpiry } from './request-expiry.ts';
import { isAcceptedNow, isDecided } from './request-machine.ts';
import { RequestRate } from './request-rate.ts';
import type { Shares } from './shares.ts';
import { isPolice } from './sharing.ts';

export interface RequestsOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
  operation: Operation;
  acceptances: Acceptances;
  newId: () => string;
}

export interface RequestFilter {
  state?: RequestState | undefined;
  incident?: string | undefined;
  controlRoom?: string | undefined;
}

/** A control room cannot bury the operator under questions. */
const MAX_PENDING = 20;

/**
 * What control rooms ask for, what the centre decides, and what is then carried out. Requests for images
 * (`view`) are listed here and answered elsewhere (image-requests.ts).
 */
export class Requests {
  readonly #log: Logger;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;
  readonly #operation: Operation;
  readonly #acceptances: Acceptances;
  readonly #newId: () => string;
  readonly #rate: RequestRate;
  readonly #expiry: RequestExpiry;

  constructor(options: RequestsOptions) {
    this.#log = options.log;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
    this.#operation = options.operation;
    this.#acceptances = options.acceptances;
    this.#newId = options.newId;
    this.#rate = new RequestRate(options);
    this.#expiry = new RequestExpiry({
      ...options,
      onExpired: (id) => this.#operation.conclude(id, 'request.expired', because('expired')),
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
    this.#rate.take(actor);
    const { state } = this.#ledger;
    const world = { state, directory: this.#directory, shares: this.#shares };
    if (ask.action === 'plan.show') return this.#askPlan(actor, checkPlanAsk(world, actor, ask));
    const checked = checkAsk(world, actor, ask);
    const command = commandOf(checked.action, checked.args);
    outputAsked(checked);
    if (command) this.#operation.checkControl(checked.camera.id);
    const decision = this.#decide(actor, checked, command);
    if (decision.decided === 'accepted') this.#operation.checkFree(actor, checked, command);
    const request = this.#put(actor, checked, decision);
    if (request.state === 'accepted') void this.#operation.carryOut(request);
    else if (request.state === 'pending') void this.#declineIfLacking(request);
    return this.#current(request);
  }

  async accept(actor: Actor, id: string): Promise<LiveRequest> {
    const request = undecidedRequest(this.#ledger.state, actor, id);
    const command = commandOf(request.action, request.args);
    const passing = command && this.#checkStill(request, actor);
    if (request.action === 'plan.show') this.#checkPlan(request);
    if (request.action === 'relay.set') this.#grantOf(request);
    const moves = command?.kind === 'move';
    const lapsed = moves && !this.#operation.isHeld(id) ? { lapsed: true } : {};
    const data = { request: id, ...lapsed, ...this.#newlyShared(request) };
    const incident = request.incident ?? undefined;
    const accepting = { kind: 'request.accepted', actor, incident, data } as const;
    this.#ledger.recordTogether(passing ? [passing, accepting] : [accepting]);
    if (moves) this.#acceptances.add(request, actor.user);
    if (command?.kind === 'take') this.#acceptances.addWhole(request, actor.user);
    const accepted = this.#current(request);
    if (accepted.state === 'accepted') await this.#operation.carryOut(accepted);
    return this.#current(request);
  }

  decline(actor: Actor, id: string, reason: string): LiveRequest {
    const request = undecidedRequest(this.#ledger.state, actor, id);
    const data = { request: id, reason };
    this.#ledger.record('request.declined', actor, request.incident ?? undefined, data);
    return this.#current(request);
  }

  /** A heartbeat. Late ones, for a movement that has ended, are no fault. */
  hold(actor: Actor, id: string): void {
    const request = knownRequest(this.#ledger.state, id);
    if (!isSame(request, actor)) throw unknownRequest(id);
    if (!isDecided(request.state)) this.#operation.hold(id);
  }

  /** By whoever asked; the centre may stop anybody's movement. */
  async release(actor: Actor, id: string): Promise<void> {
    const request = knownRequest(this.#ledger.state, id);
    if (isPolice(actor) && !isSame(request, actor)) throw unknownRequest(id);
    this.#operation.letGo(id);
    if (isAcceptedNow(request.state)) await this.#operation.release(actor, id);
  }

  /** Nobody will hear the answer, nobody holds the stick: a question is over, a movement stops. */
  abandon(actor: Actor, id: string): void {
    const request = this.#ledger.state.requests.get(id);
    if (!request || !isSame(request, actor)) return;
    this.#operation.letGo(id);
    const gone = because('asker-gone');
    this.#operation.holds.leave(actor, request.camera ?? '', id);
    this.#operation.outputs.leave(id);
    if (request.state === 'running') void this.#operation.end(id, 'asker-gone', gone);
    if (request.state === 'pending') this.#operation.conclude(id, 'request.expired', gone);
  }

  /** What follows from a change for requests and movements; before anybody else is told. */
  react({ incident, requests }: Committed): void {
    for (const request of requests) this.#watch(request);
    if (!incident) return;
    const rooms = new Set(incident.grants.map((grant) => grant.controlRoom));
    this.#acceptances.end(
      (asked) => asked.incident === incident.id && !rooms.has(asked.controlRoom ?? ''),
    );
    this.#operation.enforce();
    this.declineRefused({ incident: incident.id });
  }

  /** Asks about what was accepted anew, and answers what the new configuration answers by itself. */
  directoryChanged(): void {
    this.#acceptances.end(() => true);
    this.declineRefused();
  }

  /** After a restart: questions go on waiting, movements are over. */
  resume(): void {
    for (const request of [...this.#ledger.state.requests.values()]) {
      this.#operation.endLeftOver(request);
      this.#watch(this.#current(request));
    }
    this.#operation.outputs.endLeftOver();
    // Nobody has a camera any more.
    this.#operation.holds.endAll('gateway-restarted');
  }

  stop(): void {
    this.#expiry.stop();
  }

  #askPlan(actor: Actor, checked: CheckedPlanAsk): LiveRequest {
    const by = isPolice(actor) ? {} : { by: actor.user };
    return this.#put(actor, checked, { ...decidePlan(this.#directory, checked, actor), ...by });
  }

  /** In place of what the same asker asked before: the operator decides on its newest form. */
  #put(actor: Actor, checked: AnyAsk, decision: Decision & { by?: string }): LiveRequest {
    const before = this.list({ state: 'pending' }).find((each) =>
      isSameQuestion(each, actor, checked),
    );
    if (decision.decided === 'pending' && !before) this.#checkPending(actor, checked);
    const replaces = before === undefined ? {} : { replaces: before.id };
    return this.#record(actor, checked, { ...decision, ...replaces });
  }

  #decide(
    actor: Actor,
    checked: CheckedAsk,
    command: Command | undefined,
  ): Decision & { by?: string } {
    const decision = decide(checked, actor);
    if (!isPolice(actor)) return { ...decision, by: actor.user };
    if (decision.decided !== 'pending' || !command) return decision;
    const by = this.#acceptances.coveredBy(askedBy(actor, checked), command.kind);
    return by === undefined ? decision : { decided: 'accepted', by };
  }

  #record(
    actor: Actor,
    { incident, action, camera, args }: AnyAsk,
    decision: Decision & { by?: string; replaces?: string },
  ): LiveRequest {
    const id = this.#newId();
    const of = camera === undefined ? {} : { camera: camera.id };
    const data = { request: id, ...of, action, args, ...decision };
    this.#operation.hold(id);
    try {
      this.#ledger.record('request.made', actor, incident?.id, data);
    } catch (error) {
      this.#operation.letGo(id);
      throw error;
    }
    return knownRequest(this.#ledger.state, id);
  }

  /** The operator need not decide on what the camera cannot do. */
  async #declineIfLacking(request: LiveRequest): Promise<void> {
    try {
      const lack = await this.#operation.lacks(request);
      if (lack === undefined || this.#current(request).state !== 'pending') return;
      this.#declineByItself(request, because('cannot-do', lack));
    } catch (error) {
      this.#log.info('what the camera can do is not known yet', { camera: request.camera, error });
    }
  }

  /** Nobody need decide on what a policy refuses by now. */
  declineRefused(which: RequestFilter = {}): void {
    for (const request of this.list({ ...which, state: 'pending' })) {
      if (request.action === 'view') continue;
      const reason = this.#refusalOf(request);
      if (reason) this.#declineByItself(request, reason);
    }
  }

  #refusalOf(request: LiveRequest): Reason | undefined {
    const grant = this.#grantFor(request);
    if (request.action === 'plan.show') {
      return planRefusal(this.#ledger.state, this.#directory, request, grant);
    }
    const camera = this.#directory.cameras.get(request.camera ?? '');
    return camera ? refusal(camera, request, grant) : because('unknown-camera');
  }

  #declineByItself({ id, incident }: LiveRequest, reason: Reason): void {
    const data = { request: id, ...reason };
    this.#ledger.conclude('request.declined', GATEWAY_ACTOR, incident ?? undefined, data);
  }

  /** What is accepted may have the camera, if need be out of other hands. */
  #checkStill(request: LiveRequest, accepting: Actor): Happening | undefined {
    const asker = this.#ledger.state.askers.get(request.id) ?? GATEWAY_ACTOR;
    const { camera = '' } = request;
    this.#operation.checkControl(camera);
    this.#grantOf(request);
    const { holds } = this.#operation;
    const holder = holds.of(camera);
    if (!holder || isSame(holder.actor, asker)) return undefined;
    const passing = holds.passing(accepting, camera);
    if (!passing) holds.check(asker, camera);
    return passing;
  }

  #checkPlan(request: LiveRequest): void {
    this.#grantOf(request);
    planFor(this.#ledger.state, String(request.args['plan']));
  }

  /**
   * Accepting a switch to a camera that is not shared yet shares it: that is what is decided on. Not
   * against the word of its owner.
   */
  #newlyShared(request: LiveRequest): { shares?: string } {
    if (request.action !== 'camera.switch') return {};
    const camera = request.camera ?? '';
    if (this.#grantOf(request).cameras.includes(camera)) return {};
    this.#checkOwner(request);
    return { shares: camera };
  }

  #checkOwner({ camera: id, incident: within }: LiveRequest): void {
    const camera = this.#directory.cameras.get(id ?? '');
    const incident = this.#ledger.state.incidents.get(within ?? '');
    if (camera && incident) this.#shares.checkOwner(camera, incident.type);
  }

  #grantOf(request: LiveRequest): Grant {
    const grant = this.#grantFor(request);
    if (grant) return grant;
    throw notShared();
  }

  #grantFor({ incident, controlRoom }: LiveRequest): Grant | undefined {
    return this.#shares.inForce(this.#ledger.state.incidents.get(incident ?? ''), controlRoom);
  }

  /** Pending requests have a timer; those that are decided are forgotten by timers and heartbeats. */
  #watch(request: LiveRequest): void {
    if (request.action !== 'view') this.#expiry.watch(request);
    if (isDecided(request.state)) this.#operation.letGo(request.id);
  }

  #checkPending({ controlRoom }: Actor, { incident }: AnyAsk): void {
    const waiting = this.list({ state: 'pending', controlRoom, incident: incident?.id });
    if (waiting.length < MAX_PENDING) return;
    throw new LiveViewError('not-allowed', `${MAX_PENDING} requests wait for a decision already`);
  }

  #current(request: LiveRequest): LiveRequest {
    return this.#ledger.state.requests.get(request.id) ?? request;
  }
}
