/**
 * The rival of a thousand viewers: `ws` sending to all that are connected, and nothing else. Pictures
 * of the sizes that it is told, over and over. Each is due when a thread beside says so, as a camera does
 * not wait for those who watch it either, and is stamped with that moment: what it then waits for the one
 * before it counts, as it does for the gateway. Ends when its parent does.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { type WebSocket, WebSocketServer } from 'ws';
import { STAMP_SEI, stampPlace, writeStamp } from '../src/simulator/rtsp/stamp.ts';
import { CAMERA_FPS } from './measure.ts';

/** A picture is due: the moment, in µs of CLOCK_MONOTONIC (see `shared-clock.ts`). */
const METRONOME = `
  const { parentPort, workerData } = require('node:worker_threads');
  setInterval(() => {
    parentPort.postMessage(Number(process.hrtime.bigint() / 1000n));
  }, workerData);
`;

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
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const sockets = new Set<WebSocket>();
  server.on('connection', (socket) =>
    sockets.add(socket.on('close', () => sockets.delete(socket))),
  );
  let count = 0;
  const metronome = new Worker(METRONOME, { eval: true, workerData: 1_000 / CAMERA_FPS });
  metronome.on('message', (dueUs: number) => {
    const picture = Buffer.alloc(pictureBytes[count % pictureBytes.length] ?? 0);
    count += 1;
    picture.set(STAMP_SEI);
    writeStamp(picture, stampPlace(picture), dueUs + offsetUs);
    for (const socket of sockets) socket.send(picture);
  });
  const report: BroadcastReport = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  process.send?.(report);
}
