import type { RequestListener } from 'node:http';
import type { Server, Socket } from 'node:net';
import { siteOf } from '../access/network.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Entrance } from './entrance.ts';
import { addressOf } from './identify.ts';
import type { Pace } from './pace.ts';
import type { Proxies } from './proxies.ts';

/**
 * Handles the requests of one connection one after the other (RFC 9112 §9.3.2). What waits holds nothing but itself, so that
 * nothing is left of it when the connection goes: Node ends an answer with its connection only when it is its turn.
 * Whoever sends more than `most` without waiting for answers is cut off; no browser does that.
 */
export function inTurn(most: number, handle: RequestListener): RequestListener {
  const lines = new WeakMap<Socket, (() => void)[]>();
  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? [];
    if (socket.destroyed || line.length >= most) {
      socket.destroy();
      return;
    }
    lines.set(socket, line);
    line.push(() => {
      response.once('close', () => {
        line.shift();
        if (!socket.destroyed) line[0]?.();
      });
      handle(request, response);
    });
    if (line.length === 1) line[0]?.();
  };
}

/** What was handed over for a peer has left after this, and a second for each 8 KiB: 64 kbit/s is the slowest line that serves. */
const TAKEN_WITHIN_MS = 30_000;
const SLOWEST_BYTES_PER_MS = 8_192 / 1_000;

/**
 * Cuts connections whose peer does not take its answer: a place is not held by whoever asks and does not read. How long an
 * answer is in the making does not matter, nor how long it is; of a stream without end each part has its own term.
 */
export function takenInTime(clock: Clock, handle: RequestListener): RequestListener {
  return (request, response) => {
    const { socket } = request;
    let timer: Timer;
    const look = () => {
      const [handed, waiting] = [socket.bytesWritten, socket.writableLength];
      timer = clock.setTimer(TAKEN_WITHIN_MS + waiting / SLOWEST_BYTES_PER_MS, () => {
        const taken = socket.bytesWritten - socket.writableLength;
        if (taken < handed) socket.destroy();
        else look();
      });
    };
    look();
    response.once('close', () => timer.cancel());
    handle(request, response);
  };
}

/** What a server does with connections. */
export interface Doorway {
  readonly entrance: Pick<Entrance, 'admit'>;
  readonly pace: Pace;
  /** Of a network. What is beyond is ended at once: it would have waited for longer than anybody stays. */
  readonly mostWaiting: number;
  /** They stand for many networks, and wait for nothing. */
  readonly proxies?: Pick<Proxies, 'isOne'>;
  /** Told of each connection that is ended. */
  readonly onTooMany?: (network: string) => void;
}

/**
 * Begins with the connections of a network at a pace, before TLS and before a word is read: a handshake, bytes that are no
 * HTTP, an upgrade that is refused cost a connection each. Whoever waits has a place at the entrance. Everything that
 * `server` does with a connection has to be there already.
 */
export function connectionsPaced(server: Server, doorway: Doorway): void {
  const { entrance, pace, mostWaiting, proxies, onTooMany } = doorway;
  const steps = server.listeners('connection');
  server.removeAllListeners('connection');
  const begin = (socket: Socket) => {
    for (const step of steps) step.call(server, socket);
  };
  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket);
    const network = siteOf(address);
    const isPaced = !proxies?.isOne(address);
    if (isPaced && pace.waiting(network) >= mostWaiting) {
      socket.destroy();
      onTooMany?.(network);
    } else entrance.admit(socket);
    if (socket.destroyed) return;
    if (!isPaced) {
      begin(socket);
      return;
    }
    const goes = () => socket.destroy();
    socket.on('error', goes).on('end', goes);
    const leave = pace.turn(network, () => {
      if (socket.destroyed) return;
      socket.off('error', goes).off('end', goes);
      begin(socket);
    });
    socket.once('close', leave);
  });
}
