import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Entry } from '../../src/journal/record.ts';
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
let supervisor: ApiCaller;
let camera: OnvifCaller;
const peers: LivePeer[] = [];
const holding: ReturnType<typeof setInterval>[] = [];

beforeAll(async () => {
  // Only a Stop ends a movement of this dome.
  cameras = await SimulateRun.start(['--cameras', '1', '--quirk', 'ignoresTimeout']);
  const config = { cameras: cameras.config(), policy: { ptz: 'auto' as const } };
  run = await ServeRun.start({ config, env: CAMERA_PASSWORD_ENV });
  operator = await run.operator();
  supervisor = await run.supervisor();
  camera = new OnvifCaller(cameras.camera('shop-1').onvifUrl, 'liveview', 'virtual');
});

afterEach(() => {
  for (const timer of holding.splice(0)) clearInterval(timer);
  for (const peer of peers.splice(0)) peer.cut();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

async function connect(caller: ApiCaller): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peers.push(peer);
  return peer;
}

async function shared(): Promise<string> {
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] },
  });
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
    ...{ cameras: ['shop-1'], rights: ['view', 'ptz'] },
  });
  return id;
}

/** Somebody holds the stick until the camera is seen to turn; once more when nobody was scheduled in time. */
async function turn(peer: LivePeer, incident: string): Promise<void> {
  let id = '';
  holding.push(setInterval(() => peer.say({ type: 'hold', id }), 200));
  await attempts(3, async () => {
    id = `${id}turn`;
    const ask = { action: 'ptz.move', camera: 'shop-1', args: { pan: 0.1 } } as const;
    peer.say({ type: 'request', id, incident, ...ask });
    await until('the camera turns', async () => (await camera.status()).moving, 10_000);
  });
}

const stands = () => until('the camera stands', async () => !(await camera.status()).moving);
const journal = (incident: string) =>
  run.auditor().then((auditor) => auditor.call<Entry[]>('GET', `/v1/journal?incident=${incident}`));

describe('a camera that was moved within an incident', () => {
  it('is home again after it was closed, as an act of the gateway', async () => {
    const incident = await shared();
    await operator.call('POST', '/v1/requests', {
      ...{
        incident,
        action: 'ptz.goto',
        camera: 'shop-1',
        args: { pan: 0.5, tilt: 0.5, zoom: 0.5 },
      },
    });
    await until('the camera is there', async () => (await camera.status()).pan > 0.45);
    await operator.call('POST', `/v1/incidents/${incident}/close`, { outcome: 'resolved' });
    await until('the camera is home', async () => {
      const { pan, tilt, zoom, moving } = await camera.status();
      return !moving && [pan, tilt, zoom].every((axis) => axis === 0);
    });
    const entries = await until('the return is journalled', async () => {
      const all = await journal(incident);
      return all.some(({ kind }) => kind === 'return.ended') ? all : undefined;
    });
    const acts = entries.filter(({ actor }) => actor.role === 'gateway').slice(-3);
    expect(acts.map(({ kind }) => kind)).toEqual(['desk.intent', 'desk.outcome', 'return.ended']);
  });
});

describe('a camera that somebody has', () => {
  it('is stopped and free when a supervisor forces that, and both sides see it', async () => {
    const incident = await shared();
    const dispatcher = await connect(await run.dispatcher('rotterdam'));
    const centre = await connect(operator);
    await turn(dispatcher, incident);
    await dispatcher.hears('control', ({ holder }) => holder?.who === 'you');
    await centre.hears('control', ({ holder }) => holder?.controlRoom === 'rotterdam');
    const path = '/v1/cameras/shop-1/force-release';
    const released = await supervisor.call('POST', path, { note: 'police on the roof' });
    expect(released).toMatchObject({ holder: null });
    await stands();
    await dispatcher.hears('control', ({ holder }) => holder === null);
    await dispatcher.hears('request', ({ reasonCode }) => reasonCode === 'control-forced');
    const end = (await journal(incident)).find(({ kind }) => kind === 'control.released');
    expect(end?.data).toMatchObject({ why: 'control-forced', note: 'police on the roof' });
  });

  it('is free when their line breaks', async () => {
    const incident = await shared();
    const dispatcher = await connect(await run.dispatcher('rotterdam'));
    const centre = await connect(operator);
    dispatcher.say({ type: 'request', id: 't', incident, action: 'ptz.take', camera: 'shop-1' });
    await centre.hears('control', ({ holder }) => holder?.who === 'room');
    const refused = await operator.fetch('/v1/cameras/shop-1');
    expect(await refused.json()).toMatchObject({ holder: { controlRoom: 'rotterdam' } });
    dispatcher.cut();
    await centre.hears('control', ({ holder }) => holder === null);
  });
});
