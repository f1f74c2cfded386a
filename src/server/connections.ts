import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf } from './identify.ts';

/**
 * A listener for new connections that ends those beyond `most` of one address, so that no machine takes up
 * all that there is room for. It counts whoever it is, before TLS and before a word is read.
 */
export function boundOfAddress(most: number): (socket: Socket) => void {
  const counts = new Map<string, number>();
  return (socket) => {
    const address = addressOf(socket);
    const now = counts.get(address) ?? 0;
    if (now >= most) {
      socket.destroy();
      return;
    }
    counts.set(address, now + 1);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    });
  };
}

/**
 * Whether a request may be answered. Whoever sends more than `most` on one connection without waiting for
 * answers (RFC 9112 §9.3.2) is cut off: each of them takes memory, and no browser does that.
 */
export function boundOfPipeline(
  most: number,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const waiting = new WeakMap<Socket, number>();
  return ({ socket }, response) => {
    const now = (waiting.get(socket) ?? 0) + 1;
    if (socket.destroyed || now > most) {
      socket.destroy();
      return false;
    }
    waiting.set(socket, now);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    return true;
  };
}
