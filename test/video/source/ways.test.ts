/** How a source finds its way to a camera, and how many ways it may take at a time. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../src/core/errors.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import { HostBudget } from '../../../src/video/source/host-budget.ts';
import type { SourceOptions } from '../../../src/video/source/source.ts';
import type { SourceState } from '../../../src/video/source/state.ts';
import type { TransportMemory, TransportWish } from '../../../src/video/source/transport-choice.ts';
import { SELF_SIGNED, SELF_SIGNED_FINGERPRINT } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { pullFrom, started } from '../../support/pulled-source.ts';
import {
  type Answer,
  IDR,
  type PeerOptions,
  ScriptedRtspPeer,
} from '../../support/scripted-rtsp-peer.ts';
import { TunnelPeer, type TunnelScript } from '../../support/tunnel-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(
  answers: Record<string, Answer> = {},
  options: PeerOptions = {},
): Promise<ScriptedRtspPeer> {
  const camera = await ScriptedRtspPeer.start(answers, options);
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

describe('a camera that agrees to everything it offers and sends nothing', () => {
  /** Grants TCP alone. */
  const tcpOnly: Record<string, Answer> = {
    SETUP: (request) => {
      const transport = request.headers.get('Transport') ?? '';
      if (!transport.includes('TCP')) return rtspResponse(461);
      return rtspResponse(200, { Session: '1', Transport: transport });
    },
  };

  function waits(states: readonly SourceState[]) {
    return states.flatMap((state) => (state.kind === 'waiting' ? [codeOf(state.error)] : []));
  }

  it('over TCP, without another way: is given up, told of and asked again after a back-off', async () => {
    const camera = await peer(tcpOnly);
    const nowhere = Number(new URL(await deadUrl()).port);
    const clock = new ManualClock();
    const budget = new HostBudget({ clock, limit: 1, waitMs: 1_000 });
    const warnings: string[] = [];
    const log: Logger = { ...silentLogger, warn: (text) => warnings.push(text), child: () => log };
    const { states } = pull(() => camera.url(), {
      ...{ transport: 'auto', httpPort: nowhere, clock, budget, log },
      random: () => 0,
    });
    await started(camera);
    await clock.advanceAsync(10_000);
    // UDP, multicast and the tunnel are refused, so TCP has its second chance.
    await started(camera, 2);
    await clock.advanceAsync(10_000);
    await until('the wait', () => waits(states).length === 1);
    expect(waits(states)).toEqual(['no-pictures']);
    // Whoever waits holds no session.
    const giveBack = await budget.take('127.0.0.1');
    giveBack();

    await clock.advanceAsync(250);
    await started(camera, 3);
    await clock.advanceAsync(10_000);
    await until('the second wait', () => waits(states).length === 2);
    expect(waits(states)).toEqual(['no-pictures', 'no-pictures']);
    const retries = states.flatMap((state) => (state.kind === 'waiting' ? [state.retryAtMs] : []));
    expect((retries[1] ?? 0) - clock.nowMs()).toBe(500);
    // Once for the way and once for the camera, however often it is tried.
    expect(warnings).toHaveLength(2);
  });

  it.each<[TransportWish, number]>([
    ['auto', 2],
    ['udp', 1],
  ])('over rtsps with transport %s: is given up after %i connections', async (transport, plays) => {
    const camera = await peer({}, { tls: SELF_SIGNED });
    const nowhere = Number(new URL(await deadUrl()).port);
    const clock = new ManualClock();
    const { states } = pull(() => camera.url(), {
      ...{ transport, httpPort: nowhere, clock, trust: { fingerprint: SELF_SIGNED_FINGERPRINT } },
    });
    for (let play = 1; play <= plays; play += 1) {
      await started(camera, play);
      await clock.advanceAsync(10_000);
    }
    await until('the wait', () => waits(states).length === 1);
    expect(waits(states)).toEqual(['no-pictures']);
    expect(camera.methods.filter((method) => method === 'PLAY')).toHaveLength(plays);
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
