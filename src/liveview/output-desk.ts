import type { CameraOutputs, OutputUse } from '../cameras/outputs.ts';
import { type Clock, sleep, type Timer } from '../core/clock.ts';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { CAMERA_CHANGED, gatewayStopping, type Result, STOPPING } from './desk-result.ts';
import { becauseOf } from './failure.ts';
import type { OutputInfo } from './model.ts';
import { isLeftOpen, keyOf, lasts, type OutputOrder } from './output-order.ts';
import { WaitingOrders } from './output-waiting.ts';
import { because } from './reasons.ts';
import { STOP_CAMERA_MS, Stops } from './stops.ts';
import { Unanswered } from './unanswered.ts';

/** How a switching went, for the journal. */
export interface Switching {
  readonly on: boolean;
  /** For all that is known it is on now. */
  readonly stays: boolean;
  /** It was switched on anew before this was known. */
  readonly overtaken?: true;
  /** Of switching off: what it was for. */
  readonly why?: string;
  readonly error?: string | undefined;
  readonly tookMs?: number;
}

export interface OutputDeskOptions {
  clock: Clock;
  log: Logger;
  outputs: (camera: string) => CameraOutputs | undefined;
  /** @throws LiveViewError when the order may not be carried out (any more). */
  check: (order: OutputOrder) => void;
  /** For all that is known it is on now. */
  isOn: (order: OutputOrder) => boolean;
  /** The output as it is configured now. */
  now: (order: OutputOrder) => OutputInfo | undefined;
  /** Journals what is about to be switched. Throws when it cannot. */
  intent: (order: OutputOrder) => void;
  /** Journals how it went; does not throw. */
  outcome: (order: OutputOrder, switching: Switching) => void;
  /** The request is over. Does not throw; may be told of requests that ended before. */
  finished: (order: OutputOrder, result: Result) => void;
}

/** Why what is on since before a restart is switched off. */
export const LEFT_OVER = 'gateway-restarted';
const NO_OUTPUTS = 'nothing can be switched at this camera';
const GATE_NOW = 'it is configured as a gate by now, which people close';
const SWITCHED_OFF: Result = { ok: true, ...because('switched-off') };
const TIME_OVER: Result = { ok: true, ...because('time-over') };
const REPLACED: Result = { ok: true, ...because('replaced') };
const NOT_CONFIRMED: Result = { ok: false, ...because('output-not-confirmed') };

/** With these the camera said no, and nothing was switched. */
const REFUSALS = ['not-supported', 'camera-fault', 'camera-refused-credentials'];

/** What is being switched off, and what had switched it on last when that began. */
interface Off {
  readonly order: OutputOrder;
  readonly newest: OutputOrder | undefined;
}

/** Something that is on, and that we are to switch off. */
interface Active {
  readonly order: OutputOrder;
  readonly control: CameraOutputs;
  timer: Timer | undefined;
}

/**
 * The only holder of what hangs on the cameras' relay outputs. Intent is journalled before something is
 * switched on, and outcome after; without intent nothing is. What is on is switched off in the same tick
 * as the cause of its end, again and again until the camera confirms it, and journalled afterwards. A
 * gate that is held open is the exception: it closes when a person closes it, and never by itself.
 */
export class OutputDesk {
  readonly #options: OutputDeskOptions;
  readonly #waiting: WaitingOrders;
  readonly #active = new Map<string, Active>();
  /** By output: what was to switch it on last. */
  readonly #newest = new Map<string, OutputOrder>();
  /** By output: what is to switch it on. */
  readonly #inFlight = new Unanswered();
  /** By output: what is to close it, of gates that are held. */
  readonly #closing = new Unanswered();
  readonly #stops: Stops<Off>;
  /** By camera: what is to switch something off. */
  readonly #offs = new Unanswered();
  #stopped = false;

