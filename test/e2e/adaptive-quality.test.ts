/** Quality `auto` and the ceiling of the police listener: a real gateway, real sockets, a line that is really slow. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigInput } from '../../src/config/schema.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { shareWith } from '../support/shared-cameras.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { SlowLine } from '../support/slow-line.ts';
import { until } from '../support/until.ts';

jest.setTimeout(400_000);

const CAMERA = 'shop-1';
const KINDS: Readonly<Record<number, string>> = { 1: 'init', 2: 'media' };

let cameras: SimulateRun;
const runs: ServeRun[] = [];
const peers: LivePeer[] = [];

beforeAll(async () => {
  // Its full picture is 4 Mbit/s, its small one 0.5.
  cameras = await SimulateRun.start(['--cameras', '1', '--looped']);
}, 120_000);
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.cut();
  for (const run of runs.splice(0)) await run.stop('SIGKILL');
});
afterAll(() => cameras?.stop('SIGKILL'));

/** The camera's full picture and its small one, of which nothing is made. */
const ITS_OWN = () =>
  cameras
    .config('rtsp')
    .map((camera) => ({ ...camera, stream: { deliver: 'passthrough' as const } }));

/** Its full picture alone, of which the gateway makes others. */
const WITHOUT_SMALL = () =>
  cameras.cameras.map(({ id, rtspMain }) => ({
    id,
    rtsp: { main: rtspMain, ...CAMERA_CREDENTIALS },
  }));

async function serve(
  maxMbit?: number,
  configured: ConfigInput['cameras'] = ITS_OWN(),
): Promise<ServeRun> {
  const police = { listen: '127.0.0.1:0', insecure: true as const };
  const run = await ServeRun.start({
    config: {
      cameras: configured,
      police: maxMbit === undefined ? police : { ...police, maxMbit },
    },
    env: CAMERA_PASSWORD_ENV,
  });
  runs.push(run);
  return run;
}

async function connect(caller: ApiCaller): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peers.push(peer);
  return peer;
}

