import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { attempts } from '../support/attempts.ts';
import { childrenOf, commandOf } from '../support/child-processes.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

let cameras: SimulateRun;
let run: ServeRun;
let peer: LivePeer | undefined;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2']);
  const [first, second] = cameras.config('rtsp');
  const main = cameras.cameras[0]?.rtspMain ?? '';
  run = await ServeRun.start({
    config: {
      cameras: [
        ...[first, second].filter((camera) => camera !== undefined),
        { ...first, id: 'anew', stream: { deliver: 'transcode' } },
        {
          id: 'anew-alone',
          rtsp: { main, ...CAMERA_CREDENTIALS },
          stream: { deliver: 'transcode' },
        },
      ],
      transcode: { encoder: 'vaapi', device: '/nonexistent/device', maxEncoders: 1 },
    },
    env: CAMERA_PASSWORD_ENV,
  });
}, 90_000);
afterEach(() => peer?.close());
afterAll(async () => {
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

/** Both cameras pass their pictures on as they are; `anew` and `anew-alone` never do. */
const [shop, other] = [() => cameras.cameras[0]?.id ?? '', () => cameras.cameras[1]?.id ?? ''];

async function connect(): Promise<LivePeer> {
  peer = await LivePeer.connect(await run.operator());
  return peer;
}

describe('a gateway whose encoder does not work', () => {
  it('says so in its log, to its administrators and in its figures, and encodes in software', async () => {
    await run.process.logged(/an encoder cannot be used: vaapi does not encode: \S/);
    const operator = await run.operator();
    expect(await operator.call('GET', '/readyz')).toMatchObject({
      problems: [expect.stringMatching(/^transcode.encoder: vaapi .* in software instead$/)],
    });
    const figures = await (await operator.fetch('/metrics')).text();
    expect(figures).toMatch(/^liveview_encoder_fallback 1$/m);
    expect(figures).toMatch(/^liveview_encoders_most 1$/m);
  });
});

describe('a gateway that makes one picture at a time', () => {
  it('refuses another with what to do instead, and makes it when the first is left', async () => {
    const viewer = await connect();
    viewer.say({ type: 'watch', channel: 1, camera: shop(), quality: 'low' });
    await viewer.pictures(3, 1, 30_000);
    viewer.say({ type: 'watch', channel: 2, camera: other(), quality: 'low' });
    const refusal = await viewer.hears('error', ({ ref }) => ref === 2);
    expect(refusal).toMatchObject({
      code: 'too-many-encoders',
      message: expect.stringMatching(/makes 1 pictures at a time.*watch with quality sub$/),
    });
    viewer.say({ type: 'unwatch', channel: 1 });
    viewer.say({ type: 'watch', channel: 3, camera: other(), quality: 'low' });
    await viewer.pictures(3, 3, 30_000);
  });

  it('gives whoever left the choice to it the small picture of the camera itself', async () => {
    const viewer = await connect();
    viewer.say({ type: 'watch', channel: 1, camera: shop(), quality: 'low' });
    await viewer.pictures(1, 1, 30_000);
    viewer.say({ type: 'watch', channel: 2, camera: 'anew', quality: 'auto' });
    await viewer.pictures(3, 2, 30_000);
    const watching = await viewer.hears('watching', ({ channel }) => channel === 2);
    expect(watching).toMatchObject({ quality: 'sub', width: 640, height: 360 });

    const operator = await run.operator();
    const response = await operator.fetch('/v1/cameras/anew-alone/live.mp4');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: 'too-many-encoders',
      detail: expect.stringContaining('ask again later'),
    });
  });
});

describe('a picture that is made anew', () => {
  const encoders = () =>
    childrenOf(run.process.child.pid ?? 0).filter((pid) => commandOf(pid) === 'ffmpeg');

  it('is made once for all who watch it, and no longer than somebody does', async () => {
    const viewer = await connect();
    viewer.say({ type: 'watch', channel: 1, camera: shop(), quality: 'low' });
    await viewer.pictures(3, 1, 30_000);
    const [encoder] = encoders();
    const second = await LivePeer.connect(await run.operator());
    try {
      second.say({ type: 'watch', channel: 1, camera: shop(), quality: 'low' });
      await second.pictures(3, 1, 30_000);
      expect(encoders()).toEqual([encoder]);
      viewer.close();
      await second.pictures(10, 1, 30_000);
      expect(encoders()).toEqual([encoder]);
    } finally {
      second.close();
    }
    await until('no encoder', () => encoders().length === 0, 60_000);
  }, 180_000);
});

describe('a transcoder that joins a camera which is watched', () => {
  /** Begun right after a key frame of the camera, so that the next is as far away as it can be. */
  async function joinOf(camera: string): Promise<void> {
    const viewer = await connect();
    const main = () => viewer.media.filter(({ channel }) => channel === 1);
    viewer.say({ type: 'watch', channel: 1, camera, quality: 'main' });
    await viewer.pictures(10, 1, 30_000);
    const from = main().length;
    const begin = await until('a key frame', () =>
      main()
        .slice(from)
        .find(({ keyFrame }) => keyFrame),
    );
    viewer.say({ type: 'watch', channel: 2, camera, quality: 'low' });
    await viewer.pictures(1, 2, 30_000);
    const first = viewer.media.find(({ channel }) => channel === 2);
    const passedOver = main().filter(
      ({ keyFrame, captureUnixUs }) =>
        keyFrame &&
        captureUnixUs > begin.captureUnixUs &&
        captureUnixUs < (first?.captureUnixUs ?? 0),
    );
    viewer.close();
    expect(first?.keyFrame).toBe(true);
    expect(passedOver).toEqual([]);
  }

  it('does not wait for a key frame of the camera', async () => {
    // A processor that was away for a whole group spoils it. The other camera's encoder takes the place of the
    // one before, so none of them is running already.
    const order = [other(), shop(), other()];
    await attempts(order.length, () => joinOf(order.shift() ?? ''));
  }, 180_000);
});

describe('a gateway that is killed', () => {
  it('takes its ffmpeg along', async () => {
    const viewer = await connect();
    viewer.say({ type: 'watch', channel: 1, camera: shop(), quality: 'low' });
    await viewer.pictures(1, 1, 30_000);
    const children = await until('its processes and no other', () => {
      const pids = childrenOf(run.process.child.pid ?? 0);
      return pids.map(commandOf).join() === 'ffmpeg' ? pids : undefined;
    });
    run.process.child.kill('SIGKILL');
    await until('the end of ffmpeg', () => children.every((pid) => !commandOf(pid)));
  });
});
