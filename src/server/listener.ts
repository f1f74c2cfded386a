import type { RequestListener, Server } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ActLimit } from '../access/act-limit.ts';
import type { Side } from '../access/caller.ts';
import { Refusals } from '../access/refusals.ts';
import { listenError } from '../core/listen-error.ts';
import type { TlsSource } from '../core/tls/files.ts';
import { Peers } from '../core/tls/peers.ts';
import { unsentBound } from '../core/unsent-bound.ts';
import { createApp } from './app.ts';
import { foreignLog, judgeOf } from './certificate-judge.ts';
import { connectionsPaced, inTurn, takenInTime } from './connections.ts';
import type { Context, Served } from './context.ts';
import type { ListenerDeps } from './deps.ts';
import { Outlets } from './egress/outlets.ts';
import { Entrance } from './entrance.ts';
import { whoAsks } from './guard.ts';
import { Identify } from './identify.ts';
import { Places } from './live/places.ts';
import { Upgrades } from './live/upgrades.ts';
import { type ServerMetrics, serverMetrics } from './metrics.ts';
import { Pace } from './pace.ts';
import { Proxies } from './proxies.ts';
import { Turns } from './turns.ts';

/** Of one request. */
const MAX_HEADER_BYTES = 16 * 1024;
const HANDSHAKE_MS = 10_000;
const HEADERS_MS = 10_000;
/** For headers and body; of an answer, what is handed over has to be taken. */
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
/** How late these may be noticed; Node itself looks every half minute. */
const CHECK_MS = 2_000;
/** A control room may be behind one address; a thousand viewers and their pages fit. */
const CONNECTIONS = { places: 5_000, ofNetwork: 2_000, ofAccount: 256 };
/** Connections that begin, of a network: fifty consoles open at once, ten of each. What waits then waits for 3 s at most. */
const OF_CONNECTIONS = { atOnce: 500, perSecond: 200 };
const MOST_WAITING = 600;
const TOLD_EVERY_MS = 60_000;
/** Requests of one connection that wait for their answers. */
const MAX_PIPELINED = 16;
/** Bounds, permits and the framework wait for the end of an answer; more than these were a leak. */
const MOST_WAITING_FOR_ITS_END = 20;
/** An eighth of a second of 4 Mbit/s: on a line that is slower, pictures wait where they can be dropped. */
const UNSENT_BYTES = 64 * 1024;

export interface ListenerOptions {
  readonly side: Side;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tls?: TlsSource;
  readonly deps: ListenerDeps;
}

export interface Listener {
  /**
   * Resolves when connections are accepted.
   *
   * @throws LiveViewError `address-in-use`, `address-unavailable`, `port-not-permitted`.
   */
  start(): Promise<void>;
  /** Cuts connections whose certificate stands for another control room than before, or for none any more. */
  judgeCertificates(): void;
  /** Ends every socket and stream, then stops listening. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`; with the real port once started. */
  readonly url: string;
  /** Every route that it has; none before it was started. */
  readonly served: readonly Served[];
  /** Connections are accepted: between `start` and `stop`, unless the system took the socket away. */
  readonly listening: boolean;
}

/** One of the two doors: the centre's own network, or that of the police. */
export function createListener(options: ListenerOptions): Listener {
  const peers = peersOf(options);
  const proxies = new Proxies(options.deps.trustedProxies);
  const entrance = new Entrance({ ...CONNECTIONS, proxies });
  const context = contextOf(options, peers, proxies, entrance);
  const upgrades = new Upgrades(context);
  const pace = new Pace(options.deps.clock, OF_CONNECTIONS);
  const onTooMany = tooManyLog(options.side, options.deps, context.metrics);
  let app: FastifyInstance | undefined;
  const unbounded = (why: string) =>
    options.deps.log.warn(`slow lines are noticed late, as the system may hide them: ${why}`, {
      side: options.side,
    });
  return {
    async start() {
      app = await createApp(context, (handler) => {
        const counted: RequestListener = (request, response) => {
          response.setMaxListeners(MOST_WAITING_FOR_ITS_END);
          context.outlets.answer(request, response);
          handler(request, response);
        };
        const bounded = takenInTime(options.deps.clock, counted);
        const paced = context.turns.paced(bounded);
        return createServer(options, peers, inTurn(MAX_PIPELINED, paced));
      });
      app.server.on('connection', await unsentBound({ bytes: UNSENT_BYTES, onFailure: unbounded }));
      connectionsPaced(app.server, {
        entrance,
        pace,
        mostWaiting: MOST_WAITING,
        proxies,
        onTooMany,
      });
      app.server.on('upgrade', (request, socket, head) => upgrades.handle(request, socket, head));
      await listen(app, options);
      upgrades.start();
    },
    judgeCertificates: () => peers?.judgeAgain(),
    async stop() {
      await upgrades.stop();
      entrance.close();
      await app?.close();
      peers?.stop();
    },
    get url() {
      const { host, port } = options;
      return urlOf(options, addressOf(app) ?? { address: host, port });
    },
    served: context.served,
    get listening() {
      return app?.server.listening ?? false;
    },
  };
}

