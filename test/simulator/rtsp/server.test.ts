import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { CodedFeed } from '../../../src/simulator/rtsp/coded-feed.ts';
import type { RtspServerLimits } from '../../../src/simulator/rtsp/model.ts';
import { RtspServer } from '../../../src/simulator/rtsp/server.ts';
import { parseRtp } from '../../../src/video/rtp/packet.ts';
import { parseRtcp } from '../../../src/video/rtp/rtcp.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { FakeSource } from './fake-source.ts';
import { RtspCaller } from './rtsp-caller.ts';

const RECEIVER_REPORT = Buffer.of(0x80, 201, 0, 1, 0, 0, 0, 1);
const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };
let clock: ManualClock;
let source: FakeSource;
let server: RtspServer;
let port: number;
let callers: RtspCaller[];

async function serve(limits: Partial<RtspServerLimits> = {}): Promise<void> {
  await server?.close();
  const credentials = { username: 'liveview', password: new Secret('test') };
  const log = silentLogger;
  server = new RtspServer({ host: '127.0.0.1', port: 0, credentials, clock, log, limits });
  server.mount('/x/main', new CodedFeed({ source, clock, log }));
  port = await server.listen();
}

async function caller(): Promise<RtspCaller> {
  const made = await RtspCaller.connect(port);
  callers.push(made);
  return made;
}

/** Somebody who watches on channel 0, and gets a first picture. */
async function viewer(): Promise<{ rtsp: RtspCaller; session: string }> {
  const rtsp = await (await caller()).logIn();
  const session = await rtsp.setUp('/x/main');
  await rtsp.send('PLAY', '/x/main', { Session: session });
  return { rtsp, session };
}

beforeEach(async () => {
  clock = new ManualClock();
  source = new FakeSource();
  callers = [];
  await serve();
});
afterEach(async () => {
  for (const { socket } of callers) socket.destroy();
  await server.close();
});

