import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_UNSENT_BYTES, RtspConnection } from '../../../src/video/rtsp/connection.ts';
import { RtspFramer } from '../../../src/video/rtsp/framing.ts';
import {
  type RtspMessage,
  rtspRequest,
  serializeRequest,
} from '../../../src/video/rtsp/message.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

const FRAME_BYTES = 60_000;
/** More than the system holds between two sockets of one machine. */
const FLOOD_BYTES = 64 * 1024 * 1024;

/** A camera that reads nothing until it is told to, the connection to it, and our end of the socket. */
describe('a connection to a camera that does not read', () => {
  let server: Server;
  let camera: Socket;
  let ours: Socket;
  let connection: RtspConnection;
  const clock = new ManualClock();

  beforeEach(async () => {
    server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const made: Socket[] = [];
    const note = (message: unknown) => made.push((message as { socket: Socket }).socket);
    subscribe('net.client.socket', note);
    const accepted = once(server, 'connection');
    connection = await RtspConnection.open({ host: '127.0.0.1', port, clock });
    unsubscribe('net.client.socket', note);
    [camera] = (await accepted) as [Socket];
    const mine = made.find(({ remotePort }) => remotePort === port);
    if (!mine) throw new Error('the connection was made by no socket');
    ours = mine;
  });
  afterEach(async () => {
    connection.destroy();
    camera.destroy();
    server.close();
    await once(server, 'close');
  });

  /** Reports, up to what the system takes and what is held beyond that. @returns how many. */
  function flood(): number {
    const report = Buffer.alloc(FRAME_BYTES);
    const count = Math.ceil(FLOOD_BYTES / FRAME_BYTES);
    for (let i = 0; i < count; i += 1) connection.sendInterleaved(1, report);
    return count;
  }

  /** What comes out of the camera's end, in whole frames and messages. */
  function read(): { frames: number; messages: RtspMessage[]; lostSteps: number } {
    const seen = { frames: 0, messages: [] as RtspMessage[], lostSteps: 0 };
    const framer = new RtspFramer({
      message: (message) => seen.messages.push(message),
      interleaved: () => {
        seen.frames += 1;
      },
      lostStep: () => {
        seen.lostSteps += 1;
      },
    });
    camera.on('data', (chunk) => framer.push(chunk));
    camera.resume();
    return seen;
  }

  it('holds no more than its bound of reports, and sends whole ones again once it reads', async () => {
    const sent = flood();
    expect(ours.writableLength).toBeGreaterThan(MAX_UNSENT_BYTES);
    expect(ours.writableLength).toBeLessThanOrEqual(MAX_UNSENT_BYTES + FRAME_BYTES + 4);
    const seen = read();
    await until('everything that was held', () => ours.writableLength === 0);
    const options = connection.request('OPTIONS', '*');
    await until('the request after it', () => seen.messages.length === 1);
    expect(seen.frames).toBeGreaterThan(0);
    expect(seen.frames).toBeLessThan(sent);
    expect(seen.lostSteps).toBe(0);
    connection.destroy();
    await expect(options).rejects.toThrow();
  });

  it('holds no more than its bound of keepalives, each of which ends at its deadline', async () => {
    flood();
    const held = ours.writableLength;
    const keepalives = Array.from({ length: 1_000 }, () => connection.request('OPTIONS', '*'));
    expect(ours.writableLength).toBe(held);
    const outcomes = Promise.allSettled(keepalives);
    await clock.advanceAsync(5_000);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'camera-timeout' } });
    }
  });

  it('holds no more than its bound of answers to what it asks', async () => {
    // The number is given back, so a long one makes a long answer.
    const question = rtspRequest('OPTIONS', '*', { CSeq: '7'.repeat(4_000) });
    const bytes = serializeRequest(question);
    const count = Math.ceil(FLOOD_BYTES / bytes.length);
    const longest = 2 * bytes.length;
    let most = 0;
    for (let i = 0; i < count; i += 1) {
      if (!camera.write(bytes)) await once(camera, 'drain');
      most = Math.max(most, ours.writableLength);
    }
    await until('everything that was asked', () => ours.bytesRead === count * bytes.length);
    most = Math.max(most, ours.writableLength);
    expect(most).toBeGreaterThan(MAX_UNSENT_BYTES);
    expect(most).toBeLessThanOrEqual(MAX_UNSENT_BYTES + longest);
  });
});
