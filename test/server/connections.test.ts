import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { boundOfAddress, inTurn } from '../../src/server/connections.ts';
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

it('the requests of a connection are handled in turn, no more than its part waiting', async () => {
  const answers: ServerResponse[] = [];
  const slow = http.createServer(inTurn(3, (_request, response) => answers.push(response)));
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const { port } = slow.address() as AddressInfo;
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const patient = connect({ host: '127.0.0.1', port });
  const greedy = connect({ host: '127.0.0.1', port });
  open.push(patient, greedy);
  let heard = '';
  patient.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  for (let round = 0; round < 3; round += 1) {
    patient.write(ask.repeat(3));
    for (let each = 0; each < 3; each += 1) {
      await until('it is its turn', () => answers.length === 1);
      answers.pop()?.end(`<${round}${each}>`);
    }
  }
  await until('all are answered', () => heard.includes('<22>'));
  expect(heard.match(/<\d+>/g)).toEqual(
    ['00', '01', '02', '10', '11', '12', '20', '21', '22'].map((each) => `<${each}>`),
  );
  greedy.write(ask.repeat(20));
  greedy.on('error', () => undefined);
  await until('it is cut off', () => greedy.closed);
  expect(answers).toHaveLength(1);
  expect(patient.closed).toBe(false);
  slow.closeAllConnections();
  slow.close();
});
