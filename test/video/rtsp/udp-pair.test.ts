import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { onlyFrom } from '../../../src/video/rtsp/senders.ts';
import { UdpPair } from '../../../src/video/rtsp/udp-pair.ts';
import { until } from '../../support/until.ts';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function socketAt(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  open.push(socket);
  return socket;
}

async function pairAt(random?: () => number): Promise<UdpPair> {
  const options = { localAddress: '127.0.0.1', clock: systemClock };
  const pair = await UdpPair.open(random ? { ...options, random } : options);
  open.push(pair);
  return pair;
}

describe('UdpPair', () => {
  it('hears RTP on an even port and RTCP on the next, and only the camera', async () => {
    const pair = await pairAt();
    const heard: string[] = [];
    pair.receive(onlyFrom(['127.0.0.1']), {
      rtp: (datagram) => heard.push(`rtp ${datagram}`),
      rtcp: (datagram) => heard.push(`rtcp ${datagram}`),
    });
    const stranger = await socketAt('127.0.0.2');
    const camera = await socketAt('127.0.0.1');
    stranger.send('strange', pair.port, '127.0.0.1');
    camera.send('a', pair.port, '127.0.0.1');
    camera.send('b', pair.port + 1, '127.0.0.1');
    await until('both', () => heard.length === 2);
    expect(pair.port % 2).toBe(0);
    expect(heard.sort()).toEqual(['rtcp b', 'rtp a']);
  });

  it('takes another pair when a port is in use', async () => {
    const first = await pairAt(() => 0.5);
    const draws = [0.5, 0.5, 0.25];
    const second = await pairAt(() => draws.shift() ?? 0.75);
    expect(second.port).not.toBe(first.port);
    expect(draws).toEqual([]);
  });

  it('says when no pair is free', async () => {
    await pairAt(() => 0.5);
    await expect(pairAt(() => 0.5)).rejects.toMatchObject({ code: 'no-udp-port' });
  });

  it('sends from its own ports', async () => {
    const pair = await pairAt();
    const camera = await socketAt('127.0.0.1');
    const { port } = camera.address();
    const senders: number[] = [];
    camera.on('message', (_datagram, from) => senders.push(from.port));
    pair.sendRtp(Buffer.from('a'), port, '127.0.0.1');
    pair.sendRtcp(Buffer.from('b'), port, '127.0.0.1');
    await until('both', () => senders.length === 2);
    expect(senders.sort()).toEqual([pair.port, pair.port + 1]);
  });
});
