/**
 * Cameras whose pictures come and whose time is wrong, behind a running gateway: whoever watches is told,
 * and when it is well again; so are the API and the metrics.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { ApiCaller } from '../support/api-caller.ts';
import { LivePeer } from '../support/live-peer.ts';
import { IDR, PPS, ScriptedRtspPeer, SLICE, SPS } from '../support/scripted-rtsp-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const EVERY_MS = 100;
const GROUP = 10;

/** A camera that sends ten pictures a second, each dated by a clock of its own. */
class CameraWithClock {
  readonly peer: ScriptedRtspPeer;
  /** Of its seconds to ours. */
  rate = 1;
  /** Its pictures bear the time of the last one; its clock goes on. */
  isFrozen = false;
  #clock90k = 0;
  #timestamp90k = 0;
  #sent = 0;
  #lastMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  private constructor(peer: ScriptedRtspPeer) {
    this.peer = peer;
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  static async start(): Promise<CameraWithClock> {
    return new CameraWithClock(await ScriptedRtspPeer.start());
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.peer.stop();
  }

  #send(): void {
    const nowMs = performance.now();
    this.#clock90k += Math.round((nowMs - this.#lastMs) * 90 * this.rate);
    this.#lastMs = nowMs;
    if (!this.isFrozen) this.#timestamp90k = this.#clock90k;
    const connection = this.peer.connections.at(-1);
    if (!connection || connection.closed || !this.peer.methods.includes('PLAY')) return;
    const nalUnits = this.#sent % GROUP === 0 ? [SPS, PPS, IDR] : [SLICE];
    this.#sent += 1;
    connection.picture(this.#timestamp90k, nalUnits);
  }
}

let frozen: CameraWithClock;
let fast: CameraWithClock;
let run: ServeRun;
let operator: ApiCaller;

beforeAll(async () => {
  [frozen, fast] = await Promise.all([CameraWithClock.start(), CameraWithClock.start()]);
  const stream = { transport: 'tcp' as const };
  run = await ServeRun.start({
    config: {
      cameras: [
        { id: 'frozen', name: 'Stil', rtsp: { main: frozen.peer.url() }, stream },
        { id: 'fast', name: 'Snel', rtsp: { main: fast.peer.url() }, stream },
      ],
    },
  });
  operator = await run.operator();
});

afterAll(async () => {
  await run?.stop('SIGKILL');
  await Promise.all([frozen?.stop(), fast?.stop()]);
});

async function watching(camera: string): Promise<LivePeer> {
  const peer = await LivePeer.connect(operator);
  peer.say({ type: 'watch', channel: 0, camera, quality: 'main' });
  await until('pictures', () => peer.condition() === 'ok');
  return peer;
}

/** The API and the metrics say so too. */
async function isSaid(camera: string, state: string): Promise<true> {
  const all = await operator.call<{ id: string; pictures: object[] }[]>('GET', '/v1/cameras');
  const pictures = all.find(({ id }) => id === camera)?.pictures;
  expect(pictures).toEqual([expect.objectContaining({ stream: 'main', state })]);
  const metrics = await (await operator.fetch('/metrics')).text();
  const labels = `{camera="${camera}",stream="main",state="${state}"}`;
  expect(metrics).toContain(`liveview_camera_picture${labels} 1`);
  expect(metrics).toContain(`liveview_camera_picture_troubles_total${labels} `);
  return true;
}

it('a timestamp that stands still is told while pictures come, and when it goes on', async () => {
  const viewer = await watching('frozen');
  frozen.isFrozen = true;
  const told = await viewer.hears('picture', ({ state }) => state === 'time-frozen');
  expect(told.reason).toMatch(/their time stands still/);
  await until('the same elsewhere', () => isSaid('frozen', 'time-frozen'));
  frozen.isFrozen = false;
  await until('the end of it', () => viewer.condition() === 'ok');
  viewer.close();
});

it('a clock that moves away from ours is told', async () => {
  fast.rate = 1.1;
  const viewer = await watching('fast');
  const isDrift = ({ state }: { state: string }) => state === 'clock-drift';
  const told = await viewer.hears('picture', isDrift, 120_000);
  expect(told.reason).toMatch(/move apart/);
  await until('the same elsewhere', () => isSaid('fast', 'clock-drift'));
  viewer.close();
});
