import { sleep } from '../../src/core/clock.ts';
import type { RequestState } from '../../src/liveview/model.ts';
import { call } from '../api.ts';
import { type Bench, type Row, type Scenario, using } from '../bench.ts';
import { type BenchCamera, type CameraProcess, startCameras } from '../camera-process.ts';
import { Dispatcher } from '../dispatcher.ts';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { inTime } from '../measure.ts';
import { type OnvifTap, tapOnvif } from '../onvif-tap.ts';
import { spreadOf } from '../statistics.ts';

/** What a control room asks for, from the word to the deed. */
export const control: Scenario = {
  title: 'control: movement, Stop, dead man, switch, withdrawal',
  run: (bench) =>
    using(startCameras(bench, 4), async (cameras) => {
      const [dome, other] = twoOf(cameras);
      return using(tapOnvif(dome.onvifUrl, bench.clock), async (tap) => [
        ...(await movements(bench, cameras, dome, tap)),
        ...(await pictures(bench, cameras, [dome, other])),
      ]);
    }),
};

const ROOM = 'bench-room';
const HOLD_MS = 150;

interface Scene {
  readonly gateway: GatewayProcess;
  readonly dispatcher: Dispatcher;
  readonly operator: { readonly base: string; readonly token: string };
  readonly incident: string;
}

/** A dome that can be turned, and a camera to switch to. */
function twoOf({ cameras }: CameraProcess): [BenchCamera, BenchCamera] {
  const dome = cameras.find(({ ptz }) => ptz);
  const other = cameras.find((camera) => camera !== dome);
  if (!dome || !other) throw new Error('the virtual cameras have no dome');
  return [dome, other];
}

/** A gateway with an open incident that is shared with a control room. */
function scene<R>(
  bench: Bench,
  starting: Promise<GatewayProcess>,
  cameras: readonly BenchCamera[],
  use: (scene: Scene) => Promise<R>,
): Promise<R> {
  return using(starting, async (gateway) => {
    const operator = { base: gateway.centre, token: gateway.token.reveal() };
    const { id } = await call<{ id: string }>(operator, 'POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'bench', summary: '' },
      cameras: cameras.map((camera) => camera.id),
    });
    await share(operator, id, cameras);
    const connecting = Dispatcher.connect(gateway.police, gateway.dispatcher(ROOM), bench.clock);
    return using(connecting, (dispatcher) => use({ gateway, dispatcher, operator, incident: id }));
  });
}

function share(
  operator: Scene['operator'],
  incident: string,
  cameras: readonly BenchCamera[],
): Promise<unknown> {
  return call(operator, 'PUT', `/v1/incidents/${incident}/grants/${ROOM}`, {
    cameras: cameras.map(({ id }) => id),
    rights: ['view', 'ptz', 'switch'],
  });
}

async function movements(
  bench: Bench,
  cameras: CameraProcess,
  dome: BenchCamera,
  tap: OnvifTap,
): Promise<Row[]> {
  const onvifPorts = new Map([[dome.id, tap.port]]);
  const starting = startGateway(bench.root, cameras, { onvifPorts, controlRoom: ROOM });
  const [moveMs, acceptedMs]: [number[], number[]] = [[], []];
  const [stopMs, deadManMs]: [number[], number[]] = [[], []];
  await scene(bench, starting, [dome], async (scene) => {
    while (moveMs.length < bench.pace.commands) {
      const id = `move-${moveMs.length}`;
      const took = await move(bench, scene, dome, tap, id);
      moveMs.push(took.sinceAskedMs);
      acceptedMs.push(took.sinceAcceptedMs);
      const isHeld = moveMs.length % 2 === 0;
      if (isHeld) stopMs.push(await letGo(bench, scene, tap, id));
      else deadManMs.push(await lose(bench, scene, tap, id));
      await sleep(bench.clock, HOLD_MS);
    }
  });
  return [
    row(
      'ptz-move',
      'a movement that needs no decision is asked for → it passes to the camera',
      moveMs,
    ),
    row('ptz-accepted', 'a movement is accepted → it passes to the camera', acceptedMs),
    row('ptz-stop', 'the joystick is released → Stop passes to the camera', stopMs),
    row('ptz-dead-man', 'the last sign of the joystick → Stop passes to the camera', deadManMs),
  ];
}

async function move(
  { clock }: Bench,
  { dispatcher, incident }: Scene,
  { id: camera }: BenchCamera,
  tap: OnvifTap,
  id: string,
): Promise<{ sinceAskedMs: number; sinceAcceptedMs: number }> {
  const [accepted, running] = [
    became(dispatcher, id, 'accepted'),
    became(dispatcher, id, 'running'),
  ];
  const passes = tap.next('ContinuousMove');
  const args = { pan: 0.3 };
  const askedUs = clock.unixUs();
  dispatcher.say({ type: 'request', id, incident, action: 'ptz.move', camera, args });
  const acceptedUs = await inTime(accepted, 'the acceptance');
  const passedUs = await inTime(passes, 'the movement');
  await inTime(running, 'the movement');
  return {
    sinceAskedMs: (passedUs - askedUs) / 1_000,
    sinceAcceptedMs: (passedUs - acceptedUs) / 1_000,
  };
}

