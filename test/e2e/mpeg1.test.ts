import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { childrenOf, commandOf } from '../support/child-processes.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';
import { probe } from '../video/fmp4/clip.ts';

jest.setTimeout(90_000);

const HEADER_BYTES = 16;
const MPEG_TS = 3;

let cameras: SimulateRun;
let run: ServeRun;
let operator: ApiCaller;
let dispatcher: ApiCaller;
const peers: LivePeer[] = [];

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '1']);
  run = await ServeRun.start({
    config: { cameras: cameras.config('rtsp') },
    env: CAMERA_PASSWORD_ENV,
  });
  [operator, dispatcher] = [await run.operator(), await run.dispatcher('rotterdam')];
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});
afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

async function connect(caller: ApiCaller): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller, [], ['mpeg1']);
  peers.push(peer);
  return peer;
}

async function share(): Promise<string> {
  const incident = { type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] };
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', incident);
  const grant = { cameras: ['shop-1'], rights: ['view'], expiresInMinutes: 60 };
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, grant);
  return id;
}

it('is MPEG-1 in MPEG-TS, made once for all who can play nothing else, from a key frame on', async () => {
  const [first, second] = [await connect(operator), await connect(operator)];
  // A machine that is too busy starts the encoder anew; each time is a generation of its own.
  const generations: Buffer[][] = [];
  second.socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return;
    if (data.readBigUInt64BE(8) === 0n) generations.push([]);
    generations.at(-1)?.push(data);
  });
  first.say({ type: 'watch', channel: 1, camera: 'shop-1' });
  await first.pictures(10, 1, 30_000);
  second.say({ type: 'watch', channel: 7, camera: 'shop-1', quality: 'low' });
  const messages = await until(
    'twenty pictures of one generation',
    () => generations.find((generation) => generation.length > 20),
    60_000,
  );
  expect(await second.hears('watching')).toMatchObject({
    ...{ channel: 7, camera: 'shop-1', format: 'mpeg1', codec: 'mp4v.6A', quality: 'mpeg1' },
    ...{ width: 640, height: 360 },
  });
  expect(await (await operator.fetch('/metrics')).text()).toMatch(
    /^liveview_encoders_in_use\{encoder="software"\} 1$/m,
  );
  expect(new Set(messages.map((message) => message[0]))).toEqual(new Set([MPEG_TS]));
  // The tables come first; the first picture is a key frame.
  expect(messages.slice(0, 2).map((message) => (message[1] ?? 0) & 1)).toEqual([0, 1]);
  const pictures = messages.slice(0, 21).map((message) => message.subarray(HEADER_BYTES));
  const seen = await probe(Buffer.concat(pictures));
  expect(seen).toMatchObject({ codec: 'mpeg1video', warnings: '' });
  expect(seen.frames).toHaveLength(pictures.length - 1);
  expect(seen.frames[0]).toMatchObject({ key: true, width: 640, height: 360 });
});

it('passes the same gate: not a byte without a share, and none after it has ended', async () => {
  const viewer = await connect(dispatcher);
  viewer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
  expect(await viewer.hears('error')).toMatchObject({ code: 'not-shared', ref: 1 });
  const incident = await share();
  expect(viewer.mediaBytes).toBe(0);
  viewer.say({ type: 'watch', channel: 2, camera: 'shop-1', incident });
  await viewer.pictures(10, 2, 30_000);
  const arrived: string[] = [];
  viewer.socket.on('message', (data: Buffer, isBinary: boolean) => {
    arrived.push(isBinary ? 'media' : JSON.parse(data.toString('utf8')).type);
  });
  const close = { outcome: 'resolved', note: '' };
  await operator.call('POST', `/v1/incidents/${incident}/close`, close);
  expect(await viewer.hears('ended')).toMatchObject({ channel: 2, code: 'incident-closed' });
  // The camera goes on: others get twenty more pictures, this viewer none.
  const other = await connect(operator);
  other.say({ type: 'watch', channel: 1, camera: 'shop-1' });
  await other.pictures(20, 1, 30_000);
  expect(arrived.slice(arrived.indexOf('ended'))).not.toContain('media');
});

it('takes both its processes along when the gateway is killed', async () => {
  const viewer = await connect(operator);
  viewer.say({ type: 'watch', channel: 1, camera: 'shop-1' });
  await viewer.pictures(2, 1, 30_000);
  const children = await until('its processes and no other', () => {
    const pids = childrenOf(run.process.child.pid ?? 0);
    return pids.map(commandOf).join() === 'ffmpeg,ffmpeg' ? pids : undefined;
  });
  run.process.child.kill('SIGKILL');
  await until('the end of both', () => children.every((pid) => !commandOf(pid)));
});
