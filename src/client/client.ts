import type { Screen } from '../liveview/model.ts';
import type { ClientMessage, ServerMessage, WelcomeMessage } from '../server/protocol.ts';
import { DEFAULT_RECONNECT, reconnectDelayMs } from './backoff.ts';
import type { ConnectionState, FollowHandlers, LiveViewClientOptions } from './client-options.ts';
import type { ClientClock, ClientTimer } from './clock.ts';
import { systemClock } from './clock.ts';
import { ClockOffset } from './clock-offset.ts';
import type { ConnectionEnd } from './connection.ts';
import { Connection } from './connection.ts';
import { ClientError } from './errors.ts';
import type { RequestOptions } from './request-handle.ts';
import { RequestHandle } from './request-handle.ts';
import type { SocketConstructor } from './socket.ts';
import type { WatchEvent, WatchHandlers, WatchOptions } from './watching.ts';
import { isOfWatch, Watching } from './watching.ts';

const SUBPROTOCOL = 'liveview.v1';
const CHANNELS = 65_536;
/** A connection that ends sooner than this was no success: the next attempt waits longer still. */
export const STEADY_MS = 5_000;

const FAILED = {
  unconnected: {
    state: 'failed',
    reason: 'no connection to the gateway',
    reasonCode: 'no-connection',
  },
  lost: {
    state: 'failed',
    reason: 'the connection to the gateway was lost',
    reasonCode: 'connection-lost',
  },
} as const;

/** Something to call off. */
export interface Following {
  stop(): void;
}

/**
 * A consumer of the live socket. Keeps one connection, and after a loss comes back by itself: it
 * says hello, watches and follows again what it did before. Two things do not come back: a watch
 * that the gateway `ended`, and a request that was under way (the camera has stopped).
 */
export class LiveViewClient {
  readonly #options: LiveViewClientOptions;
  readonly #clock: ClientClock;
  readonly #offset = new ClockOffset();
  readonly #watches = new Map<number, Watching>();
  readonly #requests = new Map<string, RequestHandle>();
  readonly #follows = new Map<string, Set<FollowHandlers>>();
  #connection: Connection | undefined;
  #welcome: WelcomeMessage | undefined;
  #state: ConnectionState = 'idle';
  #attempt = 0;
  #welcomedAtMs: number | undefined;
  #retry: ClientTimer | undefined;
  #firstWelcome: { resolve(message: WelcomeMessage): void; reject(error: Error): void } | undefined;
  #nextChannel = 0;
  #nextRequest = 0;

