/** H.265 and B-frames through the whole gateway: GStreamer's cameras on one side, ffprobe and Chromium on the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage, seesLivePictures, tileOf } from '../support/browser.ts';
import { GstreamerServer } from '../support/gstreamer-server.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';

jest.setTimeout(120_000);

const X264 = 'x264enc speed-preset=ultrafast key-int-max=25 bitrate=500 b-adapt=false';
/** Chromium says so of the first question whether somebody is logged in; nobody is. */
const NOT_LOGGED_IN = /401/;
/** Left alone, this encoder takes 4:4:4, which few players decode. */
const X265 =
  'videoconvert ! video/x-raw,format=I420 ! x265enc speed-preset=ultrafast key-int-max=25 bitrate=500';
const ENCODERS = {
  'h264-b': `${X264} bframes=2 ! video/x-h264,profile=main`,
  h265: `${X265} tune=zerolatency`,
  'h265-b': `${X265} option-string=bframes=3:b-adapt=0`,
} as const;
type Name = keyof typeof ENCODERS;
const NAMES = Object.keys(ENCODERS) as Name[];

let servers: GstreamerServer[];
let run: ServeRun;
let operator: ApiCaller;

beforeAll(async () => {
  servers = await Promise.all(NAMES.map((name) => GstreamerServer.start(ENCODERS[name])));
  const cameras = NAMES.map((id, i) => ({ id, rtsp: { main: servers[i]?.url('open') ?? '' } }));
  run = await ServeRun.start({ config: { cameras } });
  operator = await run.operator();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await Promise.all((servers ?? []).map((server) => server.stop()));
});

interface Probed {
  readonly streams: { codec_name: string; codec_tag_string: string; has_b_frames: number }[];
  readonly frames: { pts: number; pict_type: string }[];
  readonly packets: { dts: number; pts: number }[];
}

/** What ffprobe reads of `live.mp4` in a few seconds; a warning fails the test. */
async function probe(camera: Name, query = ''): Promise<Probed> {
  const headers = Object.entries(operator.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const child = spawn('ffprobe', [
    ...['-v', 'warning', '-headers', headers.join(''), '-read_intervals', '%+6'],
    ...['-show_frames', '-show_packets', '-show_streams', '-of', 'json'],
    `${operator.base}/v1/cameras/${camera}/live.mp4${query}`,
  ]);
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr: stderr?.() }).toEqual({ code: 0, stderr: '' });
  const { streams, packets_and_frames: items } = JSON.parse(stdout?.() ?? '');
  const ofType = (type: string) => items.filter((item: { type: string }) => item.type === type);
  return { streams, frames: ofType('frame'), packets: ofType('packet') };
}

const steps = (times: readonly number[]) => times.slice(1).map((time, i) => time - (times[i] ?? 0));

