/** Cameras that send neither H.264 nor H.265: GStreamer's on one side, ffprobe on the other. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jpegSize } from '../../src/cameras/jpeg.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { attempts } from '../support/attempts.ts';
import { childrenOf, commandOf, MAY_ISOLATE, sharesNetwork } from '../support/child-processes.ts';
import { GSTREAMER_USER, GstreamerServer } from '../support/gstreamer-server.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';
import { probe } from '../video/fmp4/clip.ts';

jest.setTimeout(180_000);

const HEADER_BYTES = 16;
const INIT = 1;
const PICTURES = 60;

let jpeg: GstreamerServer;
let vp8: GstreamerServer;
let run: ServeRun;
let operator: ApiCaller;
const peers: LivePeer[] = [];

const access = { username: GSTREAMER_USER.username, password: { env: 'CAMERA' } };
const env = { CAMERA: GSTREAMER_USER.password };

beforeAll(async () => {
  [jpeg, vp8] = await Promise.all([
    GstreamerServer.start('jpegenc'),
    GstreamerServer.start('vp8enc deadline=1 cpu-used=8 keyframe-max-dist=25'),
  ]);
  const main = jpeg.url('open');
  run = await ServeRun.start({
    config: {
      cameras: [
        { id: 'jpeg-tcp', rtsp: { main }, stream: { transport: 'tcp' } },
        { id: 'jpeg-udp', rtsp: { main }, stream: { transport: 'udp' } },
        { id: 'jpeg-secret', rtsp: { main: jpeg.url('protected'), ...access } },
        { id: 'vp8', rtsp: { main: vp8.url('open') } },
      ],
    },
    env,
  });
  operator = await run.operator();
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});
afterAll(async () => {
  await run?.stop('SIGKILL');
  await Promise.all([jpeg?.stop(), vp8?.stop()]);
});

async function watch(
  camera: string,
  quality = 'main',
  caller = operator,
  formats: readonly ('fmp4' | 'mpeg1')[] = ['fmp4'],
): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller, undefined, formats);
  peers.push(peer);
  peer.say({ type: 'watch', channel: 1, camera, quality });
  return peer;
}

/** Those of a gateway that run. */
function ffmpegsOf({ process }: ServeRun): number[] {
  return childrenOf(process.child.pid ?? 0).filter((pid) => commandOf(pid) === 'ffmpeg');
}

describe('a camera that sends another codec', () => {
  it.each(['jpeg-tcp', 'jpeg-udp', 'vp8'])('is watched like any other: %s', async (camera) => {
    // A machine that is too busy misses pictures; the next attempt begins with a stream of its own.
    await attempts(3, async () => {
      const peer = await watch(camera);
      const bytes: Buffer[] = [];
      peer.socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary && data[0] === INIT) bytes.length = 0;
        if (isBinary) bytes.push(data.subarray(HEADER_BYTES));
      });
      const watching = await peer.hears('watching', () => true, 60_000);
      expect(watching).toMatchObject({ width: 320, height: 240, format: 'fmp4', transcoded: true });
      expect(watching.codec).toMatch(/^avc1\.[0-9a-f]{6}$/i);
      await until('pictures of one generation', () => bytes.length > PICTURES, 60_000);
      peer.close();
      const seen = await probe(Buffer.concat(bytes.slice(0, PICTURES + 1)));
      expect(seen).toMatchObject({ codec: 'h264', warnings: '' });
      expect(seen.frames).toHaveLength(PICTURES);
      expect(seen.frames[0]).toMatchObject({ key: true, width: 320, height: 240 });
      expect(peer.messages.filter((message) => message.type === 'dropped')).toEqual([]);
    });
  });

  it('has one client and one process that knows neither its address nor its password', async () => {
    // On a machine that is too busy the camera is connected again.
    await attempts(3, async () => {
      const before = jpeg.clients('protected');
      for (const peer of peers.splice(0)) peer.close();
      if (before > 0) await until('its end', () => ffmpegsOf(run).length === 0, 60_000);
      const both = [await watch('jpeg-secret'), await watch('jpeg-secret')];
      await Promise.all(both.map((peer) => peer.pictures(10, 1, 60_000)));
      expect(jpeg.clients('protected') - before).toBe(1);
    });
    expect(new Set(jpeg.setUps().map((path) => /stream=\d/.exec(path)?.[0]))).toEqual(
      new Set(['stream=0']),
    );
    const lists = await until('the argument lists', () => {
      const all = ffmpegsOf(run).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      return all.some((list) => list.includes('matroska')) ? all : undefined;
    });
    for (const list of lists) expect(list).not.toMatch(/rtsp|viewer|s3cret|\/test/);
    expect(run.process.stderr).not.toContain(GSTREAMER_USER.password);
  });

  it('is read by a process without a network', async () => {
    const peer = await watch('jpeg-tcp');
    await peer.pictures(5, 1, 60_000);
    const running = ffmpegsOf(run);
    expect(running.length).toBeGreaterThan(0);
    for (const pid of running) expect(sharesNetwork(pid)).toBe(!MAY_ISOLATE);
  });

  it('is made into smaller pictures, MPEG-1 and stills as well', async () => {
    const peer = await watch('jpeg-tcp', 'low');
    await peer.pictures(10, 1, 60_000);
    expect(await peer.hears('watching')).toMatchObject({ quality: 'low', transcoded: true });
    peer.close();
    const old = await LivePeer.connect(operator, [], ['mpeg1']);
    peers.push(old);
    old.say({ type: 'watch', channel: 1, camera: 'jpeg-tcp' });
    await old.pictures(10, 1, 60_000);
    const still = await until('a still', async () => {
      const reply = await operator.fetch('/v1/cameras/jpeg-tcp/snapshot.jpg');
      return reply.ok ? Buffer.from(await reply.arrayBuffer()) : undefined;
    });
    expect(jpegSize(still)).toEqual({ width: 320, height: 240 });
  });

  it('comes back when its process is killed or hangs, and no process is left when nobody watches', async () => {
    const peer = await watch('jpeg-udp');
    await peer.pictures(10, 1, 60_000);
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const before = await until(
        'one process',
        () => {
          const pids = ffmpegsOf(run);
          return pids.length === 1 ? pids : undefined;
        },
        60_000,
      );
      for (const pid of before) process.kill(pid, signal);
      await until(
        'another process',
        () => ffmpegsOf(run).some((pid) => !before.includes(pid)),
        60_000,
      );
      await peer.pictures(10, 1, 60_000);
    }
    peer.close();
    await until('no process', () => ffmpegsOf(run).length === 0, 60_000);
    const metrics = await (await operator.fetch('/metrics')).text();
    expect(metrics).toMatch(/^liveview_encoders_in_use\{encoder="software"\} 0$/m);
  });
});

