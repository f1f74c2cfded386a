/**
 * A camera that says that it has lost its signal and goes on sending a picture: whoever watches it is
 * told, at the centre and in the control room, until the camera says that the signal is back.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { ViewerWords } from '../../src/liveview/viewings.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage, seesLivePictures, tileOf } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const CAMERA = 'shop-1';
const PASSWORD = 'een lang wachtwoord';

let simulator: RunningSimulator;
let run: ServeRun;
let browser: Browser;
let operator: ApiCaller;
let incident: string;

beforeAll(async () => {
  const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
  [simulator, browser] = await Promise.all([
    startSimulator({ cameras: 1, looped: true, password }),
    launchBrowser(),
  ]);
  const { hostname, port } = new URL(simulator.cameras[0]?.onvifUrl ?? '');
  const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
  run = await ServeRun.start({
    // Alarms would listen to the camera all the time.
    config: { cameras: [{ id: CAMERA, name: 'Winkel', onvif }], alarms: { onvif: { on: [] } } },
    env: CAMERA_PASSWORD_ENV,
  });
  operator = await run.operator();
  const users = new UserStore(run.dataDir, systemClock);
  const known = { password: new Secret(PASSWORD) };
  await users.add({ username: 'olga', role: 'operator', ...known });
  await users.add({ username: 'dora', role: 'dispatcher', controlRoom: 'rotterdam', ...known });
  const facts = { type: 'robbery', site: 'site', summary: '', cameras: [CAMERA] };
  incident = (await operator.call<Incident>('POST', '/v1/incidents', facts)).id;
  await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, {
    ...{ cameras: [CAMERA], rights: ['view'], expiresInMinutes: 30 },
  });
  const screen = { tiles: [{ camera: CAMERA }], focus: null };
  await operator.call('PUT', `/v1/incidents/${incident}/screen`, screen);
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await simulator?.stop();
});

/** Of the journal, as far as it is looked at. */
interface Row {
  readonly timeUnixUs: number;
  readonly kind: string;
  readonly actor: { readonly user: string };
  readonly data: { readonly viewing?: string; readonly saidByViewer?: ViewerWords };
}

const subscriptions = () => simulator.camera(CAMERA).onvif?.subscriptions;
const setSignal = (hasSignal: boolean) => simulator.camera(CAMERA).setSignal(hasSignal);
const metrics = async () => (await operator.fetch('/metrics')).text();

async function watching(caller: ApiCaller, more: { incident?: string } = {}): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peer.say({ type: 'watch', channel: 0, camera: CAMERA, quality: 'main', ...more });
  await peer.pictures(5);
  return peer;
}

it('viewers are told while the pictures go on, and when the signal is back', async () => {
  expect(subscriptions()).toBe(0);
  const centre = await watching(operator);
  const police = await watching(await run.dispatcher('rotterdam'), { incident });
  await until('the subscription', () => subscriptions() === 1);

  const beforeMs = Date.now() - 1;
  setSignal(false);
  const told = await centre.hears('picture', ({ state }) => state === 'signal-lost');
  expect(told).toMatchObject({
    channel: 0,
    reason: expect.stringMatching(/lost its video signal/),
  });
  expect(Date.parse(told.since)).toBeGreaterThanOrEqual(beforeMs);
  expect(Date.parse(told.since)).toBeLessThanOrEqual(Date.now());
  const toldToo = await police.hears('picture', ({ state }) => state === 'signal-lost');
  expect(toldToo).toEqual({ type: 'picture', channel: 0, state: 'signal-lost', since: told.since });
  await Promise.all([centre.pictures(10), police.pictures(10)]);

  const labels = `camera="${CAMERA}",stream="main",state="signal-lost"`;
  expect(await metrics()).toContain(`liveview_camera_picture{${labels}} 1`);
  expect(await metrics()).toContain(`liveview_camera_picture_troubles_total{${labels}} `);
  const ready = await operator.call<{ problems: string[] }>('GET', '/readyz');
  expect(ready.problems.join()).toContain('lost its video signal');

  const late = await watching(await run.dispatcher('rotterdam'), { incident });
  await late.hears('picture', ({ state }) => state === 'signal-lost');

  setSignal(true);
  for (const peer of [centre, police, late]) {
    await until('the news', () => peer.condition() === 'ok');
    peer.close();
  }
  expect(await metrics()).not.toContain(`liveview_camera_picture{${labels}}`);
  await until('one subscription', () => subscriptions() === 1);
});

it('both consoles say so over the picture', async () => {
  const urls = await run.ready();
  const pages: Page[] = [];
  for (const [url, username] of [
    [urls.centre, 'olga'],
    [urls.police, 'dora'],
  ] as const) {
    const { page } = await openPage(browser);
    await logIn(page, url, { username, password: PASSWORD });
    await page.getByTestId(`incident-${incident}`).click();
    await seesLivePictures(page, CAMERA);
    pages.push(page);
  }
  const over = (page: Page) => tileOf(page, CAMERA).getByTestId('tile-overlay');
  setSignal(false);
  for (const page of pages) await over(page).getByText('Camera meldt signaalverlies').waitFor();
  const [centre, police] = pages.map(over);
  await centre?.getByText('Controleer de lens of de ingang van de camera.').waitFor();
  expect(await police?.innerText()).not.toContain('Controleer');
  setSignal(true);
  for (const page of pages) {
    await until('nothing over it', async () => (await over(page).count()) === 0);
    await seesLivePictures(page, CAMERA);
    const delay = () => tileOf(page, CAMERA).getAttribute('data-latency-ms');
    await until('a measured delay', async () => (await delay()) !== null);
    await page.close();
  }
});

it('the journal says at the end of each viewing what delay the console measured, second by second', async () => {
  const auditor = await run.auditor();
  const read = () => auditor.call<Row[]>('GET', '/v1/journal?limit=1000');
  const ends = await until('the end of both viewings', async () => {
    const ended = (await read()).filter(({ data }) => data.saidByViewer);
    const users = ended.map(({ actor }) => actor.user);
    return users.includes('olga') && users.includes('dora') ? ended : undefined;
  });
  expect(ends.some(({ data }) => (data.saidByViewer?.decoded ?? 0) > 0)).toBe(true);
  expect(ends.some(({ data }) => (data.saidByViewer?.delayMaxMs ?? 0) > 0)).toBe(true);
  const rows = await read();
  for (const { timeUnixUs, data } of ends) {
    const { viewing, saidByViewer } = data;
    const start = rows.find(
      (row) => row.kind === 'viewing.started' && row.data.viewing === viewing,
    );
    const seconds = (timeUnixUs - (start?.timeUnixUs ?? timeUnixUs)) / 1e6;
    expect(saidByViewer?.reports).toBeGreaterThanOrEqual(1);
    expect(saidByViewer?.reports).toBeLessThanOrEqual(seconds + 2);
  }
});

it('no subscription is left at the camera when nobody watches any more', async () => {
  await until('the end of the subscription', () => subscriptions() === 0, 60_000);
});

it('nor when the gateway is stopped while somebody watches', async () => {
  await watching(operator);
  await until('the subscription', () => subscriptions() === 1);
  expect(await run.stop()).toBe(0);
  expect(subscriptions()).toBe(0);
});
