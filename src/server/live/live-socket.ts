import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { ActLimit } from '../../access/act-limit.ts';
import type { Caller } from '../../access/caller.ts';
import { may } from '../../access/permissions.ts';
import type { Timer } from '../../core/clock.ts';
import { asError, codeOf, describe } from '../../core/errors.ts';
import type { ListenerDeps } from '../deps.ts';
import type { Outlet } from '../egress/socket-outlet.ts';
import type { Connection, Identify } from '../identify.ts';
import type { ServerMetrics } from '../metrics.ts';
import { problemOf } from '../problem.ts';
import type { ParsedClientMessage } from '../protocol.ts';
import { parseClientMessage } from '../protocol.ts';
import type { Turns } from '../turns.ts';
import { Link } from './link.ts';
import { LiveSession, MESSAGE_ACTIONS } from './live-session.ts';
import { Patience } from './patience.ts';
import type { Place } from './places.ts';

const HELLO_TIMEOUT_MS = 5_000;
/** Breach of policy, RFC 6455 §7.4.1. */
const CLOSE_POLICY = 1008;

export interface LiveSocketOptions {
  readonly deps: ListenerDeps;
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly connection: Connection;
  /** Who the upgrade request came from, if it said so. */
  readonly caller: Caller | undefined;
  readonly identify: Identify;
  readonly metrics: ServerMetrics;
  readonly acts: ActLimit;
  readonly turns: Turns;
  /** Where this connection is counted; whoever opened it leaves it. */
  readonly place: Place;
  /** Where what it sends is counted. */
  readonly outlet: Outlet;
}

/** One connection of the live socket: hello first, then whatever its caller may do, until it closes. */
export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #link: Link;
  readonly #patience: Patience;
  readonly #helloTimer: Timer;
  #session: LiveSession | undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    const { ws, socket, deps } = options;
    this.#link = new Link(ws, socket, deps.clock, () => this.#session?.pump());
    this.#patience = new Patience(deps.clock);
    this.#helloTimer = deps.clock.setTimer(HELLO_TIMEOUT_MS, () =>
      this.#refuse('hello-timeout', 'no hello within 5 s'),
    );
    ws.on('message', (data, isBinary) => this.#receive(data, isBinary));
    for (const frame of ['ping', 'pong']) ws.on(frame, () => this.#bounded());
    ws.on('error', (error) => deps.log.debug('live socket failed', { error }));
    ws.on('close', () => this.#closed());
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#link.isOpen) return;
    const message = isBinary ? undefined : parseClientMessage(String(data));
    if (this.#bounded()) return;
    if (message) this.#handle(message);
    else this.#malformed();
  }

  /** Counts what came, of whatever kind; whether that was too much, which ends the socket. */
  #bounded(): boolean {
    if (!this.#link.isOpen) return true;
    const isTooMuch = this.#patience.isTooMuch();
    if (isTooMuch) this.#refuse('too-many-messages', 'more messages than anybody needs');
    return isTooMuch;
  }

  #handle(message: ParsedClientMessage): void {
    try {
      if (message.type === 'hello') this.#hello(message);
      else if (this.#session) this.#session.handle(message);
      else this.#refuse('hello-expected', 'the first message is hello');
    } catch (thrown) {
      this.#fail(thrown, refOf(message));
    }
  }

  #hello(hello: Extract<ParsedClientMessage, { type: 'hello' }>): void {
    const caller = this.#identify(hello.token);
    if (this.#session) {
      this.#malformed();
    } else if (caller && may(caller, MESSAGE_ACTIONS.hello)) {
      this.#begin(caller, hello);
    } else this.#refuse('unauthenticated', 'log in first, or send a bearer token');
  }

  #begin(caller: Caller, hello: Extract<ParsedClientMessage, { type: 'hello' }>): void {
    const { deps, metrics, acts, turns, place, outlet } = this.#options;
    this.#helloTimer.cancel();
    let owes: (length: number) => void;
    try {
      place.giveTo(caller);
      owes = turns.take(caller);
    } catch (thrown) {
      this.#refuse(codeOf(thrown), describe(thrown));
      return;
    }
    const fail = (thrown: unknown, ref: string) => this.#fail(thrown, ref);
    const link = this.#link;
    this.#session = new LiveSession({ deps, metrics, acts, caller, hello, link, outlet, fail });
    this.#session.start(() => this.#refuse('session-ended', 'you are logged out'));
    owes(link.said);
  }

  /** A token is meant for this connection; a cookie was sent along by the browser. */
  #identify(token: string | undefined): Caller | undefined {
    const { identify, connection, caller } = this.#options;
    if (token === undefined) return caller;
    try {
      return identify.tokenCaller(token, connection);
    } catch {
      return undefined;
    }
  }

  #malformed(): void {
    const text = 'not a message of liveview.v1; see docs/reference/protocol.md';
    this.#link.text({ type: 'error', code: 'malformed-message', message: text });
    if (this.#patience.isLost()) this.#refuse('malformed-message', 'too many malformed messages');
  }

  #fail(thrown: unknown, ref: string | number | undefined): void {
    const { deps, identify } = this.#options;
    const { status, code, detail } = problemOf(thrown, identify.side);
    if (status === 500) deps.log.error('a live message failed', { error: asError(thrown) });
    this.#link.text({
      type: 'error',
      code,
      message: detail,
      ...(ref === undefined ? {} : { ref }),
    });
  }

  #refuse(code: string, message: string): void {
    this.#link.text({ type: 'error', code, message });
    this.#session?.end(code);
    this.#link.close(CLOSE_POLICY, code);
  }

  #closed(): void {
    this.#helloTimer.cancel();
    this.#session?.end('disconnected');
  }
}

/** What an error refers to: the client's own channel, request or incident. */
function refOf(message: ParsedClientMessage): string | number | undefined {
  if ('channel' in message) return message.channel;
  if ('id' in message) return message.id;
  return 'incident' in message ? message.incident : undefined;
}
