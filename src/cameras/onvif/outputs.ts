import { codeOf, describe, LiveViewError } from '../../core/errors.ts';
import {
  type CameraOutputs,
  type OutputUse,
  outputFor,
  type RelayOutput,
  type SwitchedOn,
} from '../outputs.ts';
import { CameraError } from './camera-error.ts';
import { isWorthAnotherTry } from './media-calls.ts';
import type { QuirkBook } from './quirks.ts';
import type { RelayBoard, RelayService, RelaySettings } from './relay-calls.ts';
import type { OnvifConnection } from './worker-pool.ts';

export interface OnvifOutputsOptions {
  readonly call: OnvifConnection['call'];
  readonly quirks: QuirkBook;
}

const READ_MS = 10_000;
const SWITCH_MS = 4_000;
/** Named because it must be, where the camera has none of its own: it means nothing while bistable. */
const NO_DELAY_MS = 1_000;

/** An output at one of the services. */
interface Place {
  readonly service: RelayService;
  readonly output: RelayOutput;
}

/** Switches the relay outputs of one camera, by whichever service takes it. */
export class OnvifOutputs implements CameraOutputs {
  readonly #call: OnvifConnection['call'];
  readonly #quirks: QuirkBook;
  #boards: Promise<readonly RelayBoard[]> | undefined;
  /** By service and token: what it was set to. Some cameras switch nothing that was not set up before. */
  readonly #settings = new Map<string, RelaySettings>();
  /** By token as it is configured: how often it was switched off. */
  readonly #offs = new Map<string, number>();

  constructor({ call, quirks }: OnvifOutputsOptions) {
    this.#call = call;
    this.#quirks = quirks;
  }

  async list(refresh = false): Promise<readonly RelayOutput[]> {
    if (refresh) this.#boards = undefined;
    return (await this.#known())[0]?.outputs ?? [];
  }

  async lacks(use: OutputUse): Promise<string | undefined> {
    if ((await this.#absence(use)) === undefined) return undefined;
    this.#boards = undefined;
    return this.#absence(use);
  }

  async names(use: OutputUse): Promise<readonly string[]> {
    return (await this.#places(use)).flatMap((place) => place?.output.token ?? []);
  }

  /** Called off by an Off that comes before it is sent. */
  on(use: OutputUse): Promise<SwitchedOn> {
    const before = this.#offsOf(use);
    return this.#atEither(use, async (place) => {
      const { mode, delayMs, refused } = await this.#settle(place, use);
      if (use.held && mode === 'monostable' && delayMs) throw fallsBack(place.output, delayMs);
      if (this.#offsOf(use) !== before) throw calledOff();
      await this.#set(place, true);
      if (refused) this.#quirks.learn('refusesRelaySettings');
      // Some say that it falls back after no time at all, and mean nothing by it.
      return mode === 'monostable' && delayMs ? { endsAfterMs: delayMs } : {};
    });
  }

  off(use: OutputUse): Promise<void> {
    this.#offs.set(use.token ?? '', this.#offsOf(use) + 1);
    return this.#atEither(use, (place) => this.#set(place, false));
  }

  #offsOf({ token = '' }: OutputUse): number {
    return this.#offs.get(token) ?? 0;
  }

  async #absence(use: OutputUse): Promise<string | undefined> {
    try {
      await this.#places(use);
      return undefined;
    } catch (error) {
      if (codeOf(error) === 'not-supported') return describe(error);
      throw error;
    }
  }

  #set({ service, output: { token } }: Place, on: boolean): Promise<void> {
    return this.#call('setRelayState', { service, token, on }, SWITCH_MS);
  }

