import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigInput } from '../../src/config/schema.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { attempts } from '../support/attempts.ts';
import { LivePeer } from '../support/live-peer.ts';
import { OnvifCaller } from '../support/onvif-caller.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let cameras: SimulateRun;
let run: ServeRun;
let operator: ApiCaller;
let config: ConfigInput;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2', '--quirk', 'ignoresTimeout']);
  config = { cameras: cameras.config(), policy: { ptz: 'auto' } };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
  operator = await run.operator();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

/** Reads a changed configuration while the gateway runs. */
async function reload(change: (camera: ConfigInput['cameras'][number]) => object): Promise<void> {
  const before = run.process.stderr.split('configuration read again').length;
  const gateway = { dataDir: run.dataDir, logLevel: 'debug' };
  const changed = { ...config, gateway, cameras: config.cameras.map(change) };
  writeFileSync(run.configFile, JSON.stringify(changed));
  run.process.child.kill('SIGHUP');
  await until(
    'the configuration is read',
    () => run.process.stderr.split('configuration read again').length > before,
  );
}

describe('a reload while cameras are watched', () => {
  it('leaves viewers alone when only what people read has changed', async () => {
    const peer = await LivePeer.connect(operator);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
    await peer.pictures(5, 1);
    await reload((camera) => ({ ...camera, name: `${camera.name} (nieuw)` }));
    await peer.pictures(10, 1);
    expect(peer.messages.filter((message) => message.type === 'ended')).toEqual([]);
    peer.close();
  });

  it('ends viewers of a camera that is reached in another way, and serves it anew', async () => {
    const peer = await LivePeer.connect(operator);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
    await peer.pictures(5, 1);
    await reload((camera) => ({ ...camera, stream: { transport: 'udp' } }));
    await peer.hears('ended', ({ code }) => code === 'camera-changed');
    peer.say({ type: 'watch', channel: 2, camera: 'shop-1' });
    await peer.pictures(5, 2);
    peer.close();
  });

  it('stops a camera that is moving before it lets go of it', async () => {
    const camera = new OnvifCaller(cameras.camera('shop-1').onvifUrl, 'liveview', 'virtual');
    const peer = await LivePeer.connect(operator);
    let id = '';
    const holding = setInterval(() => peer.say({ type: 'hold', id }), 200);
    // What is not held in time does not turn for long; then it is asked for again.
    await attempts(3, async () => {
      id = `${id}turn`;
      const args = { pan: 0.1 };
      peer.say({ type: 'request', id, action: 'ptz.move', camera: 'shop-1', args });
      await until('the camera turns', async () => (await camera.status()).moving, 10_000);
    });
    await reload((item) => ({ ...item, stream: { transport: 'tcp' } }));
    await until('the camera stands', async () => !(await camera.status()).moving);
    clearInterval(holding);
    const over = ['done', 'failed'];
    await peer.hears('request', (message) => message.id === id && over.includes(message.state));
    peer.close();
  });

  it('forgets a camera that is no longer configured', async () => {
    const peer = await LivePeer.connect(operator);
    peer.say({ type: 'watch', channel: 1, camera: 'shop-front' });
    await peer.pictures(5, 1);
    config = { ...config, cameras: config.cameras.slice(0, 1) };
    await reload((camera) => camera);
    await peer.hears('ended');
    peer.say({ type: 'watch', channel: 2, camera: 'shop-front' });
    await peer.hears('error', ({ code }) => code === 'unknown-camera');
    peer.close();
  });
});

describe('a second gateway', () => {
  it('on the same data directory is refused, and harms nothing', async () => {
    const second = ServeRun.launch({ config, dataDir: run.dataDir, env: CAMERA_PASSWORD_ENV });
    expect(await second.process.ended()).toBe(1);
    expect(second.process.stderr).toMatch(/liveview: a gateway is running with the data directory/);
    expect((await operator.fetch('/v1/cameras')).status).toBe(200);
  });
});
