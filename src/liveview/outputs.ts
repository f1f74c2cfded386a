import type { Clock } from '../core/clock.ts';
import { describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import type { CheckedAsk } from './asking.ts';
import type { OutputOn } from './camera-desk.ts';
import type { Result } from './desk-result.ts';
import { deskOf } from './desk-state.ts';
import { claim } from './hold-rules.ts';
import type { Ledger } from './ledger.ts';
import type { Directory, LiveRequest, OutputInfo } from './model.ts';
import { LEFT_OVER, OutputDesk, type OutputDeskOptions, type Switching } from './output-desk.ts';
import { isLeftOpen, lasts, type OutputOrder } from './output-order.ts';
import type { Wish } from './policy.ts';
import { because, type Reason } from './reasons.ts';
import { isDecided } from './request-machine.ts';
import { isPolice } from './sharing.ts';

export interface OutputsOptions {
  clock: Clock;
  log: Logger;
  ledger: Ledger;
  directory: Directory;
  switches: OutputDeskOptions['outputs'];
  isCovered: (order: Pick<OutputOrder, 'request' | 'camera'>) => boolean;
  conclude: (
    request: string,
    kind: 'request.done' | 'request.failed',
    told: Partial<Reason>,
  ) => void;
}

/** Whose light, siren or gate is on now, as others may ask. */
export type OutputsOn = Pick<Outputs, 'on'>;

/**
 * Accepted requests to switch something on their way to the output desk, and what it reports on its way
 * into the ledger. Nothing is switched on, and nothing but an open gate stays on, that the incident, its
 * grants and the configuration do not cover now.
 */
export class Outputs {
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #log: Logger;
  readonly #desk: OutputDesk;
  readonly #options: OutputsOptions;

  constructor(options: OutputsOptions) {
    const { clock, log, switches } = options;
    this.#options = options;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#log = log;
    this.#desk = new OutputDesk({
      ...{ clock, log, outputs: switches },
      check: (order) => this.#check(order),
      now: ({ camera, output }) => this.#outputOf(camera, output.id),
      isOn: ({ camera, output }) => this.on(camera).some((each) => each.output === output.id),
      intent: (order) => this.#intent(order),
      outcome: (order, switching) => this.#outcome(order, switching),
      finished: (order, result) => this.#finished(order, result),
    });
  }

  /** What is on at this camera, for all that is known. */
  on(camera: string): readonly OutputOn[] {
    return deskOf(this.#ledger.state, camera).outputs;
  }

  /**
   * A control room does not switch what the centre or another room has on; the centre switches anything.
   *
   * @throws LiveViewError `control-taken`
   */
  checkFree(actor: Actor, camera: string, { args }: Pick<CheckedAsk, 'args'>): void {
    const id = 'output' in args ? args.output : undefined;
    const on = this.on(camera).find(({ output }) => output === id);
    if (!on || !isPolice(actor) || claim(on.actor, actor) !== 'taken') return;
    throw new LiveViewError('control-taken', `${on.actor.user} has this switched on`);
  }

  /** Why the camera cannot, in words; undefined when it can, and for what is no switching. */
  async lacks(request: LiveRequest): Promise<string | undefined> {
    const order = this.#order(request);
    return order && this.#desk.lacks(order.camera, order.output);
  }

  /** Nothing for what is no switching; what goes wrong becomes the request's `failed`. */
  async carryOut(request: LiveRequest): Promise<void> {
    const order = this.#order(request);
    if (order) await this.#desk.carryOut(order);
    else if (request.action === 'relay.set') {
      this.#options.conclude(request.id, 'request.failed', because('unknown-camera'));
    }
  }

  /** Whether it is by this request that something is on, or about to be. */
  runs(request: string): boolean {
    return this.#desk.orders().some((order) => order.request === request);
  }

  /** Switches off, in this tick, what is on by this request; what is not on yet does not come on. */
  async release(request: string): Promise<void> {
    await this.#end((order) => order.request === request, 'released', because('switched-off'));
  }

  /** Whoever asked is gone: light stays for those who still watch, anything else does not. */
  leave(request: string): void {
    const goes = (order: OutputOrder) => order.request === request && order.output.kind !== 'light';
    this.endAll(goes, 'asker-gone', because('asker-gone'));
  }

  /** Switches off whatever is not covered any more. */
  enforce(reason: Reason): void {
    const isOver = (order: OutputOrder) => {
      const configured = this.#outputOf(order.camera, order.output.id);
      // By another contact it is another thing, and this one would stay on.
      const isSameContact = configured?.token === order.output.token;
      return !configured || !isSameContact || !this.#options.isCovered(order);
    };
    this.endAll(isOver, 'revoked', reason);
  }

  endAll(which: (order: OutputOrder) => boolean, why: string, reason: Reason): void {
    void this.#end(which, why, reason);
  }

  /** After a restart: nobody has anything on, but a gate that is held open stays as it is. */
  endLeftOver(): void {
    for (const [camera, { outputs }] of [...this.#ledger.state.cameras]) {
      for (const on of outputs) this.#endLeftOver(camera, on);
    }
  }

  /** Resolves when what was on at this camera is off, or shortly after. */
  stopCamera(camera: string): Promise<void> {
    return this.#desk.stopCamera(camera);
  }

  stopAll(): Promise<void> {
    return this.#desk.stopAll();
  }

  async #end(which: (order: OutputOrder) => boolean, why: string, reason: Reason): Promise<void> {
    const result: Result = { ok: true, ...reason };
    const orders = this.#desk.orders().filter(which);
    await Promise.all(orders.map((order) => this.#desk.end(order, why, result)));
  }

  #endLeftOver(camera: string, left: OutputOn): void {
    const { output: id, request, actor, incident } = left;
    const configured = this.#outputOf(camera, id);
    if (configured && isLeftOpen(configured)) return;
    const output = configured ? byContactOf(left, configured) : asLeft(left);
    const order = { request, incident, camera, actor, output, on: false };
    const isKnown = configured || (left.contact && !left.contact.leftOpen);
    const ended = isKnown ? this.#desk.endLeftOver(order) : Promise.reject(forgotten());
    ended.catch((error: unknown) => {
      this.#log.warn('what was on before the restart may still be', { camera, output: id, error });
      this.#outcome(order, { on: false, stays: true, why: LEFT_OVER, error: describe(error) });
    });
  }

  #check(order: OutputOrder): void {
    const request = this.#ledger.state.requests.get(order.request);
    const isOver = !request || isDecided(request.state);
    if (!isOver && this.#options.isCovered(order)) return;
    throw new LiveViewError('not-shared', 'this is not shared with your control room');
  }

  #intent({ request, camera, output, on, actor, incident }: OutputOrder): void {
    const { id, token } = output;
    const contact = {
      ...(token === undefined ? {} : { token }),
      ...(isLeftOpen(output) ? { leftOpen: true } : {}),
    };
    const more = on ? { contact, ...(lasts(output) ? { lasts: true } : {}) } : {};
    const data = { request, camera, output: id, on, ...more };
    this.#ledger.record('output.intent', actor, incident ?? undefined, data);
  }

  /** What is switched off because its ground is gone is an act of the gateway. */
  #outcome(order: OutputOrder, { error, tookMs, why, ...switching }: Switching): void {
    const { request, camera, output, actor, incident } = order;
    const by = why === undefined || why === 'switched-off' ? actor : GATEWAY_ACTOR;
    const data = {
      ...{ request, camera, output: output.id, ok: error === undefined, ...switching },
      ...(why === undefined ? {} : { why }),
      ...(error === undefined ? {} : { error }),
      ...(tookMs === undefined ? {} : { tookMs: Math.round(tookMs * 10) / 10 }),
    };
    this.#ledger.conclude('output.outcome', by, incident ?? undefined, data);
  }

  #finished({ request }: OutputOrder, { ok, ...told }: Result): void {
    this.#options.conclude(request, ok ? 'request.done' : 'request.failed', told);
  }

  #order({ id: request, incident, camera, action, args }: LiveRequest): OutputOrder | undefined {
    const actor = this.#ledger.state.askers.get(request);
    if (action !== 'relay.set' || camera === undefined || !actor) return undefined;
    const output = this.#outputOf(camera, String(args['output']));
    if (!output) return undefined;
    return { request, incident, camera, actor, output, on: args['on'] === true };
  }

  #outputOf(camera: string, id: string): OutputInfo | undefined {
    return this.#directory.cameras.get(camera)?.outputs?.find((each) => each.id === id);
  }
}

