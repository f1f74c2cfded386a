/** How a running gateway reaches its cameras: what it has found out, and whom it believes. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, jest } from '@jest/globals';
import { rtspResponse } from '../../src/video/rtsp/message.ts';
import { CAMERA_CA, SIGNED } from '../support/certificates.ts';
import { IDR, PPS, ScriptedRtspPeer, SPS } from '../support/scripted-rtsp-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

interface Listed {
  readonly id: string;
  readonly pictures: readonly { readonly state: string; readonly code?: string }[];
}

const cleanup: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A camera that grants UDP alone, and does not let anybody wait for the first picture. */
async function udpOnly(): Promise<ScriptedRtspPeer> {
  const camera = await ScriptedRtspPeer.start({
    SETUP: (request, connection) => {
      const transport = request.headers.get('Transport') ?? '';
      const port = /client_port=(\d+)/.exec(transport)?.[1];
      if (port === undefined) return rtspResponse(461);
      connection.clientPort = Number(port);
      return rtspResponse(200, { Session: '1', Transport: transport });
    },
    PLAY: (_request, connection) => {
      connection.picture(0, [SPS, PPS, IDR]);
      return rtspResponse(200);
    },
  });
  cleanup.push(() => camera.stop());
  return camera;
}

/** Pulls until the pictures are there, and stops; gives the transports that were asked for. */
async function played(camera: ScriptedRtspPeer, dataDir?: string) {
  const before = camera.requests.length;
  const rtsp = { main: camera.url() };
  const run = await ServeRun.start({
    config: { cameras: [{ id: 'a', rtsp, stream: { transport: 'auto', warm: 'always' } }] },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  cleanup.push(() => run.stop('SIGKILL'));
  const asked = () => camera.requests.slice(before);
  await until('PLAY', () => asked().some(({ method }) => method === 'PLAY'));
  const operator = await run.operator();
  let time = 3_600;
  await until('pictures', async () => {
    camera.connection.picture(time, [SPS, PPS, IDR]);
    time += 3_600;
    const all = await operator.call<Listed[]>('GET', '/v1/cameras');
    return all[0]?.pictures[0]?.state === 'ok';
  });
  await run.stop();
  const transports = asked()
    .filter(({ method }) => method === 'SETUP')
    .map(({ headers }) => (/TCP/.test(headers.get('Transport') ?? '') ? 'tcp' : 'udp'));
  return { transports, dataDir: run.dataDir };
}

it('what a camera grants is found out once, and asked for first after a restart', async () => {
  const camera = await udpOnly();
  const first = await played(camera);
  expect(first.transports).toEqual(['tcp', 'udp']);
  const second = await played(camera, first.dataDir);
  expect(second.transports).toEqual(['udp']);
});

it('a camera is believed by the authority that the configuration names, and by no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'liveview-ca-'));
  cleanup.push(() => rm(folder, { recursive: true }));
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, CAMERA_CA);
  const camera = await ScriptedRtspPeer.start({}, { tls: SIGNED });
  cleanup.push(() => camera.stop());
  const rtsp = { main: camera.url() };
  const run = await ServeRun.start({
    config: {
      cameras: [
        { id: 'believed', rtsp, stream: { tls: { ca }, warm: 'always' } },
        { id: 'unknown', rtsp, stream: { warm: 'always' } },
      ],
    },
  });
  cleanup.push(() => run.stop('SIGKILL'));
  await until('PLAY', () => camera.methods.includes('PLAY'));
  const operator = await run.operator();
  await until('the refusal', async () => {
    const all = await operator.call<Listed[]>('GET', '/v1/cameras');
    const { pictures } = all.find(({ id }) => id === 'unknown') ?? {};
    return pictures?.[0]?.code === 'camera-certificate-untrusted';
  });
  expect(camera.methods.filter((method) => method === 'DESCRIBE')).toHaveLength(1);
});
