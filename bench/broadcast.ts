/**
 * The rival of a thousand viewers: `ws` sending to all that are connected, and nothing else. Pictures
 * of the size that a 4 Mbit/s camera makes, each stamped when it is sent. Ends when its parent does.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { STAMP_SEI, stampPlace, writeStamp } from '../src/simulator/rtsp/stamp.ts';
import { CAMERA_FPS } from './measure.ts';
import { sharedClock } from './shared-clock.ts';

export interface BroadcastOrder {
  readonly offsetUs: number;
  readonly bytes: number;
}

/** The answer: where it listens. */
export interface BroadcastReport {
  readonly url: string;
}

process.once('message', (order: BroadcastOrder) => void begin(order));
process.once('disconnect', () => process.exit());

async function begin({ offsetUs, bytes }: BroadcastOrder): Promise<void> {
  const clock = sharedClock(offsetUs);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const sockets = new Set<WebSocket>();
  server.on('connection', (socket) =>
    sockets.add(socket.on('close', () => sockets.delete(socket))),
  );
  setInterval(() => {
    const picture = Buffer.alloc(bytes);
    picture.set(STAMP_SEI);
    writeStamp(picture, stampPlace(picture), clock.unixUs());
    for (const socket of sockets) socket.send(picture);
  }, 1_000 / CAMERA_FPS);
  const report: BroadcastReport = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  process.send?.(report);
}
