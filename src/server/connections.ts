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
