/**
 * Cameras whose pictures come and whose time is wrong, behind a running gateway: whoever watches is told,
 * and when it is well again; so are the API and the metrics, and the console says it over the picture.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { CodedPicture } from '../../src/video/h264/annex-b-splitter.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage, tileOf } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { type PeerConnection, ScriptedRtspPeer } from '../support/scripted-rtsp-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';
import { encodeClip, picturesOf } from '../video/fmp4/clip.ts';

jest.setTimeout(180_000);

const EVERY_MS = 100;
const GROUP = 10;
const PASSWORD = 'een lang wachtwoord';

/** A camera that sends ten pictures a second, each dated by a clock of its own. */
class CameraWithClock {
  readonly peer: ScriptedRtspPeer;
  /** Of its seconds to ours. */
  rate = 1;
  /** Its pictures bear the time of the last one; its clock goes on. */
  isFrozen = false;
  /** One group, over and over. */
  readonly #pictures: readonly CodedPicture[];
  #clock90k = 0;
  #timestamp90k = 0;
  #sent = 0;
  #connection: PeerConnection | undefined;
  #lastMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  private constructor(peer: ScriptedRtspPeer, pictures: readonly CodedPicture[]) {
    this.peer = peer;
    this.#pictures = pictures;
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  static async start(): Promise<CameraWithClock> {
    const clip = await encodeClip({ frames: GROUP, gop: GROUP, size: '320x180' });
    return new CameraWithClock(await ScriptedRtspPeer.start(), picturesOf(clip));
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
    // A connection begins with a key frame.
    if (connection !== this.#connection) this.#sent = 0;
    this.#connection = connection;
    const { nalUnits = [] } = this.#pictures[this.#sent % GROUP] ?? {};
    this.#sent += 1;
    connection.picture(
      this.#timestamp90k,
      nalUnits.map((nal) => Buffer.from(nal)),
    );
  }
}

let frozen: CameraWithClock;
let fast: CameraWithClock;
let run: ServeRun;
let operator: ApiCaller;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [frozen, fast, browser] = await Promise.all([
    CameraWithClock.start(),
    CameraWithClock.start(),
    launchBrowser(),
  ]);
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
  const person = { username: 'olga', password: PASSWORD };
  const password = new Secret(PASSWORD);
  await new UserStore(run.dataDir, systemClock).add({ ...person, password, role: 'operator' });
  ({ page } = await openPage(browser));
  await logIn(page, (await run.ready()).centre, person);
  await page.getByTestId('site-site').click();
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await Promise.all([frozen?.stop(), fast?.stop()]);
});

async function watching(camera: string): Promise<LivePeer> {
  const peer = await LivePeer.connect(operator);
  peer.say({ type: 'watch', channel: 0, camera, quality: 'main' });
  await peer.pictures(1);
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
  const over = tileOf(page, 'frozen').getByTestId('tile-overlay');
  await over.getByText('Tijd van het beeld staat stil').waitFor();
  frozen.isFrozen = false;
  await until('the end of it', () => viewer.condition() === 'ok');
  await over.getByText('Tijd van het beeld staat stil').waitFor({ state: 'detached' });
  viewer.close();
});

it('a clock that moves away from ours is told', async () => {
  fast.rate = 1.1;
  const viewer = await watching('fast');
  const isDrift = ({ state }: { state: string }) => state === 'clock-drift';
  const told = await viewer.hears('picture', isDrift, 120_000);
  expect(told.reason).toMatch(/move apart/);
  await until('the same elsewhere', () => isSaid('fast', 'clock-drift'));
  const over = tileOf(page, 'fast').getByTestId('tile-overlay');
  await over.getByText('Klok van de camera loopt weg').waitFor();
  viewer.close();
});