describe('requests', () => {
  it('OPTIONS tells the methods to anybody', async () => {
    const reply = await (await caller()).send('OPTIONS', '/x/main');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('Public')).toContain('GET_PARAMETER');
  });

  it('everything else needs the password', async () => {
    const rtsp = await caller();
    for (const method of ['DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER']) {
      expect((await rtsp.send(method, '/x/main')).status).toBe(401);
    }
    await rtsp.logIn('wrong');
    expect((await rtsp.send('DESCRIBE', '/x/main')).status).toBe(401);
    expect((await rtsp.send('DESCRIBE', '/nobody')).status).toBe(401);
  });

  it.each(['MD5', 'SHA-256'] as const)(
    'DESCRIBE with %s gives the parameter sets',
    async (algorithm) => {
      const rtsp = await (await caller()).logIn('test', algorithm);
      const asked = rtsp.send('DESCRIBE', '/x/main?option=1');
      await until('the source', () => source.sink);
      source.picture(true);
      const { status, headers, body } = await asked;
      expect(status).toBe(200);
      expect(headers.get('Content-Base')).toMatch(/\/x\/main\/$/);
      expect(body.toString()).toContain('sprop-parameter-sets=Z0LAH9kAUA==,aMuDyyA=');
      expect(body.toString()).toContain('profile-level-id=42C01F');
    },
  );

  it('asks to sign again with a new nonce when the old one is stale', async () => {
    await serve({ nonceLifeMs: 1_000 });
    const rtsp = await (await caller()).logIn();
    const session = await rtsp.setUp('/x/main');
    clock.advance(1_001);
    const reply = await rtsp.send('GET_PARAMETER', '/x/main', { Session: session });
    expect(reply.status).toBe(401);
    expect(reply.headers.all('WWW-Authenticate')[0]).toContain('stale=TRUE');
    await rtsp.logIn();
    expect((await rtsp.send('GET_PARAMETER', '/x/main', { Session: session })).status).toBe(200);
  });

  it('DESCRIBE says 503 when the camera makes no pictures', async () => {
    const rtsp = await (await caller()).logIn();
    const asked = rtsp.send('DESCRIBE', '/x/main');
    await until('the source', () => source.sink);
    clock.advance(30_000);
    expect((await asked).status).toBe(503);
  });

  it.each([
    [404, 'DESCRIBE', '/x/other', {}],
    [404, 'SETUP', '/nobody/trackID=0', TCP],
    [404, 'DESCRIBE', '/x/main/trackID=1', {}],
    [454, 'PLAY', '/x/main', { Session: 'ABC' }],
    [454, 'PLAY', '/x/main', {}],
    [454, 'TEARDOWN', '/x/main', { Session: 'ABC' }],
    [459, 'SETUP', '/x/main', TCP],
    [461, 'SETUP', '/x/main/trackID=0', { Transport: 'RTP/AVP;multicast' }],
    [461, 'SETUP', '/x/main/trackID=0', {}],
    [501, 'ANNOUNCE', '/x/main', {}],
    [551, 'SETUP', '/x/main/trackID=0', { ...TCP, Require: 'www.onvif.org/ver20/backchannel' }],
  ])('%s for %s %s', async (status, method, path, headers) => {
    const rtsp = await (await caller()).logIn();
    expect((await rtsp.send(method, path, headers)).status).toBe(status);
  });

  it('453 when there are as many sessions as it allows', async () => {
    await serve({ sessions: 1 });
    const first = await (await caller()).logIn();
    const session = await first.setUp('/x/main');
    const second = await (await caller()).logIn();
    expect((await second.send('SETUP', '/x/main/trackID=0', TCP)).status).toBe(453);
    await first.send('TEARDOWN', '/x/main', { Session: session });
    expect((await second.send('SETUP', '/x/main/trackID=0', TCP)).status).toBe(200);
  });

  it('another connection does not get at a session', async () => {
    const { session } = await viewer();
    const other = await (await caller()).logIn();
    expect((await other.send('TEARDOWN', '/x/main', { Session: session })).status).toBe(454);
    expect(server.viewers('/x/main')).toBe(1);
  });

  it.each([
    ['nonsense', 'hello there\r\n\r\n'],
    ['a head without end', `OPTIONS rtsp://x RTSP/1.0\r\n${'A: b\r\n'.repeat(5_000)}`],
    ['a body without end', 'SET_PARAMETER rtsp://x RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n'],
  ])('%s ends the connection', async (_, bytes) => {
    const { socket } = await caller();
    socket.write(bytes);
    await once(socket, 'close');
  });

  it('nothing for a minute ends the connection', async () => {
    const { socket } = await caller();
    const { rtsp } = await viewer();
    clock.advance(59_000);
    rtsp.socket.write(Buffer.concat([Buffer.of(0x24, 1, 0, 8), RECEIVER_REPORT]));
    await rtsp.send('OPTIONS', '/x/main');
    clock.advance(2_000);
    await once(socket, 'close');
    expect(rtsp.socket.destroyed).toBe(false);
  });

  it('a flood of requests ends the connection', async () => {
    const rtsp = await (await caller()).logIn();
    rtsp.socket.write('DESCRIBE rtsp://127.0.0.1/x/main RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(100));
    await once(rtsp.socket, 'close');
  });
});

describe('media in the connection', () => {
  it('begin at once with the last key frame, after the reply to PLAY', async () => {
    const first = await viewer();
    source.picture(true);
    source.picture();
    await until('two pictures', () => media(first.rtsp).length === 4);
    const second = await (await caller()).logIn();
    const session = await second.setUp('/x/main', 'RTP/AVP/TCP;interleaved=6-7');
    const reply = await second.send('PLAY', '/x/main', { Session: session });
    const packets = await until('the group', () => {
      const found = media(second, 6);
      return found.length === 4 ? found : undefined;
    });
    expect(reply.headers.get('RTP-Info')).toContain(`seq=${packets[0]?.sequence};`);
    expect(packets).toEqual(media(first.rtsp));
    expect(source.starts).toBe(1);
  });

  it('come with sender reports on the other channel', async () => {
    const { rtsp } = await viewer();
    source.picture(true);
    const { payload } = await until('a report', () =>
      rtsp.frames.find(({ channel }) => channel === 1),
    );
    expect(parseRtcp(payload)[0]?.type).toBe('sr');
  });

  it('end with TEARDOWN, PAUSE and the connection', async () => {
    const { rtsp, session } = await viewer();
    await rtsp.send('PAUSE', '/x/main', { Session: session });
    source.picture(true);
    await rtsp.send('TEARDOWN', '/x/main', { Session: session });
    expect(media(rtsp)).toHaveLength(0);
    const other = await viewer();
    expect(server.viewers()).toBe(1);
    other.rtsp.socket.destroy();
    await until('the end of the session', () => server.viewers() === 0);
  });

  it('a client that is silent is gone after the timeout, one that reports or asks is not', async () => {
    const silent = await viewer();
    const asking = await viewer();
    const reporting = await viewer();
    for (let i = 0; i < 3; i++) {
      clock.advance(30_000);
      await asking.rtsp.send('OPTIONS', '/x/main', { Session: asking.session });
      reporting.rtsp.socket.write(Buffer.concat([Buffer.of(0x24, 1, 0, 8), RECEIVER_REPORT]));
      await reporting.rtsp.send('OPTIONS', '/x/main');
    }
    await until('the end of one', () => silent.rtsp.socket.destroyed);
    expect(server.viewers()).toBe(2);
  });

  it('a client that does not read costs a bounded amount of memory and is put out', async () => {
    const stuck = await viewer();
    const fine = await viewer();
    stuck.rtsp.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 300; i++) {
      source.picture(i % 10 === 0, 100_000);
      clock.advance(40);
      if (i % 10 === 0) await until('the reader', () => fine.rtsp.socket.readableLength === 0);
      await new Promise(setImmediate);
    }
    fine.rtsp.frames.length = 0;
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    await until('the end of the one', () => server.viewers() === 1);
    source.picture(true);
    await until('pictures for the other', () => media(fine.rtsp).length > 0);
  });
});