  constructor(options: OutputDeskOptions) {
    this.#options = options;
    const { clock, log, outcome, finished } = options;
    this.#waiting = new WaitingOrders(finished);
    this.#stops = new Stops({
      ...{ clock, log },
      controls: (_output, { order }) => {
        const control = this.#isGateNow(order) ? undefined : options.outputs(order.camera);
        return control && this.#offBy(control, order);
      },
      outcome: ({ order, newest }, why, error) => {
        const isOvertaken = this.#newest.get(keyOf(order)) !== newest;
        const more = isOvertaken ? { overtaken: true as const } : {};
        outcome(order, { on: false, stays: error !== undefined, why, error, ...more });
      },
    });
  }

  /** What waits or is on, and ends when its order is covered no longer. */
  orders(): OutputOrder[] {
    const active = [...this.#active.values()].map(({ order }) => order);
    return [...this.#waiting.all(), ...active];
  }

  /** Why it cannot be switched, in words; undefined when it can. @throws those of `CameraOutputs` */
  async lacks(camera: string, output: OutputInfo): Promise<string | undefined> {
    const control = this.#options.outputs(camera);
    return control ? control.lacks(useOf(output)) : NO_OUTPUTS;
  }

  /**
   * Does it, unless it ends or a newer order for the same output comes while the camera is asked whether
   * it can; resolves when the camera has answered. What goes wrong is told to `finished`, never thrown.
   */
  async carryOut(order: OutputOrder): Promise<void> {
    this.#waiting.makeWay(order);
    try {
      const asks = order.on || isLeftOpen(order.output);
      if (asks && !(await this.#waiting.wait(order, this.#ready(order)))) return;
      if (this.#stopped) throw gatewayStopping();
      this.#options.check(order);
      if (order.on) await this.#switchOn(order);
      else await this.#switchOff(order);
    } catch (error) {
      this.#options.finished(order, { ok: false, ...becauseOf(error) });
    }
  }

  /** Switches off in this tick what this order switched on, or would have, unless something else has ended it. */
  async end(order: OutputOrder, why: string, result: Result): Promise<void> {
    this.#waiting.end(order, result);
    const active = this.#active.get(keyOf(order));
    if (active?.order === order) await this.#end(active, why, result);
  }

  /** Switches off what is on at this camera. Resolves when that is confirmed, or after `STOP_CAMERA_MS`. */
  async stopCamera(camera: string): Promise<void> {
    for (const order of this.orders()) {
      if (order.camera === camera) void this.end(order, 'camera-changed', CAMERA_CHANGED);
    }
    const off = this.#offs.of(camera);
    if (off) await Promise.race([off, sleep(this.#options.clock, STOP_CAMERA_MS)]);
  }

  /** What may be on since before a restart. @throws LiveViewError `cannot-do` when nothing can be sent */
  async endLeftOver(order: OutputOrder): Promise<void> {
    await this.#stop({ order, control: this.#controlOf(order) }, LEFT_OVER);
  }

  /** Nothing is switched on afterwards. */
  async stopAll(): Promise<void> {
    this.#stopped = true;
    const left = this.#stops.exit();
    const all = [...this.#active.values()];
    await Promise.all(all.map((active) => this.#end(active, 'gateway-stopping', STOPPING)));
    await left;
  }

  /** What opens a gate and what closes it must not overtake each other: the camera would end with the wrong one. */
  async #ready({ camera, output, on }: OutputOrder): Promise<void> {
    const lack = await this.lacks(camera, output);
    if (lack !== undefined) throw new LiveViewError('cannot-do', lack);
    const before = on ? this.#closing : this.#inFlight;
    await before.of(keyOf({ camera, output }));
  }

  async #switchOn(order: OutputOrder): Promise<void> {
    const control = this.#controlOf(order);
    const wasOn = this.#options.isOn(order);
    this.#options.intent(order);
    const before = this.#active.get(keyOf(order));
    before?.timer?.cancel();
    const active: Active = { order, control, timer: undefined };
    this.#active.set(keyOf(order), active);
    this.#newest.set(keyOf(order), order);
    this.#stops.supersede(keyOf(order));
    if (before) this.#options.finished(before.order, REPLACED);
    const { clock, outcome } = this.#options;
    const sentMs = clock.nowMs();
    try {
      const asked = control.on(useOf(order.output));
      const { endsAfterMs } = await this.#inFlight.add(keyOf(order), asked);
      outcome(order, { on: true, stays: true, tookMs: clock.nowMs() - sentMs });
      if (this.#active.get(keyOf(order)) === active) this.#follow(active, endsAfterMs);
    } catch (error) {
      const stays = wasOn || !isLeftOpen(order.output) || !REFUSALS.includes(codeOf(error));
      outcome(order, { on: true, stays, error: describe(error) });
      if (isLeftOpen(order.output)) this.#forget(active);
      else void this.#end(active, 'fault', { ok: false, ...becauseOf(error) });
      this.#options.finished(order, { ok: false, ...becauseOf(error) });
    }
  }

  /**
   * Until when it is on: a pulse is over as a request when it has begun. What the camera ends by itself
   * is switched off all the same: it may not do as it says, and of what fell back Off changes nothing.
   */
  #follow(active: Active, endsAfterMs: number | undefined): void {
    const { order } = active;
    const { clock, finished } = this.#options;
    if (!lasts(order.output)) finished(order, { ok: true });
    if (isLeftOpen(order.output)) {
      this.#forget(active);
      return;
    }
    const limits = [endsAfterMs, order.output.pulseMs ?? order.output.maxMs];
    const afterMs = Math.min(...limits.filter((ms) => ms !== undefined));
    if (!Number.isFinite(afterMs)) return;
    active.timer = clock.setTimer(afterMs, () => void this.#end(active, 'time-over', TIME_OVER));
  }

  async #switchOff(order: OutputOrder): Promise<void> {
    const active = this.#active.get(keyOf(order));
    const control = this.#controlOf(order);
    if (isLeftOpen(order.output)) {
      await this.#close(order, control);
      return;
    }
    if (active) this.#forget(active);
    // By the contact that is on: it may be configured otherwise by now.
    const off = active ? { ...order, output: active.order.output } : order;
    const stopped = await this.#stop({ order: off, control }, 'switched-off');
    if (active) this.#options.finished(active.order, SWITCHED_OFF);
    this.#options.finished(order, stopped instanceof Error ? NOT_CONFIRMED : { ok: true });
  }

  /** A gate that closes is a movement: not without its entry in the journal, and not again and again. */
  async #close(order: OutputOrder, control: CameraOutputs): Promise<void> {
    const { clock, intent, outcome, finished } = this.#options;
    intent(order);
    const sentMs = clock.nowMs();
    const before = this.#newest.get(keyOf(order));
    try {
      await this.#closing.add(keyOf(order), control.off(useOf(order.output)));
    } catch (error) {
      outcome(order, { on: false, stays: true, error: describe(error) });
      throw error;
    }
    const stays = this.#newest.get(keyOf(order)) !== before;
    outcome(order, { on: false, stays, tookMs: clock.nowMs() - sentMs });
    finished(order, { ok: true });
  }

  /** A gate that is opening goes on; its request ends with the camera's answer. */
  async #end(active: Active, why: string, result: Result): Promise<void> {
    if (isLeftOpen(active.order.output) || !this.#forget(active)) return;
    const stopped = await this.#stop(active, why);
    this.#options.finished(active.order, stopped instanceof Error ? NOT_CONFIRMED : result);
  }

  /** False when it was ended before. */
  #forget(active: Active): boolean {
    const key = keyOf(active.order);
    if (this.#active.get(key) !== active) return false;
    active.timer?.cancel();
    return this.#active.delete(key);
  }

  #stop({ order, control }: Pick<Active, 'order' | 'control'>, why: string) {
    const key = keyOf(order);
    const stopped = this.#stops.stop({
      ...{ camera: key, of: { order, newest: this.#newest.get(key) }, why, velocity: {} },
      control: this.#offBy(control, order),
      inFlight: this.#inFlight.of(key),
    });
    return this.#offs.add(order.camera, stopped);
  }

  /** The contact that was switched on, whatever it is called by now; not of what only people close by now. */
  #offBy(control: CameraOutputs, order: OutputOrder) {
    const stop = async () => {
      if (this.#isGateNow(order)) throw new LiveViewError('cannot-do', GATE_NOW);
      await control.off(useOf(order.output));
    };
    return { stop };
  }

  #isGateNow(order: OutputOrder): boolean {
    const now = this.#options.now(order);
    return now !== undefined && isLeftOpen(now);
  }

  #controlOf({ camera }: OutputOrder): CameraOutputs {
    const control = this.#options.outputs(camera);
    if (control) return control;
    throw new LiveViewError('cannot-do', NO_OUTPUTS);
  }
}

function useOf(output: OutputInfo): OutputUse {
  const { token, idle, pulseMs, maxMs } = output;
  const endsAfterMs = pulseMs ?? maxMs;
  return {
    ...(token === undefined ? {} : { token }),
    ...(endsAfterMs === undefined ? {} : { endsAfterMs }),
    ...(idle === undefined ? {} : { idle }),
    ...(isLeftOpen(output) ? { held: true } : {}),
  };
}