function peersOf({ side, tls: source, deps }: ListenerOptions): Peers | undefined {
  const { clock, certificateRooms, log } = deps;
  if (!source) return undefined;
  if (side === 'centre' || !certificateRooms) return new Peers({ clock, source });
  const isRequired = source.material.files.clientCert === 'required';
  const judge = judgeOf({ rooms: certificateRooms, isRequired, clock, log });
  return new Peers({ clock, source, judge });
}

/** Counts each connection that is ended before anything is heard; the log says so once a minute. */
function tooManyLog(side: Side, { clock, log }: ListenerDeps, metrics: ServerMetrics) {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (network: string): void => {
    metrics.refusals.inc(1);
    if (clock.nowMs() - toldAtMs < TOLD_EVERY_MS) return;
    toldAtMs = clock.nowMs();
    log.warn(
      'connections are ended, as more of one network begin than are taken in turn; if it is a reverse proxy, name it in trustedProxies',
      { side, network },
    );
  };
}

function contextOf(
  { side, tls, deps }: ListenerOptions,
  peers: Peers | undefined,
  proxies: Proxies,
  entrance: Entrance,
): Context {
  const { sessions, allowedOrigins = [], metrics, journal, clock } = deps;
  const speaks = { side, tls: tls !== undefined };
  const secure = speaks.tls || isBehindTls(allowedOrigins);
  const onForeign = foreignLog(new Refusals(journal, clock), clock);
  const identify = new Identify({
    ...{ ...speaks, secure, sessions, allowedOrigins, peers, proxies, onForeign },
    onKnown: (connection, caller) => entrance.know(connection, caller),
  });
  return {
    ...{ side, secure, deps, identify },
    turns: new Turns(clock, {
      callerOf: (request) => whoAsks(identify, request),
      addressOf: (request) => proxies.clientOf(request),
    }),
    metrics: serverMetrics(metrics, side),
    acts: new ActLimit(clock),
    places: new Places(),
    outlets: new Outlets(deps.egress, side, proxies),
    served: [],
  };
}

/** Whether every page that people use is that of a proxy which speaks TLS to them. */
function isBehindTls(allowedOrigins: readonly string[]): boolean {
  return allowedOrigins.length > 0 && allowedOrigins.every((each) => each.startsWith('https://'));
}

function createServer(
  { tls }: ListenerOptions,
  peers: Peers | undefined,
  handler: RequestListener,
): Server {
  const bounds = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    handshakeTimeout: HANDSHAKE_MS,
    connectionsCheckingInterval: CHECK_MS,
    // We say so ourselves, in the form of every other problem.
    requireHostHeader: false,
  };
  return tls
    ? secureServer(https.createServer({ ...bounds, ...tls.material.options }, handler), peers)
    : http.createServer(bounds, handler);
}

function secureServer(server: https.Server, peers: Peers | undefined): https.Server {
  peers?.attach(server);
  return server;
}

async function listen(app: FastifyInstance, { host, port }: ListenerOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw listenError(cause, host, port);
  }
}

function addressOf(app: FastifyInstance | undefined): AddressInfo | undefined {
  const address = app?.server.address();
  return typeof address === 'object' && address !== null ? address : undefined;
}

function urlOf({ tls }: ListenerOptions, { address, port }: { address: string; port: number }) {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${tls ? 'https' : 'http'}://${host}:${port}`;
}