interface Arrived {
  /** `watching`, `dropped`, …; `init` and `media` are binary. */
  readonly kind: string;
  readonly keyFrame: boolean;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Everything that comes from now on, in its order. */
function arrivals(peer: LivePeer): Arrived[] {
  const arrived: Arrived[] = [];
  peer.socket.on('message', (data: Buffer, isBinary: boolean) => {
    const kind = isBinary ? (KINDS[data[0] ?? 0] ?? '') : JSON.parse(String(data)).type;
    const keyFrame = isBinary && ((data[1] ?? 0) & 1) === 1;
    const sequence = isBinary ? data.readUInt32BE(4) : -1;
    arrived.push({ kind, keyFrame, sequence, payload: isBinary ? data.subarray(16) : data });
  });
  return arrived;
}

const told = (peer: LivePeer, type: string) =>
  peer.messages.filter((message) => message.type === type);

/** What begins at the last `watching`: its init segment and the pictures that followed. */
function newest(arrived: readonly Arrived[]): Arrived[] {
  const at = arrived.findLastIndex(({ kind }) => kind === 'watching');
  return arrived.slice(at + 1).filter(({ kind }) => kind === 'init' || kind === 'media');
}

/** Decodes it, from the first byte on; a warning fails the test. */
async function frames(
  arrived: readonly Arrived[],
): Promise<{ readonly key_frame: number; readonly width: number }[]> {
  const options = ['-v', 'warning', '-show_frames', '-of', 'json', 'pipe:0'];
  const child = spawn('ffprobe', options);
  child.stdin.end(Buffer.concat(arrived.map(({ payload }) => payload)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stderr).toBe('');
  return JSON.parse(stdout).frames;
}

describe('a control room that leaves the quality to the gateway, on a line that becomes slow', () => {
  it.each([
    ['the small picture', 'sub', 1_000, ITS_OWN],
    ['one that is made of it where there is none', 'low', 1_600, WITHOUT_SMALL],
  ])(
    'is moved to %s, and to the full one when it is not slow any more; nobody else notices',
    async (_what, smaller, kbps, configured) => {
      const run = await serve(undefined, configured());
      const operator = await run.operator();
      const metrics = async () => (await operator.fetch('/metrics')).text();
      const incident = await shareWith('rotterdam', operator, [CAMERA]);
      const dispatcher = await run.dispatcher('rotterdam');
      const line = await SlowLine.to(dispatcher.base);
      try {
        const slow = await connect(dispatcher.at(line.base));
        const other = await connect(dispatcher);
        const arrived = arrivals(slow);
        const undisturbed = arrivals(other);
        const watch = { type: 'watch', channel: 1, camera: CAMERA, incident } as const;
        slow.say({ ...watch, quality: 'auto' });
        // Chosen, so that nothing but the other viewer could change it, however busy this process is.
        other.say({ ...watch, quality: 'main' });
        for (const peer of [slow, other]) await peer.pictures(25, 1);
        const first = await slow.hears('watching');
        expect(first).toMatchObject({ quality: 'main', width: 1920, generation: 1 });

        line.kbps = kbps;
        const small = await slow.hears('watching', ({ quality }) => quality === smaller, 120_000);
        expect(small).toMatchObject({ width: 640, height: 360 });
        expect(small.generation).toBeGreaterThan(first.generation);
        await until('pictures of it', () => newest(arrived).length > 10);
        expect(newest(arrived).slice(0, 2)).toMatchObject([
          { kind: 'init' },
          { kind: 'media', keyFrame: true },
        ]);
        expect((await frames(newest(arrived)))[0]).toMatchObject({ key_frame: 1, width: 640 });

        line.kbps = Number.POSITIVE_INFINITY;
        const full = await slow.hears(
          'watching',
          ({ quality, generation }) => quality === 'main' && generation > small.generation,
          120_000,
        );
        expect(full.width).toBe(1920);
        await until('pictures of it', () => newest(arrived).length > 10);
        expect((await frames(newest(arrived)))[0]).toMatchObject({ key_frame: 1, width: 1920 });

        for (const received of [arrived, undisturbed]) {
          const numbers = received.map(({ sequence }) => sequence).filter((number) => number >= 0);
          expect(numbers).toEqual(numbers.map((_, index) => index));
        }
        expect(told(other, 'watching')).toHaveLength(1);
        expect(told(other, 'dropped')).toEqual([]);
        const figures = await metrics();
        expect(figures).toMatch(/^liveview_quality_moves_total\{direction="down"\} [1-9]/m);
        expect(figures).toMatch(/^liveview_quality_moves_total\{direction="up"\} [1-9]/m);
      } finally {
        await line.stop();
      }
    },
  );
});

describe('a ceiling for all control rooms', () => {
  it('is kept whatever they ask for; each has pictures, and the centre does not notice', async () => {
    const maxMbit = 5;
    const run = await serve(maxMbit);
    const operator = await run.operator();
    const incident = await shareWith('rotterdam', operator, [CAMERA]);
    const dispatcher = await run.dispatcher('rotterdam');
    const centre = await connect(operator);
    centre.say({ type: 'watch', channel: 1, camera: CAMERA, quality: 'main' });
    await centre.pictures(25, 1);

    const beganMs = performance.now();
    const rooms = [await connect(dispatcher), await connect(dispatcher)];
    const received = rooms.map(arrivals);
    for (const room of rooms) {
      room.say({ type: 'watch', channel: 1, camera: CAMERA, incident, quality: 'main' });
    }
    // Twice the full picture does not fit: whoever chose it keeps it, with gaps.
    for (const room of rooms) await room.hears('dropped');
    await until('a window of 8 s', () => performance.now() - beganMs > 8_000);
    for (const room of rooms) await room.pictures(25, 1);
    const sizes = received
      .flat()
      .map(({ kind, payload }) => (kind === 'init' || kind === 'media' ? payload.length : 0));
    const seconds = (performance.now() - beganMs) / 1_000;
    const bits = 8 * sizes.reduce((sum, size) => sum + size, 0);
    // A second of it may come at once, and the last picture may be larger than what was left.
    expect(bits).toBeLessThan(maxMbit * 1e6 * (seconds + 1) + 8 * Math.max(...sizes));
    for (const room of rooms) {
      expect(
        told(room, 'watching').map((message) => 'quality' in message && message.quality),
      ).toEqual(['main']);
    }

    const third = await connect(dispatcher);
    third.say({ type: 'watch', channel: 1, camera: CAMERA, incident, quality: 'auto' });
    expect(await third.hears('watching')).toMatchObject({ quality: 'sub' });
    await third.pictures(25, 1);
    expect(told(centre, 'dropped')).toEqual([]);
    expect(told(centre, 'watching')).toHaveLength(1);
  });
});

describe('a ceiling that snapshots do not fit', () => {
  it('refuses them to the control room with when to ask again, and not to the centre', async () => {
    const run = await serve(0.2);
    const operator = await run.operator();
    const incident = await shareWith('rotterdam', operator, [CAMERA]);
    const dispatcher = await run.dispatcher('rotterdam');
    const path = `/v1/incidents/${incident}/cameras/${CAMERA}/snapshot.jpg`;
    // One passes, and is paid for in seconds. Whoever asks too often is refused with the same code.
    const refused = await until(
      'a refusal for want of room',
      async () => {
        const both = await Promise.all([dispatcher.fetch(path), dispatcher.fetch(path)]);
        const response = both.find(({ status }) => status === 429);
        const { detail = '' } = response ? ((await response.json()) as { detail?: string }) : {};
        return /the line has no room/.test(detail) ? response : undefined;
      },
      90_000,
    );
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // A busy machine may say that a snapshot takes too long, and may be asked again.
    const given = await until(
      'a picture',
      async () => {
        const response = await operator.fetch(`/v1/cameras/${CAMERA}/snapshot.jpg`);
        return response.status === 200 ? response : undefined;
      },
      90_000,
    );
    expect(given.headers.get('content-type')).toBe('image/jpeg');
  });
});