async function letGo(
  { clock }: Bench,
  { dispatcher }: Scene,
  tap: OnvifTap,
  id: string,
): Promise<number> {
  dispatcher.say({ type: 'hold', id });
  await sleep(clock, HOLD_MS);
  const [passes, done] = [tap.next('Stop'), became(dispatcher, id, 'done')];
  const releasedUs = clock.unixUs();
  dispatcher.say({ type: 'release', id });
  const tookMs = ((await inTime(passes, 'Stop')) - releasedUs) / 1_000;
  await inTime(done, 'the end of the movement');
  return tookMs;
}

/** Nothing more is heard of whoever holds the joystick. */
async function lose(
  { clock }: Bench,
  { dispatcher }: Scene,
  tap: OnvifTap,
  id: string,
): Promise<number> {
  const [passes, done] = [tap.next('Stop'), became(dispatcher, id, 'done')];
  const lastUs = clock.unixUs();
  dispatcher.say({ type: 'hold', id });
  const tookMs = ((await inTime(passes, 'Stop')) - lastUs) / 1_000;
  await inTime(done, 'the end of the movement');
  return tookMs;
}

/** When the dispatcher hears it. */
async function became(dispatcher: Dispatcher, id: string, state: RequestState): Promise<number> {
  const isIt = (message: { id: string; state: RequestState }) =>
    message.id === id && message.state === state;
  return (await dispatcher.hears('request', isIt)).atUs;
}

async function pictures(
  bench: Bench,
  cameras: CameraProcess,
  pair: readonly [BenchCamera, BenchCamera],
): Promise<Row[]> {
  const more = { stream: { warm: 'always' as const }, controlRoom: ROOM };
  const starting = startGateway(bench.root, cameras, more);
  const [switchMs, endMs]: [number[], number[]] = [[], []];
  let after = 0;
  await scene(bench, starting, pair, async (scene) => {
    await watch(scene, 0, pair[0]);
    await watch(scene, 1, pair[1]);
    scene.dispatcher.say({ type: 'unwatch', channel: 1 });
    await call(scene.operator, 'PUT', `/v1/incidents/${scene.incident}/screen`, {
      ...{ tiles: [{ camera: pair[0].id }], focus: null },
    });
    scene.dispatcher.say({ type: 'follow', incident: scene.incident });
    while (switchMs.length < bench.pace.commands) {
      switchMs.push(await switchTo(bench, scene, pair[(switchMs.length + 1) % 2] ?? pair[0]));
      await sleep(bench.clock, HOLD_MS);
    }
    while (endMs.length < bench.pace.commands) {
      const [tookMs, bytesAfter] = await withdraw(bench, scene);
      endMs.push(tookMs);
      after += bytesAfter;
      await share(scene.operator, scene.incident, pair);
      await watch(scene, 0, pair[0]);
    }
  });
  const end = row(
    'withdraw',
    'a share is withdrawn → the viewer is told, as the last thing',
    endMs,
  );
  const warnings = after > 0 ? [`pictures after the end: ${after}`] : [];
  return [
    row('switch', 'another camera is asked for → its first picture (both warm)', switchMs),
    { ...end, warnings },
  ];
}

/** Until its first key frame is here. */
async function watch(
  { dispatcher, incident }: Scene,
  channel: number,
  { id: camera }: BenchCamera,
): Promise<number> {
  const shown = dispatcher.keyFrame(channel);
  dispatcher.say({ type: 'watch', channel, camera, incident, quality: 'main' });
  return inTime(shown, 'a picture');
}

/** As the console does it: the screen says which camera, and the viewer watches that one instead. */
async function switchTo({ clock }: Bench, scene: Scene, to: BenchCamera): Promise<number> {
  const { dispatcher, incident } = scene;
  const changed = dispatcher.hears('screen', ({ tiles }) =>
    tiles.some((tile) => 'camera' in tile && tile.camera === to.id),
  );
  const id = `switch-${clock.unixUs()}`;
  const askedUs = clock.unixUs();
  const args = { tile: 0, camera: to.id };
  dispatcher.say({ type: 'request', id, incident, action: 'camera.switch', args });
  await inTime(changed, 'the screen');
  dispatcher.say({ type: 'unwatch', channel: 0 });
  return ((await watch(scene, 0, to)) - askedUs) / 1_000;
}

/** Milliseconds until `ended` is heard, and the pictures that came after it. */
async function withdraw({ clock }: Bench, scene: Scene): Promise<[number, number]> {
  const { dispatcher, operator, incident } = scene;
  let isOver = false;
  let after = 0;
  dispatcher.onPicture(() => {
    if (isOver) after += 1;
  });
  const ended = dispatcher.hears('ended').then(({ atUs }) => {
    isOver = true;
    return atUs;
  });
  const withdrawnUs = clock.unixUs();
  await call(operator, 'DELETE', `/v1/incidents/${incident}/grants/${ROOM}`);
  const tookMs = ((await inTime(ended, 'the end')) - withdrawnUs) / 1_000;
  await sleep(clock, HOLD_MS);
  return [tookMs, after];
}

function row(id: string, measured: string, timesMs: readonly number[]): Row {
  return { id, measured, contender: 'Live View', ...spreadOf(timesMs), warnings: [] };
}
