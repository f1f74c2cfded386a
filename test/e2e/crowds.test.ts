/**
 * Crowds of strangers at a police listener with TLS and client certificates, all at once: whoever is in the
 * right comes in meanwhile, and in the end nobody of them is there any more. Part of docs/design/attacks.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { OnvifCaller } from '../support/onvif-caller.ts';
import { type IssuedCertificate, PrivateCa } from '../support/private-ca.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { connectionsOf } from '../support/tcp-connections.ts';
import { until } from '../support/until.ts';
import { type Crowd, crowdsOf, type Door, fillAllPlaces } from './attacks/crowds.ts';

jest.setTimeout(300_000);

const MIB = 1024 * 1024;
/** A crowd may cost something while it is there; not this. */
const MOST_MEMORY = 300 * MIB;
/** Longer than any bound of the gateway, and only waited for where one does not hold. */
const PATIENCE_MS = 150_000;
const crowds = crowdsOf(`/assets/${largestScript()}`);
/** Each comes from an address of its own. */
const addressOf = (crowd: Crowd) => `127.0.3.${1 + crowds.indexOf(crowd)}`;

let ca: PrivateCa;
let cameras: SimulateRun;
let run: ServeRun;
let door: Door;
let dispatcher: ApiCaller;
let shown: IssuedCertificate;
let incident: string;
let viewer: LivePeer;
let holding: ReturnType<typeof setInterval> | undefined;

beforeAll(async () => {
  ca = new PrivateCa('Police network');
  const own = ca.issue('gateway');
  shown = ca.issue('desk', { san: 'DNS:desk.rotterdam.example' });
  // Only a Stop ends a movement of this dome.
  cameras = await SimulateRun.start(['--cameras', '1', '--looped', '--quirk', 'ignoresTimeout']);
  const certificates = [{ name: 'desk.rotterdam.example' }];
  run = await ServeRun.start({
    config: {
      cameras: cameras.config(),
      policy: { ptz: 'auto' },
      controlRooms: [{ id: 'rotterdam', name: 'Rotterdam', certificates }],
      police: {
        listen: '127.0.0.1:0',
        tls: {
          cert: own.certFile,
          key: own.keyFile,
          clientCa: ca.certFile,
          clientCert: 'optional',
        },
      },
    },
    env: CAMERA_PASSWORD_ENV,
  });
  dispatcher = await run.dispatcher('rotterdam');
  const { hostname: host, port } = new URL(dispatcher.base);
  door = { host, port: Number(port), ca: ca.cert };
  const operator = await run.operator();
  ({ id: incident } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] },
  }));
  const grant = { cameras: ['shop-1'], rights: ['view', 'ptz'] };
  await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, grant);
  viewer = await watching();
});

afterAll(async () => {
  clearInterval(holding);
  viewer?.cut();
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
  ca?.remove();
});

function largestScript(): string {
  const folder = join(import.meta.dirname, '../../web/dist/assets');
  const sized = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, size: readFileSync(join(folder, name)).length }));
  return sized.sort((one, other) => other.size - one.size)[0]?.name ?? 'none';
}

/** A desk of the control room, with its certificate. */
async function watching(): Promise<LivePeer> {
  const { cert, key } = shown;
  const peer = await LivePeer.connect(dispatcher, undefined, undefined, { ca: ca.cert, cert, key });
  peer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident });
  await peer.pictures(2, 1);
  return peer;
}

function processFile(name: string): string {
  return `/proc/${run.process.child.pid}/${name}`;
}

function residentBytes(): number {
  const [, kB] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(processFile('status'), 'utf8')) ?? [];
  return Number(kB) * 1024;
}

const descriptors = () => readdirSync(processFile('fd')).length;
const here = (crowd: Crowd) => connectionsOf(addressOf(crowd), door.port);

describe(`${crowds.length} crowds at once`, () => {
  const arrived: Socket[] = [];
  let [memory, open] = [0, 0];

  beforeAll(async () => {
    [memory, open] = [residentBytes(), descriptors()];
    for (const crowd of crowds) {
      const coming = Array.from({ length: crowd.count }, () => crowd.come(door, addressOf(crowd)));
      arrived.push(...(await Promise.all(coming)));
    }
  });

  afterAll(() => {
    for (const socket of arrived) socket.destroy();
  });

  it('keep nobody out who is in the right, and nobody from what they see', async () => {
    expect(arrived).toHaveLength(crowds.reduce((sum, { count }) => sum + count, 0));
    expect(crowds.filter((crowd) => here(crowd) > 0)).not.toEqual([]);
    (await watching()).cut();
    await viewer.pictures(2, 1);
    expect(residentBytes() - memory).toBeLessThan(MOST_MEMORY);
  });

  it.each(crowds.map((crowd) => [crowd.name, crowd] as const))(
    'are gone: who %s',
    async (_, crowd) => {
      await until('all are cut', () => here(crowd) === 0, PATIENCE_MS);
    },
  );

  it('leave nothing behind', async () => {
    await until('every descriptor is closed', () => descriptors() <= open);
    expect(viewer.closed).toBeUndefined();
    await viewer.pictures(2, 1);
  });
});

describe('more connections than there are places', () => {
  let arrived: Socket[];

  beforeAll(async () => {
    arrived = await fillAllPlaces(door);
  });

  afterAll(() => {
    for (const socket of arrived) socket.destroy();
  });

  it('of six addresses keep nobody out who comes from a seventh', async () => {
    expect(arrived.length).toBeGreaterThan(5_000);
    (await watching()).cut();
    await viewer.pictures(2, 1);
    expect(viewer.closed).toBeUndefined();
  });

  it('do not keep the gateway from stopping, nor from stopping first what somebody turns', async () => {
    arrived.push(...(await fillAllPlaces(door)));
    const camera = new OnvifCaller(cameras.camera('shop-1').onvifUrl, 'liveview', 'virtual');
    const args = { pan: 0.2 };
    viewer.say({
      ...{ type: 'request', id: 'turn', incident, action: 'ptz.move', camera: 'shop-1', args },
    });
    holding = setInterval(() => viewer.say({ type: 'hold', id: 'turn' }), 200);
    const { pan } = await camera.status();
    await until('the camera turns', async () => (await camera.status()).pan > pan);
    expect(await run.stop('SIGTERM')).toBe(0);
    expect((await camera.status()).moving).toBe(false);
  });
});
