import { once } from 'node:events';
import https from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, it } from '@jest/globals';
import { type UnsentBoundOptions, unsentBound } from '../../src/core/unsent-bound.ts';
import { SELF_SIGNED } from '../support/certificates.ts';

const TURNS = 50;
const UNBOUNDED = () => undefined;

const bound = (more: Partial<UnsentBoundOptions> = {}) =>
  unsentBound({
    bytes: 64 * 1024,
    onFailure: (why) => {
      throw new Error(why);
    },
    ...more,
  });

async function listening<T extends Server>(server: T): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** How much of what is written here the system takes for a peer that does not read. */
async function takenOf(socket: Socket): Promise<number> {
  const piece = Buffer.alloc(16 * 1024);
  let bytes = 0;
  while (socket.writableLength === 0 && bytes < 64 * 1024 * 1024) {
    socket.write(piece);
    bytes += piece.length;
    // TLS hands on what it has made of it in a later turn.
    for (let turn = 0; turn < TURNS && socket.writableLength > 0; turn += 1) await setImmediate();
  }
  return bytes;
}

async function taken(prepare: (socket: Socket) => void): Promise<number> {
  const server = createServer();
  const peer = connect(await listening(server)).pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  prepare(socket);
  const bytes = await takenOf(socket);
  for (const each of [peer, socket]) each.destroy();
  server.close();
  return bytes;
}

/** The same of a connection with TLS, bound as a listener does it: before anything of TLS is spoken. */
async function takenOverTls(prepare: (socket: Socket) => void): Promise<number> {
  const server = https.createServer(SELF_SIGNED).on('connection', prepare);
  const port = await listening(server);
  const peer = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  const [[socket]] = await Promise.all([
    once(server, 'secureConnection') as Promise<[Socket]>,
    once(peer, 'secureConnect'),
  ]);
  peer.pause();
  const bytes = await takenOf(socket);
  for (const each of [peer, socket]) each.destroy();
  server.close();
  return bytes;
}

it.each([
  ['TCP', taken],
  ['TLS', takenOverTls],
])(
  'keeps the system from taking megabytes of what a line does not carry: %s',
  async (_, measure) => {
    const bounded = await measure(await bound());
    const unbounded = await measure(UNBOUNDED);
    expect(bounded).toBeLessThan(512 * 1024);
    expect(unbounded).toBeGreaterThan(2 * bounded);
  },
);

it('does nothing to a connection that is closed already', async () => {
  const prepare = await bound();
  const server = createServer();
  const peer = connect(await listening(server));
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.destroy();
  expect(() => prepare(socket)).not.toThrow();
  peer.destroy();
  server.close();
});

it('says once that the system refuses it, and lets connections be', async () => {
  const failures: string[] = [];
  const prepare = await bound({
    onFailure: (why) => void failures.push(why),
    load: async () => () => 92,
  });
  for (let i = 0; i < 3; i += 1) expect(await taken(prepare)).toBeGreaterThan(0);
  expect(failures).toEqual(['setsockopt refuses it with error 92']);
});

it('says what the system answers to a bound that is none', async () => {
  const failures: string[] = [];
  // Sockets of the local kind have no TCP to bound.
  const server = createServer().listen(`\0liveview-unsent-${process.pid}`);
  await once(server, 'listening');
  const peer = connect(server.address() as string);
  const [socket] = (await once(server, 'connection')) as [Socket];
  (await bound({ onFailure: (why) => void failures.push(why) }))(socket);
  expect(failures).toEqual([expect.stringMatching(/^setsockopt refuses it with error [1-9]\d*$/)]);
  for (const each of [peer, socket]) each.destroy();
  server.close();
});

it('says why when libc cannot be called, and lets connections be', async () => {
  const failures: string[] = [];
  const prepare = await bound({
    onFailure: (why) => void failures.push(why),
    load: async () => {
      throw new Error('libc.so.6: cannot open shared object file');
    },
  });
  expect(await taken(prepare)).toBeGreaterThan(0);
  expect(failures).toEqual(['libc.so.6: cannot open shared object file']);
});
