import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { boundOfAddress, boundOfPipeline } from '../../src/server/connections.ts';
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

it('no connection has more requests waiting than its part, and those that were answered wait no longer', async () => {
  const mayBeAnswered = boundOfPipeline(3);
  const answers: ServerResponse[] = [];
  const slow = http.createServer((request, response) => {
    if (mayBeAnswered(request, response)) answers.push(response);
  });
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const { port } = slow.address() as AddressInfo;
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const patient = connect({ host: '127.0.0.1', port });
  const greedy = connect({ host: '127.0.0.1', port });
  open.push(patient, greedy);
  for (let round = 1; round <= 3; round += 1) {
    patient.write(ask.repeat(3));
    await until('all three are there', () => answers.length === 3);
    for (const answer of answers.splice(0)) answer.end('here');
    await until('they are answered', () => patient.bytesRead > round * 3 * 'here'.length);
  }
  greedy.write(ask.repeat(20));
  greedy.on('error', () => undefined);
  await until('it is cut off', () => greedy.closed);
  expect(answers).toHaveLength(3);
  expect(patient.closed).toBe(false);
  slow.closeAllConnections();
  slow.close();
});