  constructor(options: LiveViewClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Who the gateway says we are; undefined while not connected. */
  get welcome(): WelcomeMessage | undefined {
    return this.#welcome;
  }

  /** Round trip to the gateway in ms; undefined until measured. */
  get rttMs(): number | undefined {
    return this.#offset.rttMs;
  }

  /**
   * Connects and stays connected until `close()`. Resolves at the first welcome, however many
   * attempts that takes.
   *
   * @throws ClientError when the gateway refuses the credentials, when `close()` comes first, and,
   * with `reconnect: false`, when the first attempt fails.
   */
  connect(): Promise<WelcomeMessage> {
    if (this.#state !== 'idle') {
      return Promise.reject(new ClientError('already-connected', 'connect() was called before'));
    }
    return new Promise((resolve, reject) => {
      this.#firstWelcome = { resolve, reject };
      this.#open();
    });
  }

  /** Ends everything. A movement that is held stops; no handler of a watch is called afterwards. */
  close(): void {
    if (this.#state === 'closed') return;
    for (const handle of this.#requests.values()) handle.letGo();
    this.#watches.clear();
    this.#retry?.cancel();
    const connection = this.#connection;
    this.#shut(undefined);
    connection?.close();
  }

  /** Watches a camera from now on, or from the next connection on. */
  watch(options: WatchOptions, handlers: WatchHandlers): Watching {
    const channel = this.#freeChannel();
    const watching = new Watching(channel, options, handlers, {
      send: (message) => this.#send(message),
      forget: () => this.#watches.delete(channel),
    });
    this.#watches.set(channel, watching);
    if (this.#state === 'open') watching.ask();
    return watching;
  }

  /** Receives the screen that the operator composed: as it is now and at each change. */
  follow(incident: string, told: ((screen: Screen) => void) | FollowHandlers): Following {
    const handlers = typeof told === 'function' ? { onScreen: told } : told;
    const followers = this.#follows.get(incident) ?? new Set();
    this.#follows.set(incident, followers.add(handlers));
    this.#send({ type: 'follow', incident });
    return {
      stop: () => {
        followers.delete(handlers);
        if (followers.size > 0 || !this.#follows.delete(incident)) return;
        this.#send({ type: 'unfollow', incident });
      },
    };
  }

  /** Asks for a movement or for another camera. Without a connection it fails at once. */
  request(options: RequestOptions): RequestHandle {
    const id = `r${this.#nextRequest++}`;
    const handle = new RequestHandle(id, options, {
      send: (message) => this.#send(message),
      clock: this.#clock,
      forget: () => this.#requests.delete(id),
    });
    this.#requests.set(id, handle);
    if (this.#state === 'open') handle.ask();
    else handle.update(FAILED.unconnected);
    return handle;
  }

  /**
   * Writes in the running log of an incident. Resolves when it is recorded.
   *
   * @throws ClientError with the code by which the gateway refused it; `connection-lost` when that is not known.
   */
  note(incident: string, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const onState = ({ state, final, reason, reasonCode }: RequestHandle) => {
        if (state === 'done') resolve();
        else if (final) reject(new ClientError(reasonCode ?? state, reason ?? state));
      };
      this.request({ action: 'note', incident, args: { text }, onState });
    });
  }

  /** Stops a movement by the gateway's id of its request: the centre may stop anybody's. */
  stopMovement(requestId: string): void {
    this.#send({ type: 'release', id: requestId });
  }

  /** Gives up a camera that was taken, by `ptz.take` or by moving it; a movement stops. */
  free(camera: string): void {
    this.#send({ type: 'free', camera });
  }

  /** A moment of the gateway's clock on ours, in Unix µs; undefined until the clocks are compared. */
  toLocalUnixUs(gatewayUnixUs: number): number | undefined {
    const { offsetMs } = this.#offset;
    return offsetMs === undefined ? undefined : gatewayUnixUs - offsetMs * 1000;
  }

  /** Milliseconds since `captureUnixUs`; undefined until the clocks are compared. */
  latencyMs(captureUnixUs: number): number | undefined {
    const localUs = this.toLocalUnixUs(captureUnixUs);
    return localUs === undefined ? undefined : this.#clock.unixMs() - localUs / 1000;
  }

  #open(): void {
    const { url, token, codecs, formats, name } = this.#options;
    this.#setState('connecting');
    try {
      const socket = new (this.#socketClass())(url, [SUBPROTOCOL]);
      const hello: Extract<ClientMessage, { type: 'hello' }> = {
        type: 'hello',
        protocol: 1,
        codecs: [...codecs],
        formats: [...(formats ?? ['fmp4' as const])],
        client: name ?? 'liveview-gateway/client',
        ...(token === undefined ? {} : { token }),
      };
      this.#connection = new Connection(
        socket,
        hello,
        { clock: this.#clock, offset: this.#offset },
        {
          onWelcome: (message) => this.#welcomed(message),
          onMessage: (message) => this.#dispatch(message),
          onMedia: (media) => this.#watches.get(media.channel)?.deliver({ type: 'media', media }),
          onClosed: (end) => this.#lost(end),
        },
      );
    } catch (cause) {
      const error = new ClientError('bad-url', `cannot open a socket to ${url}`, { cause });
      this.#lost({ error, refused: true });
    }
  }

  #socketClass(): SocketConstructor {
    const own = (globalThis as unknown as { WebSocket?: SocketConstructor }).WebSocket;
    const found = this.#options.WebSocket ?? own;
    if (!found) throw new ClientError('no-websocket', 'give the WebSocket class of the ws package');
    return found;
  }

  #welcomed(message: WelcomeMessage): void {
    this.#welcome = message;
    this.#welcomedAtMs = this.#clock.unixMs();
    this.#setState('open');
    this.#firstWelcome?.resolve(message);
    this.#firstWelcome = undefined;
    for (const watching of this.#watches.values()) watching.ask();
    for (const incident of this.#follows.keys()) this.#send({ type: 'follow', incident });
    this.#options.onWelcome?.(message);
  }

  #lost({ error, refused }: ConnectionEnd): void {
    if (this.#state === 'closed') return;
    this.#connection = undefined;
    this.#welcome = undefined;
    const { reconnect, random } = this.#options;
    if (refused || reconnect === false) {
      this.#shut(error);
      return;
    }
    this.#offset.reset();
    this.#failRequests();
    if (this.#wasSteady(error)) this.#attempt = 0;
    this.#welcomedAtMs = undefined;
    const delayMs = reconnectDelayMs(
      { ...DEFAULT_RECONNECT, ...reconnect },
      this.#attempt++,
      random ?? Math.random,
    );
    this.#retry = this.#clock.setTimer(delayMs, () => this.#open());
    this.#setState('waiting', error);
  }

  /** Whoever is shown out for saying too much would say it again: that never counts as a success. */
  #wasSteady({ code }: ClientError): boolean {
    if (this.#welcomedAtMs === undefined || code === 'too-many-messages') return false;
    return this.#clock.unixMs() - this.#welcomedAtMs >= STEADY_MS;
  }

  #shut(error: ClientError | undefined): void {
    this.#connection = undefined;
    this.#welcome = undefined;
    this.#setState('closed', error);
    this.#failRequests();
    const reason = error ?? new ClientError('closed', 'the client was closed');
    this.#firstWelcome?.reject(reason);
    this.#firstWelcome = undefined;
    for (const watching of [...this.#watches.values()]) {
      watching.deliver({ type: 'ended', code: reason.code, reason: reason.message });
    }
  }

  #failRequests(): void {
    for (const handle of [...this.#requests.values()]) {
      handle.update(FAILED.lost);
    }
  }

  #dispatch(message: ServerMessage): void {
    if (isOfWatch(message)) this.#watches.get(message.channel)?.deliver(message);
    else if (message.type === 'screen') {
      const { type: _, incident, ...screen } = message;
      for (const { onScreen } of this.#follows.get(incident) ?? []) onScreen?.(screen);
    } else if (message.type === 'pointing') {
      const { incident, sights } = message;
      for (const { onPointing } of this.#follows.get(incident) ?? []) onPointing?.(sights);
    } else if (message.type === 'incident') this.#options.onIncident?.(message.incident);
    else if (message.type === 'alarm') this.#options.onAlarm?.(message.alarm);
    else if (message.type === 'recording') this.#options.onRecording?.(message);
    else if (message.type === 'offer') this.#options.onOffer?.(message.offer);
    else if (message.type === 'request') {
      this.#requests.get(message.id)?.update(message, message.request);
      this.#options.onRequest?.(message);
    } else if (message.type === 'control') this.#options.onControl?.(message);
    else if (message.type === 'error') this.#refused(message);
  }

  /** `ref` names the channel or the request that was refused. */
  #refused({ code, message, ref }: Extract<ServerMessage, { type: 'error' }>): void {
    const watching = typeof ref === 'number' ? this.#watches.get(ref) : undefined;
    const handle = typeof ref === 'string' ? this.#requests.get(ref) : undefined;
    const refused: WatchEvent = { type: 'ended', code, reason: message };
    if (watching && !watching.info) watching.deliver(refused);
    else if (handle) handle.update({ state: 'failed', reason: message, reasonCode: code });
    else this.#options.onError?.(new ClientError(code, message));
  }

  #send(message: ClientMessage): void {
    if (this.#state === 'open') this.#connection?.send(message);
  }

  #setState(state: ConnectionState, error?: ClientError): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state, error);
  }

  #freeChannel(): number {
    for (let tries = 0; tries < CHANNELS; tries += 1) {
      const channel = this.#nextChannel;
      this.#nextChannel = (channel + 1) % CHANNELS;
      if (!this.#watches.has(channel)) return channel;
    }
    throw new ClientError('too-many-watches', 'every channel of this connection is in use');
  }
}
