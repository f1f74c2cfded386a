/** How a source finds its way to a camera, and how many ways it may take at a time. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import { HostBudget } from '../../../src/video/source/host-budget.ts';
import type { SourceOptions } from '../../../src/video/source/source.ts';
import type { TransportMemory } from '../../../src/video/source/transport-choice.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { pullFrom, started } from '../../support/pulled-source.ts';
import { type Answer, IDR, ScriptedRtspPeer } from '../../support/scripted-rtsp-peer.ts';
import { TunnelPeer, type TunnelScript } from '../../support/tunnel-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(answers: Record<string, Answer> = {}): Promise<ScriptedRtspPeer> {
  const camera = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => camera.stop());
  return camera;
}

async function tunnelTo(camera: ScriptedRtspPeer, script?: TunnelScript): Promise<TunnelPeer> {
  const door = await TunnelPeer.start(camera, script);
  cleanup.push(() => door.stop());
  return door;
}

function pull(streamUri: () => string, options: Partial<SourceOptions>) {
  const pulled = pullFrom(streamUri, options);
  cleanup.push(() => pulled.source.stop());
  return pulled;
}

/** An address where nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await until('a port', () => server.listening);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `rtsp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/stream`;
}

describe('auto', () => {
  it('goes through HTTP when the RTSP port is closed, and begins there the next time', async () => {
    const camera = await peer();
    const door = await tunnelTo(camera);
    const dead = await deadUrl();
    const memory: TransportMemory = { transport: undefined };
    const { source, units } = pull(() => dead, { transport: 'auto', httpPort: door.port, memory });
    await started(camera);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    expect(source.state).toMatchObject({ kind: 'playing', transport: 'http' });
    expect(memory.transport).toBe('http');

    camera.connection.close();
    await started(camera, 2);
    camera.connection.picture(0, [IDR]);
    await until('another picture', () => units.length === 2);
    // One attempt at the closed port, none before the second tunnel.
    expect(source.counters.reconnects).toBe(2);
    await source.stop();
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
  });

  it('says what is wrong with the way that was meant when the tunnel leads nowhere either', async () => {
    const camera = await peer();
    const door = await tunnelTo(camera, { reply: () => 'HTTP/1.1 404 Not Found' });
    const dead = await deadUrl();
    const clock = new ManualClock();
    const { source } = pull(() => dead, { transport: 'auto', httpPort: door.port, clock });
    await until('the failure', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({ error: { code: 'camera-unreachable' } });
    expect(door.requests).toHaveLength(1);
  });

  it('leaves TCP when the camera agrees to it and sends nothing, and stays with what works', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const memory: TransportMemory = { transport: undefined };
    const { source, units } = pull(() => camera.url(), { transport: 'auto', clock, memory });
    await started(camera);
    await clock.advanceAsync(13_000);
    await started(camera, 2);
    const wishes = camera.requests
      .filter((request) => request.method === 'SETUP')
      .map((request) => request.headers.get('Transport') ?? '');
    expect(wishes.map((wish) => wish.replace(/=.*/, ''))).toEqual([
      'RTP/AVP/TCP;unicast;interleaved',
      'RTP/AVP;unicast;client_port',
    ]);
    camera.connection.datagrams(camera.connection.packets(0, [IDR]));
    await until('a picture', () => units.length === 1);
    expect(source.state).toMatchObject({ kind: 'playing', transport: 'udp' });
    expect(memory.transport).toBe('udp');
  });
});

describe('sessions of one host', () => {
  it('are taken before the camera is asked and given back after TEARDOWN', async () => {
    const camera = await peer();
    const clock = new ManualClock();
    const budget = new HostBudget({ clock, limit: 1, waitMs: 1_000 });
    const first = pull(() => camera.url('/1'), { budget, clock });
    await started(camera);
    const second = pull(() => camera.url('/2'), { budget, clock });
    await clock.advanceAsync(999);
    expect(second.source.state.kind).toBe('connecting');
    await clock.advanceAsync(1);
    await until('the refusal', () => second.source.state.kind === 'waiting');
    expect(second.source.state).toMatchObject({ error: { code: 'host-busy' } });
    expect(camera.connections).toHaveLength(1);

    await clock.advanceAsync(500);
    await first.source.stop();
    await started(camera, 2);
    expect(camera.methods.slice(2, 5)).toEqual(['PLAY', 'TEARDOWN', 'DESCRIBE']);
  });

  it('are no more than a recorder has said it can serve (453)', async () => {
    let served = 0;
    const recorder = await peer({
      SETUP: (request) => {
        served += 1;
        if (served > 1) return rtspResponse(453);
        const transport = request.headers.get('Transport') ?? '';
        return rtspResponse(200, { Session: '1', Transport: transport });
      },
    });
    const clock = new ManualClock();
    const budget = new HostBudget({ clock, limit: 8, waitMs: 10_000 });
    pull(() => recorder.url('/1'), { budget, clock });
    await started(recorder);
    const second = pull(() => recorder.url('/2'), { budget, clock });
    await until('the refusal', () => second.source.state.kind === 'waiting');
    expect(second.source.state).toMatchObject({ error: { code: 'camera-busy' } });
    // The next attempt waits for a session to end instead of asking again.
    await clock.advanceAsync(5_000);
    expect(second.source.state.kind).toBe('connecting');
    expect(recorder.methods.filter((method) => method === 'SETUP')).toHaveLength(2);
  });
});