describe('media over UDP', () => {
  it('come from the ports announced to the ports asked for, from the key frame on', async () => {
    const [rtp, rtcp] = await udpPair();
    const rtsp = await (await caller()).logIn();
    const ports = `${rtp.address().port}-${rtcp.address().port}`;
    const setup = await rtsp.send('SETUP', '/x/main/trackID=0', {
      Transport: `RTP/AVP;unicast;client_port=${ports}`,
    });
    const [, first, second] =
      /server_port=(\d+)-(\d+)/.exec(setup.headers.get('Transport') ?? '') ?? [];
    expect(Number(second)).toBe(Number(first) + 1);
    const session = setup.headers.get('Session')?.split(';')[0] ?? '';
    expect(setup.headers.get('Session')).toContain(';timeout=60');
    const packets: { sequence: number; from: number }[] = [];
    rtp.on('message', (bytes, from) => {
      packets.push({ sequence: parseRtp(bytes).sequence, from: from.port });
    });
    const reports: number[] = [];
    rtcp.on('message', (_, from) => reports.push(from.port));
    await rtsp.send('PLAY', '/x/main', { Session: session });
    source.picture(true);
    for (let i = 0; i < 5; i++) source.picture();
    await until('all packets', () => {
      clock.advance(4);
      return packets.length === 8;
    });
    packets.forEach(({ sequence, from }, i) => {
      expect(from).toBe(Number(first));
      expect(sequence).toBe(((packets[0]?.sequence ?? 0) + i) & 0xffff);
    });
    await until('a report', () => reports[0] === Number(second));
    for (let i = 0; i < 4; i++) {
      await new Promise((sent) => rtcp.send(RECEIVER_REPORT, Number(second), '127.0.0.1', sent));
      await rtsp.send('OPTIONS', '/x/main');
      clock.advance(40_000);
    }
    expect(server.viewers()).toBe(1);
    clock.advance(80_000);
    expect(server.viewers()).toBe(0);
    rtp.close();
    rtcp.close();
  });
});

describe('a camera that is switched off', () => {
  it('cuts who watches, leads nowhere, and comes back', async () => {
    const { rtsp } = await viewer();
    source.picture(true);
    server.switchOff('/x/main');
    await until('the cut', () => rtsp.socket.destroyed);
    expect(source.sink).toBeUndefined();
    const later = await (await caller()).logIn();
    await expect(later.send('DESCRIBE', '/x/main')).rejects.toThrow('closed');
    server.switchOn('/x/main');
    await viewer();
    expect(server.viewers('/x/main')).toBe(1);
  });
});

describe('the port', () => {
  it('in use is a clear message', async () => {
    const log = silentLogger;
    const credentials = { username: 'liveview', password: new Secret('test') };
    const second = new RtspServer({ host: '127.0.0.1', port, credentials, clock, log });
    await expect(second.listen()).rejects.toMatchObject({
      code: 'rtsp-listen-failed',
      message: expect.stringContaining('another port'),
    });
  });
});

function media(rtsp: RtspCaller, channel = 0) {
  return rtsp.frames
    .filter((frame) => frame.channel === channel)
    .map(({ payload }) => parseRtp(payload));
}

async function udpPair(): Promise<[UdpSocket, UdpSocket]> {
  const sockets = [createSocket('udp4'), createSocket('udp4')] as [UdpSocket, UdpSocket];
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  return sockets;
}
