/**
 * Cameras whose pictures come and whose time is wrong, behind a running gateway: whoever watches is told,
 * and when it is well again; so are the API and the metrics, and the console says it over the picture.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage, tileOf } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { LoopedPeer } from '../support/looped-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const PASSWORD = 'een lang wachtwoord';

/** The clock of a camera, by which its pictures are dated. */
class CameraClock {
  /** Of its seconds to ours. */
  rate = 1;
  /** Pictures bear the time of the last one; it goes on. */
  isFrozen = false;
  #clock90k = 0;
  #timestamp90k = 0;
  #lastMs = performance.now();

  next90k(): number {
    const nowMs = performance.now();
    this.#clock90k += Math.round((nowMs - this.#lastMs) * 90 * this.rate);
    this.#lastMs = nowMs;
    if (!this.isFrozen) this.#timestamp90k = this.#clock90k;
    return this.#timestamp90k;
  }
}

const [frozenClock, fastClock] = [new CameraClock(), new CameraClock()];
let frozen: LoopedPeer;
let fast: LoopedPeer;
let run: ServeRun;
let operator: ApiCaller;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [frozen, fast, browser] = await Promise.all([
    LoopedPeer.start({ timestamp90k: () => frozenClock.next90k() }),
    LoopedPeer.start({ timestamp90k: () => fastClock.next90k() }),
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
  frozenClock.isFrozen = true;
  const told = await viewer.hears('picture', ({ state }) => state === 'time-frozen');
  expect(told.reason).toMatch(/their time stands still/);
  await until('the same elsewhere', () => isSaid('frozen', 'time-frozen'));
  const over = tileOf(page, 'frozen').getByTestId('tile-overlay');
  await over.getByText('Tijd van het beeld staat stil').waitFor();
  frozenClock.isFrozen = false;
  await until('the end of it', () => viewer.condition() === 'ok');
  await over.getByText('Tijd van het beeld staat stil').waitFor({ state: 'detached' });
  viewer.close();
});

it('a clock that moves away from ours is told', async () => {
  fastClock.rate = 1.1;
  const viewer = await watching('fast');
  const isDrift = ({ state }: { state: string }) => state === 'clock-drift';
  const told = await viewer.hears('picture', isDrift, 120_000);
  expect(told.reason).toMatch(/move apart/);
  await until('the same elsewhere', () => isSaid('fast', 'clock-drift'));
  const over = tileOf(page, 'fast').getByTestId('tile-overlay');
  await over.getByText('Klok van de camera loopt weg').waitFor();
  viewer.close();
});