  /** By the other service when the first one refuses; that is remembered. */
  async #atEither<T>(use: OutputUse, run: (place: Place) => Promise<T>): Promise<T> {
    const [first, second] = await this.#places(use);
    try {
      return await run(first);
    } catch (error) {
      if (!second || !isWorthAnotherTry(error)) throw error;
      const result = await run(second).catch(() => {
        throw error;
      });
      if (first.service === 'deviceIO') this.#quirks.learn('relaysByDevice');
      return result;
    }
  }

  /** The output at each service. One that goes by another name there is at the same place in the list. */
  async #places({ token }: OutputUse): Promise<[Place, Place?]> {
    const boards = await this.#known();
    const named = boards.find(({ outputs }) => outputFor(outputs, token));
    const wanted = named && outputFor(named.outputs, token);
    if (!named || !wanted) throw absent(token, boards[0]?.outputs ?? []);
    const at = named.outputs.indexOf(wanted);
    const [first, second] = boards.flatMap(({ service, outputs }) => {
      const output = outputFor(outputs, wanted.token) ?? outputs[at];
      return output ? [{ service, output }] : [];
    });
    if (!first) throw absent(token, []);
    return second ? [first, second] : [first];
  }

  /**
   * The settings that hold from now on. They are set once in any case, for cameras that switch nothing
   * before, and whenever others are wanted. A camera that does not let itself be set stays as it is.
   */
  async #settle(
    { service, output }: Place,
    { endsAfterMs, idle }: OutputUse,
  ): Promise<Pick<RelayOutput, 'mode' | 'delayMs'> & { refused?: boolean }> {
    const { token } = output;
    const key = `${service} ${token}`;
    const before = this.#settings.get(key) ?? output;
    let refused = false;
    if (this.#quirks.known.refusesRelaySettings) return output;
    for (const wanted of wishes(endsAfterMs, idle, before)) {
      if (same(this.#settings.get(key), wanted)) return wanted;
      try {
        await this.#call('setRelaySettings', { service, token, settings: wanted }, SWITCH_MS);
        this.#settings.set(key, wanted);
        return wanted;
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
        refused ||= codeOf(error) === 'not-supported';
      }
    }
    return { ...before, refused };
  }

  async #known(): Promise<readonly RelayBoard[]> {
    if (!this.#boards) {
      const asked = this.#call('relayBoards', {}, READ_MS);
      this.#boards = asked;
      asked.catch(() => {
        if (this.#boards === asked) this.#boards = undefined;
      });
    }
    const boards = await this.#boards;
    if (!this.#quirks.known.relaysByDevice) return boards;
    return [...boards].sort((a, b) => a.service.localeCompare(b.service));
  }
}

/** Best first: one that ends by itself needs nobody to end it. */
function wishes(
  endsAfterMs: number | undefined,
  idle: RelaySettings['idle'] | undefined,
  now: Pick<RelayOutput, 'delayMs' | 'idle'>,
): RelaySettings[] {
  const rest = { idle: idle ?? now.idle ?? 'open' };
  const held = { mode: 'bistable' as const, delayMs: now.delayMs || NO_DELAY_MS, ...rest };
  if (endsAfterMs === undefined) return [held];
  return [{ mode: 'monostable' as const, delayMs: endsAfterMs, ...rest }, held];
}

function same(a: RelaySettings | undefined, b: RelaySettings): boolean {
  return a !== undefined && a.mode === b.mode && a.delayMs === b.delayMs && a.idle === b.idle;
}

function calledOff(): LiveViewError {
  return new LiveViewError('aborted', 'it was switched off before it was switched on');
}

/** A gate would close on somebody, and nobody would know. */
function fallsBack({ token }: RelayOutput, delayMs: number): CameraError {
  const does = `lets its relay output ${token} go after ${delayMs / 1_000} s by itself`;
  const mend = 'set it to bistable in the camera to hold it';
  return new CameraError(
    'not-supported',
    `the camera ${does}, and does not let us change that; ${mend}`,
  );
}

function absent(token: string | undefined, outputs: readonly RelayOutput[]): CameraError {
  const all = outputs.map((each) => each.token).join(', ');
  if (outputs.length === 0) {
    return new CameraError('not-supported', 'the camera has no relay outputs');
  }
  return new CameraError(
    'not-supported',
    token === undefined
      ? `the camera has several relay outputs (${all}); name the one that is meant`
      : `the camera has no relay output ${token}; it has ${all}`,
  );
}