describe('a gateway with two encoders', () => {
  let two: ServeRun;

  beforeAll(async () => {
    const main = jpeg.url('open');
    two = await ServeRun.start({
      config: {
        transcode: { maxEncoders: 2 },
        cameras: ['first', 'second'].map((id) => ({ id, rtsp: { main } })),
      },
    });
  });
  afterAll(async () => {
    await two?.stop('SIGKILL');
  });

  it('is not held up by small pictures of two such cameras that are asked for at once', async () => {
    const caller = await two.operator();
    const viewer = await watch('first', 'low', caller);
    viewer.say({ type: 'watch', channel: 2, camera: 'second', quality: 'low' });
    for (const ended of [1, 2]) {
      const { code, reason } = await viewer.hears(
        'ended',
        ({ channel }) => channel === ended,
        90_000,
      );
      expect(code).toBe('too-many-encoders');
      expect(reason).toContain('watch with quality main');
    }
    viewer.say({ type: 'watch', channel: 3, camera: 'first', quality: 'main' });
    viewer.say({ type: 'watch', channel: 4, camera: 'second', quality: 'main' });
    await viewer.pictures(5, 3, 60_000);
    await viewer.pictures(5, 4, 60_000);
    for (const channel of [3, 4]) viewer.say({ type: 'unwatch', channel });
    viewer.say({ type: 'watch', channel: 5, camera: 'first', quality: 'low' });
    await viewer.pictures(5, 5, 60_000);
    expect(await viewer.hears('watching', ({ channel }) => channel === 5)).toMatchObject({
      ...{ quality: 'low', transcoded: true },
    });
  });
});

describe('a gateway with one encoder', () => {
  let small: ServeRun;

  beforeAll(async () => {
    const main = jpeg.url('open');
    small = await ServeRun.start({
      config: {
        transcode: { maxEncoders: 1 },
        cameras: ['first', 'second', 'third', 'fourth'].map((id) => ({ id, rtsp: { main } })),
      },
    });
  });
  afterAll(async () => {
    await small?.stop('SIGKILL');
  });

  it('says of the second such camera what stands in the way, and shows it when that is gone', async () => {
    const caller = await small.operator();
    const first = await watch('first', 'main', caller);
    await first.pictures(5, 1, 60_000);
    const second = await watch('second', 'main', caller);
    const { code, reason } = await second.hears(
      'picture',
      (told) => told.code !== undefined,
      60_000,
    );
    expect(code).toBe('too-many-encoders');
    expect(reason).toContain('transcode.maxEncoders');
    first.close();
    await second.pictures(5, 1, 90_000);
    await until('the end of the first', () => ffmpegsOf(small).length === 1);
  });

  it.each([
    ['third', 'low', ['fmp4']],
    ['fourth', 'main', ['mpeg1']],
  ] as const)(
    'says of %s that %s as %s takes two, and shows the full picture',
    async (camera, quality, formats) => {
      const caller = await small.operator();
      await until('that nobody watches', async () => {
        const metrics = await (await caller.fetch('/metrics')).text();
        return (
          /^liveview_viewers\b.* 0$/m.test(metrics) && !/^liveview_viewers\b.* [1-9]/m.test(metrics)
        );
      });
      const viewer = await watch(camera, quality, caller, formats);
      const ended = await viewer.hears('ended', () => true, 90_000);
      expect(ended).toMatchObject({
        code: 'too-many-encoders',
        reason: expect.stringMatching(/takes two encoders.*transcode\.maxEncoders/),
      });
      viewer.say({ type: 'watch', channel: 2, camera, quality });
      const refusal = await viewer.hears('error', ({ ref }) => ref === 2);
      expect(refusal).toMatchObject({
        code: 'too-many-encoders',
        message: expect.stringContaining('takes two encoders: this gateway has 1'),
      });
      const other = await watch(camera, 'main', caller);
      await other.pictures(5, 1, 60_000);
    },
  );

  it('takes its process along when it is killed', async () => {
    const peer = await watch('second', 'main', await small.operator());
    await peer.pictures(5, 1, 60_000);
    const pids = ffmpegsOf(small);
    expect(pids.length).toBeGreaterThan(0);
    small.process.child.kill('SIGKILL');
    await until('its end', () => pids.every((pid) => !commandOf(pid)), 60_000);
  });
});
