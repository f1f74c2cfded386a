/**
 * The rival of a thousand viewers: `ws` sending to all that are connected, and nothing else. Pictures
 * of the sizes that it is told, over and over, each stamped when it is sent. Ends when its parent does.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { STAMP_SEI, stampPlace, writeStamp } from '../src/simulator/rtsp/stamp.ts';
import { CAMERA_FPS } from './measure.ts';
import { sharedClock } from './shared-clock.ts';

export interface BroadcastOrder {
  readonly offsetUs: number;
  readonly pictureBytes: readonly number[];
}

/** The answer: where it listens. */
export interface BroadcastReport {
  readonly url: string;
}

process.once('message', (order: BroadcastOrder) => void begin(order));
process.once('disconnect', () => process.exit());

async function begin({ offsetUs, pictureBytes }: BroadcastOrder): Promise<void> {
  const clock = sharedClock(offsetUs);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const sockets = new Set<WebSocket>();
  server.on('connection', (socket) =>
    sockets.add(socket.on('close', () => sockets.delete(socket))),
  );
  let count = 0;
  setInterval(() => {
    const picture = Buffer.alloc(pictureBytes[count % pictureBytes.length] ?? 0);
    count += 1;
    picture.set(STAMP_SEI);
    writeStamp(picture, stampPlace(picture), clock.unixUs());
    for (const socket of sockets) socket.send(picture);
  }, 1_000 / CAMERA_FPS);
  const report: BroadcastReport = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  process.send?.(report);
}
