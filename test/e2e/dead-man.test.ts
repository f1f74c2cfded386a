import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
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
let camera: OnvifCaller;
let incident: string;
let peer: LivePeer;
let holding: ReturnType<typeof setInterval> | undefined;

beforeAll(async () => {
  // Only a Stop ends a movement of this dome: it goes on when the time-out of the movement has passed.
  cameras = await SimulateRun.start(['--cameras', '1', '--quirk', 'ignoresTimeout']);
  const config = { cameras: cameras.config(), policy: { ptz: 'auto' as const } };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
  operator = await run.operator();
  camera = new OnvifCaller(cameras.camera('shop-1').onvifUrl, 'liveview', 'virtual');
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

/** A dispatcher who has shared pictures and steers: the camera turns for as long as he holds. */
beforeEach(async () => {
  const opened = await operator.call<Incident>('POST', '/v1/incidents', {
    type: 'robbery',
    site: 'site',
    summary: '',
    cameras: ['shop-1'],
  });
  incident = opened.id;
  await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, {
    cameras: ['shop-1'],
    rights: ['view', 'ptz'],
  });
  // The gateway hears no hold of a process that is not scheduled, and does as it should.
  await attempts(3, turn);
});

afterEach(() => {
  clearInterval(holding);
  peer.cut();
});

async function turn(): Promise<void> {
  clearInterval(holding);
  peer?.cut();
  peer = await LivePeer.connect(await run.dispatcher('rotterdam'));
  await operator.call('POST', '/v1/cameras/shop-1/ptz', { action: 'ptz.home' });
  await until('the camera is at home', async () => !(await camera.status()).moving);
  await operator.call('POST', '/v1/cameras/shop-1/release', {});
  peer.say({
    type: 'request',
    id: 'turn',
    incident,
    action: 'ptz.move',
    camera: 'shop-1',
    args: { pan: 0.2 },
  });
  holding = setInterval(() => peer.say({ type: 'hold', id: 'turn' }), 200);
  await peer.hears('request', (message) => message.state === 'running');
  const start = (await camera.status()).pan;
  await until('the camera turns', async () => (await camera.status()).pan > start, 5_000);
  const held = peer.messages.every((message) => !('state' in message) || !isOver(message.state));
  expect(held).toBe(true);
}

const isOver = (state: string) => !['pending', 'accepted', 'running'].includes(state);

const stands = () => until('the camera stands', async () => !(await camera.status()).moving);

describe('a camera in movement stops', () => {
  it('when the dispatcher lets go', async () => {
    clearInterval(holding);
    peer.say({ type: 'release', id: 'turn' });
    await stands();
    await peer.hears('request', (message) => message.state === 'done');
  });

  it('when the heartbeat stops', async () => {
    clearInterval(holding);
    await stands();
    await peer.hears('request', (message) => message.state === 'done');
  });

  it("when the dispatcher's socket is cut", async () => {
    clearInterval(holding);
    peer.cut();
    await stands();
    // The camera stands as soon as it obeys; the request is done when it has confirmed that.
    const request = await until('the request is over', async () => {
      const path = `/v1/requests?incident=${incident}`;
      const all = await operator.call<{ state: string; reason: string }[]>('GET', path);
      const newest = all.at(-1);
      return newest?.state === 'running' ? undefined : newest;
    });
    expect(request).toMatchObject({
      state: 'done',
      reason: 'whoever asked is no longer connected',
    });
  });

  it('when the incident is closed while the stick is held', async () => {
    await operator.call('POST', `/v1/incidents/${incident}/close`, {
      outcome: 'resolved',
      note: 'test',
    });
    await stands();
    clearInterval(holding);
  });
});
