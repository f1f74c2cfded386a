import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../access/login-limit.ts';
import { addressOf } from './identify.ts';

/**
 * A listener for new connections that ends those beyond `most` of one address, so that no machine takes up
 * all that there is room for; of IPv6 the network (/64) is the address. It counts whoever it is, before TLS and before a word is read.
 */
export function boundOfAddress(most: number): (socket: Socket) => void {
  const counts = new Map<string, number>();
  return (socket) => {
    const address = networkOf(addressOf(socket));
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
