import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { describeStream } from '../../../src/video/rtsp/client.ts';
import { type RtspRequest, rtspResponse } from '../../../src/video/rtsp/message.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Answer, ScriptedRtspPeer, SDP } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A group that no other run on this machine uses. */
const group = `239.255.${process.pid & 0xff}.${1 + Math.floor(Math.random() * 254)}`;

/** Sends into the group on the loopback, from this address. */
async function sender(address = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind({ port: 0, address });
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  cleanup.push(() => socket.close());
  return socket;
}

/** Two neighbouring ports that are free. */
async function freePorts(): Promise<readonly [number, number]> {
  const socket = await sender();
  const { port } = socket.address();
  return port < 65_000 ? [port + 100, port + 101] : [port - 101, port - 100];
}

/** A camera that grants multicast in these words. */
async function play(
  granted: (request: RtspRequest) => string,
  sdp = SDP,
  clock: Clock = systemClock,
) {
  const answers: Record<string, Answer> = {
    DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)),
    SETUP: (request) => rtspResponse(200, { Session: '4711', Transport: granted(request) }),
  };
  const camera = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => camera.stop());
  const described = await describeStream({ url: camera.url(), clock });
  cleanup.push(() => described.close());
  const [media] = described.sdp.media;
  if (!media) throw new Error('no media');
  const heard: string[] = [];
  const handlers = {
    rtp: (each: Buffer) => heard.push(`rtp ${each}`),
    rtcp: (each: Buffer) => heard.push(`rtcp ${each}`),
    lostStep: () => undefined,
    otherSender: (address: string) => heard.push(`taken for the camera: ${address}`),
  };
  const setUp = () => described.setUp(media, 'multicast', handlers);
  return { camera, described, media, handlers, heard, setUp };
}

describe('multicast', () => {
  it('joins the group of the reply, and reports to it', async () => {
    const [port, rtcpPort] = await freePorts();
    const { camera, heard, setUp } = await play(
      () => `RTP/AVP;multicast;destination=${group};port=${port}-${rtcpPort};ttl=4`,
    );
    const playing = await (await setUp()).play();
    expect(camera.requests[1]?.headers.get('Transport')).toBe('RTP/AVP;multicast');
    const from = await sender();
    from.send('a', port, group);
    from.send('b', rtcpPort, group);
    await until('both', () => heard.length === 2);
    expect(heard.sort()).toEqual(['rtcp b', 'rtp a']);
    playing.sendRtcp(Buffer.from('report'));
    // Members of a group hear themselves.
    await until('the report', () => heard.includes('rtcp report'));
    await playing.close();
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
  });

  it('joins the group of the session description when the reply names none', async () => {
    const [port] = await freePorts();
    const sdp = `c=IN IP4 ${group}/4\n${SDP.replace('video 0', `video ${port}`)}`;
    const { heard, setUp } = await play(() => 'RTP/AVP;multicast', sdp);
    const playing = await (await setUp()).play();
    (await sender()).send('a', port, group);
    await until('a packet', () => heard.length === 1);
    await playing.close();
  });

  it('hears the announced source alone', async () => {
    const [port, rtcpPort] = await freePorts();
    const { heard, setUp } = await play(
      () => `RTP/AVP;multicast;destination=${group};port=${port}-${rtcpPort};source=127.0.0.2`,
    );
    const playing = await (await setUp()).play();
    (await sender('127.0.0.3')).send('stranger', port, group);
    (await sender('127.0.0.2')).send('camera', port, group);
    await until('a packet', () => heard.length > 0);
    expect(heard).toEqual(['rtp camera']);
    await playing.close();
  });

  describe('without an announced source', () => {
    async function shared() {
      const [port, rtcpPort] = await freePorts();
      const clock = new ManualClock();
      const reply = `RTP/AVP;multicast;destination=${group};port=${port}-${rtcpPort}`;
      const { heard, setUp } = await play(() => reply, SDP, clock);
      const playing = await (await setUp()).play();
      cleanup.push(() => playing.close());
      const camera = await sender();
      const other = await sender('127.0.0.2');
      const third = await sender('127.0.0.3');
      const send = (from: Socket, text: string, to = port) =>
        new Promise<void>((resolve) => from.send(text, to, group, () => resolve()));
      return { clock, heard, camera, other, third, send, rtcpPort };
    }

    it('hears the camera and not another in the same group, however much that sends', async () => {
      const { clock, heard, camera, other, send, rtcpPort } = await shared();
      for (let i = 0; i < 40; i += 1) await send(other, 'other');
      await send(camera, 'camera 1');
      await until('the camera', () => heard.length > 0);
      clock.advance(60_000);
      for (let i = 0; i < 40; i += 1) await send(other, 'other');
      await send(other, 'other', rtcpPort);
      await send(camera, 'camera 2', rtcpPort);
      await send(camera, 'camera 3');
      await until('the camera again', () => heard.length > 2);
      expect(heard.sort()).toEqual(['rtcp camera 2', 'rtp camera 1', 'rtp camera 3']);
    });

    it('takes one other address for the camera when that stays silent, says so, and gives way to it', async () => {
      const { clock, heard, camera, other, third, send } = await shared();
      clock.advance(1_000);
      await send(other, 'late');
      await until('the other', () => heard.length > 1);
      await send(third, 'third');
      await send(other, 'later');
      await until('the other again', () => heard.length > 2);
      await send(camera, 'camera');
      await send(other, 'too late');
      await send(camera, 'camera again');
      await until('the camera', () => heard.length > 4);
      expect(heard).toEqual([
        'taken for the camera: 127.0.0.2',
        'rtp late',
        'rtp later',
        'rtp camera',
        'rtp camera again',
      ]);
    });
  });

  it.each([
    ['no group', 'transport-refused', () => 'RTP/AVP;multicast'],
    [
      'an address of one host',
      'transport-refused',
      () => 'RTP/AVP;multicast;destination=192.0.2.7;port=7000',
    ],
    ['unicast', 'transport-refused', () => 'RTP/AVP;unicast;client_port=5000-5001'],
    ['no port', 'transport-refused', () => `RTP/AVP;multicast;destination=${group}`],
    [
      'no port for RTCP',
      'transport-refused',
      () => `RTP/AVP;multicast;destination=${group};port=7000-0`,
    ],
  ])(
    'gives a session back that names %s, so that another transport may follow',
    async (_what, code, granted) => {
      const { camera, described, media, handlers, setUp } = await play((request) =>
        /TCP/.test(request.headers.get('Transport') ?? '')
          ? 'RTP/AVP/TCP;interleaved=0-1'
          : granted(),
      );
      await expect(setUp()).rejects.toMatchObject({ code });
      expect(camera.requests.at(-1)?.headers.get('Session')).toBe('4711');
      await (await described.setUp(media, 'tcp', handlers)).close();
      expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'TEARDOWN', 'SETUP', 'TEARDOWN']);
    },
  );

  it('says when the group cannot be joined', async () => {
    const taken = createSocket({ type: 'udp4' });
    taken.bind({ port: 0, address: '0.0.0.0', exclusive: true });
    await once(taken, 'listening');
    cleanup.push(() => taken.close());
    const { port } = taken.address();
    const { setUp } = await play(() => `RTP/AVP;multicast;destination=${group};port=${port}`);
    await expect(setUp()).rejects.toMatchObject({ code: 'multicast-unavailable' });
  });
});
