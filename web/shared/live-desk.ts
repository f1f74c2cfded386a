import type {
  ClientError,
  ClientHandlers,
  ConnectionState,
  ControlView,
  GatewayApi,
  LiveViewClient,
  SessionAction,
  SessionView,
} from '../../src/client/index.ts';
import { Hands } from './hands.ts';
import { createLiveClient } from './live.ts';
import type { Reason } from './reasons.ts';
import { reasonOf } from './reasons.ts';
import type { Desk } from './session.tsx';
import { isLoggedOut } from './session.tsx';
import { Store } from './store.ts';

/** @param why is for the person at the login; absent when they left by themselves. */
export type Leave = (why?: Reason) => void;

/** As the socket says it, for whoever is told by an answer of the API first. */
const SESSION_ENDED: Reason = { code: 'session-ended', message: 'the session has ended' };
/** Between two looks, while a camera has not said what it can do. */
const LOOK_AGAIN_MS = 3_000;

/** What every console does with its session: a live client, and back to the login when it is over. */
export abstract class LiveDesk implements Desk {
  readonly connection = new Store<{ readonly state: ConnectionState }>({ state: 'connecting' });
  /** By camera: how it is at the desk. Of one that is not here the gateway has nothing to tell. */
  readonly atDesk = new Store<{ readonly controls: ReadonlyMap<string, ControlView> }>({
    controls: new Map(),
  });
  readonly hands = new Hands();
  readonly session: SessionView;
  readonly api: GatewayApi;
  readonly #leave: Leave;
  #client: LiveViewClient | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  constructor(session: SessionView, api: GatewayApi, leave: Leave) {
    this.session = session;
    this.api = api;
    this.#leave = leave;
  }

  /** For the gateway's log. */
  protected abstract readonly name: string;
  protected abstract handlers(): Omit<ClientHandlers, 'onState'>;
  /** What has to be known before the first page. */
  protected abstract load(): Promise<void>;

  /** Looks anew at what changes without a word on the socket: what cameras say that they can do. */
  abstract lookAgain(): Promise<void>;
  /** Whether a camera that is shown has not said yet. */
  protected abstract isUnknown(): boolean;

  /** Made by `start`, which every page waits for. */
  get client(): LiveViewClient {
    if (!this.#client) throw new Error('the console has not started');
    return this.#client;
  }

  /** What the gateway would refuse is not offered. */
  may(action: SessionAction): boolean {
    return this.session.may.includes(action);
  }

  async start(): Promise<void> {
    const handlers = this.handlers();
    this.#client = await createLiveClient(this.name, {
      ...handlers,
      onWelcome: (message) => {
        // The gateway tells anew of every camera of which there is something to tell.
        this.atDesk.set({ controls: new Map() });
        handlers.onWelcome?.(message);
      },
      onControl: (message) => {
        const { type: _, camera, why, ...control } = message;
        const { controls } = this.atDesk.state;
        this.atDesk.set({ controls: new Map(controls).set(camera, control) });
        this.hands.changed({
          camera,
          before: controls.get(camera)?.holder,
          now: control.holder,
          // At the centre it is by themselves that what they have is passed on.
          why: why === 'handed-over' && this.session.side === 'centre' ? undefined : why,
        });
        handlers.onControl?.(message);
      },
      onState: (state, error) => this.#connection(state, error),
    });
    try {
      await this.load();
    } catch (error) {
      if (this.leftFor(error)) return;
      throw error;
    }
    if (this.#stopped) return;
    // Why it ends is told to `onState`.
    this.#client.connect().catch(() => undefined);
    this.#looking = setInterval(() => {
      if (this.connection.state.state === 'open' && this.isUnknown()) void this.lookAgain();
    }, LOOK_AGAIN_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#looking);
    this.#client?.close();
  }

  /** True when the error says that the session is over: the page goes back to the login. */
  protected leftFor(error: unknown): boolean {
    if (!isLoggedOut(error)) return false;
    this.#leave(SESSION_ENDED);
    return true;
  }

  /** Closed with an error is for good: the gateway said that this session is over. */
  #connection(state: ConnectionState, error: ClientError | undefined): void {
    this.connection.set({ state });
    if (state === 'waiting') void this.#checkSession();
    if (state === 'closed' && error) this.#leave(reasonOf(error));
  }

  /** A line that broke does not say why: a session that is over is found out by asking. */
  async #checkSession(): Promise<void> {
    await this.api.session().catch((error: unknown) => this.leftFor(error));
  }
}
