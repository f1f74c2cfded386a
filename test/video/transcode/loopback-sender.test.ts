import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import {
  freePortPair,
  LoopbackSender,
  randomLoopback,
} from '../../../src/video/transcode/loopback-sender.ts';
import { until } from '../../support/until.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const KNOCK = Buffer.from('knock');

async function listen(port: number): Promise<{ socket: Socket; heard: string[] }> {
  const socket = createSocket('udp4');
  open.push(socket);
  const heard: string[] = [];
  socket.on('message', (message) => heard.push(String(message)));
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, heard };
}

async function sender(port: number): Promise<LoopbackSender> {
  const made = await LoopbackSender.open(port, '127.1.2.3', systemClock);
  open.push(made);
  return made;
}

async function freePort(): Promise<number> {
  const pair = await freePortPair();
  open.push({ close: pair.release });
  return pair.port;
}

it('finds two ports in a row that can be had, the first of them even', async () => {
  const port = await freePort();
  expect(port % 2).toBe(0);
  await listen(port);
  await listen(port + 1);
});

it('gives nobody else in this process what it has given, until that is given back', async () => {
  // As the system does with ports that nobody has bound yet.
  const bind = async (port: number) => ({
    address: () => ({ address: '127.0.0.1', family: 'IPv4', port: port === 0 ? 40_001 : port }),
    close: () => undefined as never,
  });
  const tries = await Promise.allSettled([freePortPair(bind), freePortPair(bind)]);
  const [pair, ...others] = tries.flatMap((each) =>
    each.status === 'fulfilled' ? each.value : [],
  );
  expect(pair?.port).toBe(40_000);
  expect(others).toEqual([]);
  expect(tries).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'no-udp-port' }),
  });
  pair?.release();
  const next = await freePortPair(bind);
  expect(next.port).toBe(40_000);
  pair?.release();
  await expect(freePortPair(bind)).rejects.toMatchObject({ code: 'no-udp-port' });
  next.release();
});

it('makes an address of the loopback that is hardly ever the same', () => {
  const made = Array.from({ length: 100 }, randomLoopback);
  for (const address of made) expect(address).toMatch(/^127\.[1-9]\d*\.\d+\.[1-9]\d*$/);
  expect(new Set(made).size).toBeGreaterThan(90);
});

it('knocks until somebody listens, and then sends everything in order', async () => {
  const port = await freePort();
  const sending = await sender(port);
  let isHeard = false;
  const hearing = sending.heard(KNOCK).then(() => {
    isHeard = true;
  });
  for (let n = 0; n < 3; n += 1) {
    await new Promise(setImmediate);
    expect(isHeard).toBe(false);
  }
  const { heard } = await listen(port);
  await hearing;
  const sent = Array.from({ length: 100 }, (_, n) => `datagram ${n}`);
  for (const text of sent) sending.send(Buffer.from(text));
  await until('the last', () => heard.at(-1) === sent.at(-1));
  expect(heard.filter((text) => text !== 'knock')).toEqual(sent);
  expect(sending.queuedBytes).toBe(0);
});

it('bears that the listener goes, and that it is closed at any moment', async () => {
  const port = await freePort();
  const { socket } = await listen(port);
  const sending = await sender(port);
  await sending.heard(KNOCK);
  socket.close();
  open.splice(1, 1);
  for (let n = 0; n < 50; n += 1) sending.send(Buffer.from('nobody'));
  await until('all have been tried', () => sending.queuedBytes === 0);
  for (let n = 0; n < 50; n += 1) sending.send(Buffer.from('nobody'));
  sending.close();
  expect(sending.queuedBytes).toBe(0);
  sending.send(KNOCK);
  sending.close();
  expect(sending.queuedBytes).toBe(0);
});
