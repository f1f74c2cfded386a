import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { boundOfAddress } from '../../src/server/connections.ts';
import { until } from '../support/until.ts';

const open: Socket[] = [];
const server = createServer();

afterEach(() => {
  for (const socket of open) socket.destroy();
  server.close();
});

it('no address has more connections than its part, and has room again when one leaves', async () => {
  server.on('connection', boundOfAddress(2));
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    if (!socket.destroyed) socket.write('room');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const from = async (localAddress: string): Promise<Socket | undefined> => {
    const socket = connect({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      localAddress,
    });
    open.push(socket);
    socket.on('error', () => undefined);
    const heard = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return Buffer.isBuffer(heard[0]) ? socket : undefined;
  };
  const first = await from('127.0.0.1');
  expect([first, await from('127.0.0.1')]).not.toContain(undefined);
  expect(await from('127.0.0.1')).toBeUndefined();
  expect(await from('127.0.0.2')).toBeDefined();
  first?.destroy();
  await until('there is room again', async () => (await from('127.0.0.1')) !== undefined);
});
