import type { ClientMessage, ServerMessage, WelcomeMessage } from '../server/protocol.ts';
import type { Media } from './binary.ts';
import { decodeMedia } from './binary.ts';
import type { ClientClock, ClientTimer } from './clock.ts';
import type { ClockOffset } from './clock-offset.ts';
import { ClientError } from './errors.ts';
import { parseServerMessage } from './messages.ts';
import type { SocketClose, SocketLike, SocketMessage } from './socket.ts';
import { SOCKET_OPEN } from './socket.ts';

export interface ConnectionHandlers {
  onWelcome(message: WelcomeMessage): void;
  onMessage(message: ServerMessage): void;
  onMedia(media: Media): void;
  /** Called once; nothing else is called after it. */
  onClosed(why: ConnectionEnd): void;
}

export interface ConnectionEnd {
  readonly error: ClientError;
  /** Trying again with the same credentials cannot help. */
  readonly refused: boolean;
}

export const WELCOME_TIMEOUT_MS = 10_000;
/** No answer to any ping for this long: the line is dead even if the socket does not know it. */
export const SILENCE_TIMEOUT_MS = 10_000;
/** The first pings come quickly, so that a clock offset exists before the first picture is shown. */
const FIRST_PINGS = 5;
const FIRST_PING_INTERVAL_MS = 100;
const PING_INTERVAL_MS = 2_000;

/** Close code for a breach of policy (RFC 6455 §7.4.1), which the gateway explains in an `error` before it. */
const CLOSE_POLICY = 1008;
/** Breaches that another attempt need not repeat. */
const PASSING: ReadonlySet<string> = new Set([
  'hello-timeout',
  'too-many-messages',
  'too-many-requests',
]);
const CLOSE_NORMAL = 1000;

/** One socket from its opening to its end: hello, welcome, pings, decoding. Never reconnects. */
export class Connection {
  readonly #socket: SocketLike;
  readonly #clock: ClientClock;
  readonly #offset: ClockOffset;
  readonly #handlers: ConnectionHandlers;
  #welcomed = false;
  #over = false;
  #pings = 0;
  #lastError: ClientError | undefined;
  #silence: ClientTimer | undefined;
  #nextPing: ClientTimer | undefined;

  constructor(
    socket: SocketLike,
    hello: Extract<ClientMessage, { type: 'hello' }>,
    time: { clock: ClientClock; offset: ClockOffset },
    handlers: ConnectionHandlers,
  ) {
    this.#socket = socket;
    this.#clock = time.clock;
    this.#offset = time.offset;
    this.#handlers = handlers;
    this.#expectWithin(WELCOME_TIMEOUT_MS, 'no-welcome', 'the gateway did not answer');
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.send(hello);
    socket.onmessage = (event: SocketMessage) => this.#receive(event.data);
    socket.onerror = () => undefined;
    socket.onclose = (event: SocketClose) => this.#closed(event);
  }

  /** Sends, or silently does nothing when the socket is not open: whoever asked is told by `onClosed`. */
  send(message: ClientMessage): void {
    if (this.#over || this.#socket.readyState !== SOCKET_OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  /** Ends it from our side; `onClosed` is called before this returns. */
  close(error = new ClientError('closed', 'the connection was closed by this client')): void {
    this.#finish({ error, refused: false });
    this.#socket.close(CLOSE_NORMAL);
  }

  #receive(data: unknown): void {
    if (this.#over) return;
    try {
      if (typeof data === 'string') this.#text(data);
      else if (data instanceof ArrayBuffer) this.#handlers.onMedia(decodeMedia(data));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      this.close(error);
    }
  }

  #text(text: string): void {
    const message = parseServerMessage(text);
    if (!message) return;
    if (message.type === 'pong') this.#pong(message);
    else if (message.type === 'welcome') {
      this.#welcomed = true;
      this.#ping();
      this.#handlers.onWelcome(message);
    } else {
      if (message.type === 'error') this.#lastError = errorOf(message);
      this.#handlers.onMessage(message);
    }
  }

  #ping(): void {
    if (this.#pings === 0) {
      this.#expectWithin(SILENCE_TIMEOUT_MS, 'silent', 'the gateway no longer answers');
    }
    this.#pings += 1;
    this.send({ type: 'ping', t0: this.#clock.unixMs() });
    const intervalMs = this.#pings < FIRST_PINGS ? FIRST_PING_INTERVAL_MS : PING_INTERVAL_MS;
    this.#nextPing = this.#clock.setTimer(intervalMs, () => this.#ping());
  }

  #pong({ t0, t1 }: { t0: number; t1: number }): void {
    this.#offset.add(t0, t1, this.#clock.unixMs());
    this.#expectWithin(SILENCE_TIMEOUT_MS, 'silent', 'the gateway no longer answers');
  }

  #expectWithin(ms: number, code: string, message: string): void {
    this.#silence?.cancel();
    this.#silence = this.#clock.setTimer(ms, () => this.close(new ClientError(code, message)));
  }

  #closed({ code, reason }: SocketClose): void {
    const text = reason || (this.#welcomed ? 'the connection was lost' : 'no connection');
    const lost = new ClientError(`socket-${code}`, text);
    const error = code === CLOSE_POLICY ? (this.#lastError ?? lost) : lost;
    this.#finish({ error, refused: code === CLOSE_POLICY && !PASSING.has(error.code) });
  }

  #finish(end: ConnectionEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#silence?.cancel();
    this.#nextPing?.cancel();
    this.#handlers.onClosed(end);
  }
}

function errorOf({ code, message }: { code: string; message: string }): ClientError {
  return new ClientError(code, message);
}