/** The output by the contact that it was switched on by, which may be configured otherwise by now. */
function byContactOf({ contact }: OutputOn, configured: OutputInfo): OutputInfo {
  if (!contact) return configured;
  const { token: _, ...rest } = configured;
  return contact.token === undefined ? rest : { ...rest, token: contact.token };
}

/** What is configured no longer, as far as it takes to switch it off. */
function asLeft({ output: id, contact: { token } = {} }: OutputOn): OutputInfo {
  return {
    ...{ id, kind: 'other', name: { nl: id, en: id }, requests: { on: 'never', off: 'never' } },
    ...(token === undefined ? {} : { token }),
  };
}

/** A gate that somebody may stand in; or which contact it was was not recorded. */
function forgotten(): LiveViewError {
  const how = 'configure it again to switch it off';
  return new LiveViewError('unknown-output', `it is no longer configured; ${how}`);
}

/** What is to be switched; undefined for other actions. @throws LiveViewError `unknown-output` */
export function outputAsked({
  camera,
  action,
  args,
}: Wish & Pick<CheckedAsk, 'camera'>): OutputInfo | undefined {
  if (action !== 'relay.set') return undefined;
  const output = camera.outputs?.find(({ id }) => id === args['output']);
  if (output) return output;
  const name = String(args['output']);
  throw new LiveViewError('unknown-output', `nothing called ${name} hangs on camera ${camera.id}`);
}