describe('codecs, from a camera that is not ours', () => {
  it.each([
    ['h264-b', 'h264', 'avc1', true],
    ['h265', 'hevc', 'hvc1', false],
    ['h265-b', 'hevc', 'hvc1', true],
  ] as const)(
    '%s is read by ffprobe without a warning, in even steps',
    async (id, codec, tag, reordered) => {
      const { streams, frames, packets } = await probe(id);
      expect(streams[0]).toMatchObject({ codec_name: codec, codec_tag_string: tag });
      expect(frames.length).toBeGreaterThan(100);
      expect(new Set(steps(frames.map((frame) => frame.pts)))).toEqual(new Set([3_600]));
      expect(Math.min(...steps(packets.map((packet) => packet.dts)))).toBeGreaterThan(0);
      expect(packets.every((packet) => packet.pts >= packet.dts)).toBe(true);
      expect(frames.some((frame) => frame.pict_type === 'B')).toBe(reordered);
      const offsets = new Set(packets.map((packet) => packet.pts - packet.dts));
      if (reordered) expect(offsets.size).toBeGreaterThan(1);
      else expect(offsets).toEqual(new Set([0]));
    },
  );

  it('a snapshot is made of an H.265 key frame', async () => {
    const answer = await operator.picture('/v1/cameras/h265-b/snapshot.jpg');
    const jpeg = Buffer.from(await answer.arrayBuffer());
    expect(jpeg.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  it('live.mp4 is in H.264 for a tool that says so', async () => {
    const { streams, frames } = await probe('h265-b', '?codecs=avc1.640028');
    expect(streams[0]).toMatchObject({ codec_name: 'h264', codec_tag_string: 'avc1' });
    expect(frames.length).toBeGreaterThan(50);
    expect(Math.min(...steps(frames.map((frame) => frame.pts)))).toBeGreaterThan(0);
  });

  it.each([
    [['avc1.640028'], /^avc1\./, true],
    [[], /^avc1\./, true],
    [['avc1.640028', 'hvc1.1.6.L120.b0'], /^hvc1\.1\.6\.L\d+\.90$/, undefined],
  ] as const)(
    'a viewer that decodes %j is told what it gets',
    async (codecs, codec, transcoded) => {
      const peer = await LivePeer.connect(operator, codecs);
      peer.say({ type: 'watch', channel: 1, camera: 'h265' });
      await peer.pictures(30, 1);
      const watching = await peer.hears('watching');
      expect(watching).toMatchObject({ camera: 'h265', quality: 'main', width: 320, height: 240 });
      expect(watching.codec).toMatch(codec);
      expect(watching.transcoded).toBe(transcoded);
      expect(peer.media[0]?.keyFrame).toBe(true);
      peer.close();
    },
  );

  it('are pictures in Chromium: H.265, which it does not decode, and B-frames', async () => {
    const person = { username: 'centralist', password: 'correct horse battery' };
    const password = new Secret(person.password);
    await new UserStore(run.dataDir, systemClock).add({ ...person, password, role: 'operator' });
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      const said: string[] = [];
      const heard: string[] = [];
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => said.push(String(payload)));
        socket.on('framereceived', ({ payload }) => {
          if (typeof payload === 'string') heard.push(payload);
        });
      });
      await logIn(page, (await run.ready()).centre, person);
      await page.getByTestId('site-site').click();
      for (const camera of NAMES) await seesLivePictures(page, camera);
      expect(await tileOf(page, 'h264-b').getAttribute('data-player')).toBe('webcodecs');
      const hello = said.map((text) => JSON.parse(text)).find(({ type }) => type === 'hello');
      expect(hello.codecs).toContain('avc1.640028');
      expect(hello.codecs.filter((codec: string) => codec.startsWith('hvc1'))).toEqual([]);
      const watching = heard
        .map((text) => JSON.parse(text))
        .filter(({ type }) => type === 'watching');
      expect(watching).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            camera: 'h265',
            codec: expect.stringMatching(/^avc1/),
            transcoded: true,
          }),
          expect.objectContaining({ camera: 'h264-b', codec: expect.stringMatching(/^avc1\.4d/) }),
        ]),
      );
      await page.goto(`${(await run.ready()).centre}?player=mse`);
      await page.getByTestId('site-site').click();
      await seesLivePictures(page, 'h264-b');
      expect(await tileOf(page, 'h264-b').getAttribute('data-player')).toBe('mse');
      expect(complaints.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('says why there is no picture when there is no ffmpeg, and passes on what is decoded', async () => {
    const camera = { id: 'h265', rtsp: { main: servers[1]?.url('open') ?? '' } };
    const bare = await ServeRun.start({
      config: { cameras: [camera] },
      env: { FFMPEG_PATH: '/nonexistent/ffmpeg' },
    });
    try {
      const caller = await bare.operator();
      const without = await LivePeer.connect(caller);
      without.say({ type: 'watch', channel: 1, camera: 'h265' });
      expect(await without.hears('ended')).toMatchObject({ code: 'codec-not-available' });
      const able = await LivePeer.connect(caller, ['hvc1.1.6.L120.b0']);
      able.say({ type: 'watch', channel: 1, camera: 'h265' });
      await able.pictures(10, 1);
    } finally {
      await bare.stop('SIGKILL');
    }
  });
});
