import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { binaryFrameHead } from '../../../src/server/live/frame.ts';

/** A stranger's client reads what is written. */
describe('a binary frame', () => {
  let server: WebSocketServer;
  let client: WebSocket;
  let socket: Duplex;
  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(server, 'listening');
    const connection = once(server, 'connection');
    client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [, request] = await connection;
    socket = request.socket;
  });
  afterAll(() => {
    client.terminate();
    server.close();
  });

  it.each([0, 1, 109, 110, 125, 126, 65_519, 65_520, 65_535, 65_536, 1_000_000])(
    'of %i bytes behind a prefix of 16 is one message',
    async (length) => {
      const prefix = Buffer.alloc(16, 0xab);
      const payload = Buffer.alloc(length, 0xcd);
      const message = once(client, 'message');
      socket.write(binaryFrameHead(prefix, length));
      socket.write(payload);
      const [data, isBinary] = await message;
      expect(isBinary).toBe(true);
      expect(Buffer.concat([prefix, payload]).equals(data)).toBe(true);
    },
  );

  it('may have no prefix', async () => {
    const message = once(client, 'message');
    socket.write(binaryFrameHead(Buffer.alloc(0), 3));
    socket.write('abc');
    expect(String((await message)[0])).toBe('abc');
  });
});
