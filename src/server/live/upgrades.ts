import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Caller } from '../../access/caller.ts';
import type { Timer } from '../../core/clock.ts';
import { asError, LiveViewError } from '../../core/errors.ts';
import type { Context } from '../context.ts';
import { checkMay, identified } from '../guard.ts';
import type { Connection } from '../identify.ts';
import { BINARY_HEADER_LENGTH, SUBPROTOCOL } from '../protocol.ts';
import { refusalOf, refuseSocket } from '../refusal.ts';
import { LiveSocket } from './live-socket.ts';
import type { Place } from './places.ts';
import { PlainSocket, type PlainSocketOptions } from './plain-socket.ts';
import { matchUpgrade } from './upgrade-routes.ts';

/** Larger than any message of a client, smaller than anything worth sending to us. */
const MAX_MESSAGE_BYTES = 16 * 1024;
/** A peer that has not answered the ping before is gone. */
const PING_INTERVAL_MS = 15_000;
const MAX_SOCKETS = 4_096;
const GOING_AWAY = 1001;

/** A request to become a WebSocket. */
type WhatToSend = Pick<PlainSocketOptions, 'target' | 'codecs'>;

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly place: Place;
}

/** The WebSockets of one listener, from the upgrade request to the end. */
export class Upgrades {
  readonly #options: Context;
  readonly #server: WebSocketServer;
  readonly #alive = new WeakSet<WebSocket>();
  #timer: Timer | undefined;
  #stopping = false;

  constructor(options: Context) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#server.on('wsClientError', ({ message }, socket) => {
      const error = new LiveViewError('invalid-request', `no handshake of a WebSocket: ${message}`);
      this.#refuse(socket, error, { 'sec-websocket-version': '13' });
    });
  }

  start(): void {
    this.#timer = this.#options.deps.clock.setTimer(PING_INTERVAL_MS, () => {
      this.#pingAll();
      this.start();
    });
  }

  /** Closes every socket; resolves when they are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#timer?.cancel();
    const sockets = [...this.#server.clients];
    const closed = sockets.map((ws) => new Promise((resolve) => ws.once('close', resolve)));
    for (const ws of sockets) ws.close(GOING_AWAY, 'gateway-stopping');
    const timer = this.#options.deps.clock.setTimer(1_000, () => {
      for (const ws of sockets) ws.terminate();
    });
    await Promise.all(closed);
    timer.cancel();
  }

  /** Answers an upgrade request; whatever is wrong is a problem, as on every other route. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      this.#upgrade(request, socket, head);
    } catch (thrown) {
      this.#refuse(socket, thrown);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { side, identify, places } = this.#options;
    if (this.#stopping || this.#server.clients.size >= MAX_SOCKETS) {
      throw new LiveViewError('too-many-viewers', 'the gateway takes no more connections now');
    }
    const { target, action, codecs } = matchUpgrade(side, request.url ?? '/');
    const connection = identify.connection(request);
    // A page elsewhere may come with the token of its hello, but not on the strength of our cookie.
    const caller = identify.caller(request.headers, connection);
    if (target) checkMay(identified(caller), action);
    const place = places.take(connection.address, caller);
    let accepted = false;
    try {
      accepted =
        caller && target
          ? this.#plain({ request, socket, head, place }, caller, { target, codecs })
          : this.#live({ request, socket, head, place }, connection, caller);
    } finally {
      if (!accepted) place.leave();
    }
  }

  /** @returns as `accept`. */
  #plain(upgrade: Upgrade, caller: Caller, wanted: WhatToSend): boolean {
    const { deps, metrics, acts, outlets } = this.#options;
    const { request, socket } = upgrade;
    acts.take(caller);
    const plain = new PlainSocket({ deps, metrics, caller, ...wanted });
    const accepted = this.#accept(upgrade, (ws) =>
      plain.attach(ws, socket, outlets.socket(request, 'live.ws', 0)),
    );
    if (!accepted) plain.close();
    return accepted;
  }

  /** @returns as `accept`. */
  #live(upgrade: Upgrade, connection: Connection, caller: Caller | undefined): boolean {
    const { deps, identify, metrics, acts, turns, outlets } = this.#options;
    const { request, socket, place } = upgrade;
    const common = { deps, identify, metrics, acts, turns, socket, connection, caller, place };
    return this.#accept(upgrade, (ws) => {
      const outlet = outlets.socket(request, 'live', BINARY_HEADER_LENGTH);
      new LiveSocket({ ...common, ws, outlet });
    });
  }

  /** @returns false when the request was no proper handshake; `ws` has answered it then. */
  #accept({ request, socket, head, place }: Upgrade, attach: (ws: WebSocket) => void): boolean {
    let accepted = false;
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      accepted = true;
      this.#alive.add(ws);
      ws.on('pong', () => this.#alive.add(ws));
      this.#options.metrics.sockets.inc(1);
      ws.on('close', () => {
        this.#options.metrics.sockets.dec(1);
        place.leave();
      });
      attach(ws);
    });
    return accepted;
  }

  /** One timer for all, not one each. */
  #pingAll(): void {
    for (const ws of this.#server.clients) {
      if (this.#alive.delete(ws)) ws.ping();
      else ws.terminate();
    }
  }

  #refuse(socket: Duplex, thrown: unknown, more: Readonly<Record<string, string>> = {}): void {
    const { deps, metrics } = this.#options;
    const refusal = refusalOf(thrown, this.#options, more);
    if (refusal.problem.status === 500) {
      deps.log.error('an upgrade failed', { error: asError(thrown) });
    }
    metrics.refusals.inc(1);
    refuseSocket(socket, refusal);
  }
}
