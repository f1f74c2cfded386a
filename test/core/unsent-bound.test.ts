import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { unsentBound } from '../../src/core/unsent-bound.ts';

/** How much the system takes for a peer that does not read. */
async function taken(prepare: (socket: Socket) => void): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port).pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  prepare(socket);
  const piece = Buffer.alloc(16 * 1024);
  let bytes = 0;
  while (socket.writableLength === 0 && bytes < 64 * 1024 * 1024) {
    socket.write(piece);
    bytes += piece.length;
  }
  for (const each of [peer, socket]) each.destroy();
  server.close();
  return bytes;
}

it('keeps the system from taking megabytes of what a line does not carry', async () => {
  const bounded = await taken(await unsentBound(64 * 1024));
  const unbounded = await taken(() => undefined);
  expect(bounded).toBeLessThan(512 * 1024);
  expect(unbounded).toBeGreaterThan(2 * bounded);
});

it('does nothing to a connection that is closed already', async () => {
  const bound = await unsentBound(64 * 1024);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port);
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.destroy();
  expect(() => bound(socket)).not.toThrow();
  peer.destroy();
  server.close();
});
