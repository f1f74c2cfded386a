import type { LiveRequest, RequestAction, RequestState } from '../liveview/model.ts';
import type { ClientMessage, RequestStateMessage } from '../server/protocol.ts';
import type { ClientClock, ClientTimer } from './clock.ts';

export interface RequestOptions {
  readonly action: RequestAction;
  /** Required for a control room. */
  readonly incident?: string;
  readonly camera?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Called at every change, the final one included. */
  readonly onState?: (handle: RequestHandle) => void;
}

/** The gateway asks for a `hold` every 300 ms, and stops a movement that it has not heard of for 600 ms. */
export const HOLD_INTERVAL_MS = 200;

const FINAL: ReadonlySet<RequestState> = new Set(['done', 'declined', 'failed', 'expired']);
/** Actions that last until they are released, and need to be held. */
const MOVEMENTS: ReadonlySet<RequestAction> = new Set(['ptz.move', 'ptz.zoom']);
/** Actions that last without being held: a camera that is taken, and what is switched on. */
const LASTING: ReadonlySet<RequestAction> = new Set(['ptz.take', 'relay.set']);

/** The gateway's word on a request, or the client's own when it never reached the gateway. */
type Told = Pick<RequestStateMessage, 'state' | 'reason' | 'by'> & {
  readonly reasonCode?: string | undefined;
};

/**
 * Something that was asked, and what became of it. A movement is held from the moment it is asked
 * (it may be accepted later) until `release()` or its end; when this process dies, the holding dies
 * with it and the camera stops.
 */
export class RequestHandle {
  readonly id: string;
  readonly options: RequestOptions;
  readonly #send: (message: ClientMessage) => void;
  readonly #clock: ClientClock;
  readonly #forget: () => void;
  #state: RequestState = 'pending';
  #reason: string | undefined;
  #reasonCode: string | undefined;
  #by: string | undefined;
  #request: LiveRequest | undefined;
  #released = false;
  #holdTimer: ClientTimer | undefined;

  /** Made by `LiveViewClient.request`. */
  constructor(
    id: string,
    options: RequestOptions,
    link: { send: (message: ClientMessage) => void; clock: ClientClock; forget: () => void },
  ) {
    this.id = id;
    this.options = options;
    this.#send = link.send;
    this.#clock = link.clock;
    this.#forget = link.forget;
  }

  get state(): RequestState {
    return this.#state;
  }

  /** Why it was declined, failed or expired. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** The stable code of `reason`; undefined for what an operator typed. */
  get reasonCode(): string | undefined {
    return this.#reasonCode;
  }

  /** Who decided. */
  get by(): string | undefined {
    return this.#by;
  }

  /** The request as the gateway keeps it, with the gateway's id; undefined until its first answer. */
  get request(): LiveRequest | undefined {
    return this.#request;
  }

  get final(): boolean {
    return FINAL.has(this.#state);
  }

  get released(): boolean {
    return this.#released;
  }

  /**
   * Ends a movement, also one that waits: the camera stops. Ends what lasts and is `running`: the camera is
   * free, what is on goes off. Nothing happens for other actions, or the second time.
   */
  release(): void {
    const { action } = this.options;
    const lasts = LASTING.has(action) && this.#state === 'running';
    if (this.#released || this.final || !(lasts || MOVEMENTS.has(action))) return;
    this.#released = true;
    this.#holdTimer?.cancel();
    this.#send({ type: 'release', id: this.id });
  }

  /** For `LiveViewClient`, when it closes: what nobody holds any more stops; a light may stay. */
  letGo(): void {
    if (MOVEMENTS.has(this.options.action)) this.release();
  }

  /** For `LiveViewClient`. */
  ask(): void {
    const { action, incident, camera, args } = this.options;
    this.#send({
      type: 'request',
      id: this.id,
      action,
      ...(incident === undefined ? {} : { incident }),
      ...(camera === undefined ? {} : { camera }),
      args: { ...args },
    });
    if (MOVEMENTS.has(action)) this.#scheduleHold();
  }

  /** For `LiveViewClient`. */
  update(message: Told, request?: LiveRequest): void {
    if (this.final) return;
    this.#state = message.state;
    this.#reason = message.reason;
    this.#reasonCode = message.reasonCode;
    this.#by = message.by ?? this.#by;
    this.#request = request ?? this.#request;
    if (this.final) {
      this.#holdTimer?.cancel();
      this.#forget();
    }
    this.options.onState?.(this);
  }

  #scheduleHold(): void {
    this.#holdTimer = this.#clock.setTimer(HOLD_INTERVAL_MS, () => {
      this.#send({ type: 'hold', id: this.id });
      this.#scheduleHold();
    });
  }
}
