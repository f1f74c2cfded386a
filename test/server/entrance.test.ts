import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Ending } from '../../src/core/ending.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { until } from '../support/until.ts';

const open: Socket[] = [];
let server: Server;
let entrance: Entrance;

beforeEach(async () => {
  entrance = new Entrance({ places: 6, ofNetwork: 4, ofAccount: 4 });
  server = createServer();
  server.on('connection', (socket) => entrance.admit(socket));
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    if (!socket.destroyed) socket.write('room');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
  server.close();
});

/** Undefined when there is no place. */
async function from(localAddress: string): Promise<Socket | undefined> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  open.push(socket);
  socket.on('error', () => undefined);
  const heard = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return Buffer.isBuffer(heard[0]) ? socket : undefined;
}

async function severalFrom(address: string, count: number): Promise<(Socket | undefined)[]> {
  const sockets: (Socket | undefined)[] = [];
  for (let each = 0; each < count; each += 1) sockets.push(await from(address));
  return sockets;
}

const HOUR = new Ending();

/** @param ending of the login by which somebody is known on it. */
function know(socket: Socket | undefined, user = 'olga', ending = HOUR): void {
  const { localAddress, localPort, remoteAddress, remotePort } = socket ?? {};
  const key = `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
  entrance.know({ key }, { user, onEnd: (listener) => ending.add(listener) });
}

it('a proxy may have all places, and then makes room itself', async () => {
  entrance = new Entrance({
    ...{ places: 6, ofNetwork: 4, ofAccount: 4 },
    proxies: { isOne: (address) => address === '127.0.0.2' },
  });
  const sockets = await severalFrom('127.0.0.2', 6);
  expect(entrance.size).toBe(6);
  expect(sockets).not.toContain(undefined);
  expect(await from('127.0.0.3')).toBeDefined();
  await until('one has gone', () => sockets[0]?.closed);
  expect(entrance.size).toBe(6);
});

it('a network has no more than its part: the oldest stranger of it makes room', async () => {
  const sockets = await severalFrom('127.0.0.2', 4);
  expect(await from('127.0.0.2')).toBeDefined();
  await until('one has gone', () => sockets[0]?.closed);
  expect(entrance.size).toBe(4);
  for (const each of open.slice(1)) know(each);
  expect(await from('127.0.0.2')).toBeUndefined();
  expect(await from('127.0.0.3')).toBeDefined();
  sockets[1]?.destroy();
  await until('there is room', async () => (await from('127.0.0.2')) !== undefined);
});

it('when all places are taken, a newcomer has that of the oldest stranger of the largest crowd', async () => {
  const crowd = await severalFrom('127.0.0.2', 4);
  const [other] = await severalFrom('127.0.0.3', 2);
  const newcomers = await severalFrom('127.0.0.4', 1);
  expect(newcomers).not.toContain(undefined);
  await until('one has gone', () => crowd[0]?.closed);
  expect([other, ...crowd.slice(1)].filter((each) => each?.closed)).toEqual([]);
  expect(entrance.size).toBe(6);
});

it('a crowd gets no place of others', async () => {
  const others = await severalFrom('127.0.0.3', 3);
  const crowd = await severalFrom('127.0.0.2', 3);
  expect(await from('127.0.0.2')).toBeDefined();
  await until('one of it has gone', () => crowd[0]?.closed);
  expect(others.filter((each) => each?.closed)).toEqual([]);
});

it('who is known is a stranger again when their login ends', async () => {
  const ending = new Ending();
  const sockets = await severalFrom('127.0.0.2', 4);
  for (const each of sockets) know(each, 'olga', ending);
  expect(await from('127.0.0.2')).toBeUndefined();
  ending.run();
  expect(await from('127.0.0.2')).toBeDefined();
  await until('the oldest has gone', () => sockets[0]?.closed);
});

it('an account keeps no more than its part: what is beyond makes room', async () => {
  const sockets = [...(await severalFrom('127.0.0.2', 3)), ...(await severalFrom('127.0.0.3', 3))];
  for (const each of sockets) know(each);
  expect(await from('127.0.0.4')).toBeDefined();
  await until('what is beyond', () => sockets[4]?.closed);
  expect(sockets.slice(0, 4).filter((each) => each?.closed)).toEqual([]);
});

it('of IPv6 a site is one network, however many of /64 it has: it makes room itself, and nobody else', () => {
  const gone: string[] = [];
  const come = (remoteAddress: string) => {
    const destroy = () => gone.push(remoteAddress);
    entrance.admit(
      Object.assign(new EventEmitter(), { remoteAddress, destroy }) as unknown as Socket,
    );
  };
  for (const each of ['2001:db8:1:a::1', '2001:db8:2:a::1']) come(each);
  for (let n = 1; n <= 8; n += 1) come(`2001:db8:3:${n}::1`);
  come('2001:db8:4:a::1');
  expect(gone).toEqual([1, 2, 3, 4, 5].map((n) => `2001:db8:3:${n}::1`));
});

it('counts nobody who was gone before, and two connections of one port as two', async () => {
  const gone = new EventEmitter() as Socket;
  gone.destroy = () => gone;
  for (let n = 0; n < 10; n += 1) entrance.admit(gone);
  expect(entrance.size).toBe(0);
  const same = { remoteAddress: '127.0.0.9', remotePort: 5, localPort: 80 };
  const [first, second] = ['127.0.0.1', '127.0.0.2'].map((localAddress) =>
    Object.assign(new EventEmitter(), same, { localAddress, destroy: () => undefined }),
  );
  for (const each of [first, second]) entrance.admit(each as unknown as Socket);
  expect(entrance.size).toBe(2);
  first?.emit('close');
  second?.emit('close');
  expect(entrance.size).toBe(0);
});

it('whoever is known stays, however many newcomers come', async () => {
  const colleagues = await severalFrom('127.0.0.2', 4);
  for (const each of colleagues) know(each);
  const strangers = await severalFrom('127.0.0.3', 2);
  expect(await from('127.0.0.4')).toBeDefined();
  await until('a stranger has gone', () => strangers[0]?.closed);
  expect(colleagues.filter((each) => each?.closed)).toEqual([]);
  expect(await from('127.0.0.2')).toBeUndefined();
});

it('when it closes, all are gone, and whoever still comes', async () => {
  const sockets = await severalFrom('127.0.0.2', 2);
  entrance.close();
  await until('all are gone', () => sockets.every((each) => each?.closed) && entrance.size === 0);
  expect(await from('127.0.0.3')).toBeUndefined();
});
