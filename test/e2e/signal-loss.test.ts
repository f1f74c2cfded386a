/**
 * A camera that says that it has lost its signal and goes on sending a picture: whoever watches it is
 * told, at the centre and in the control room, until the camera says that the signal is back.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { ViewerWords } from '../../src/liveview/viewings.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { seesLivePictures, tileOf } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { OneDome } from '../support/one-dome.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const CAMERA = 'shop-1';

let dome: OneDome;

beforeAll(async () => {
  dome = await OneDome.start({
    // Alarms would listen to the camera all the time.
    config: { alarms: { onvif: { on: [] } } },
    users: { olga: 'operator', dora: 'dispatcher' },
    rights: ['view'],
  });
  const screen = { tiles: [{ camera: CAMERA }], focus: null };
  await dome.operator.call('PUT', `/v1/incidents/${dome.incident}/screen`, screen);
});

afterAll(() => dome?.stop());

/** Of the journal, as far as it is looked at. */
interface Row {
  readonly timeUnixUs: number;
  readonly kind: string;
  readonly actor: { readonly user: string };
  readonly data: { readonly viewing?: string; readonly saidByViewer?: ViewerWords };
}

const subscriptions = () => dome.camera.onvif?.subscriptions;
const setSignal = (hasSignal: boolean) => dome.camera.setSignal(hasSignal);
const metrics = async () => (await dome.operator.fetch('/metrics')).text();

async function watching(caller: ApiCaller, more: { incident?: string } = {}): Promise<LivePeer> {
  const peer = await LivePeer.connect(caller);
  peer.say({ type: 'watch', channel: 0, camera: CAMERA, quality: 'main', ...more });
  await peer.pictures(5);
  return peer;
}

it('viewers are told while the pictures go on, and when the signal is back', async () => {
  expect(subscriptions()).toBe(0);
  const centre = await watching(dome.operator);
  const police = await watching(await dome.run.dispatcher('rotterdam'), {
    incident: dome.incident,
  });
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
  const ready = await dome.operator.call<{ problems: string[] }>('GET', '/readyz');
  expect(ready.problems.join()).toContain('lost its video signal');

  const late = await watching(await dome.run.dispatcher('rotterdam'), { incident: dome.incident });
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
  const pages: Page[] = [];
  for (const username of ['olga', 'dora']) {
    const { page } = await dome.openIncident(username);
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
  const auditor = await dome.run.auditor();
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
  await watching(dome.operator);
  await until('the subscription', () => subscriptions() === 1);
  expect(await dome.run.stop()).toBe(0);
  expect(subscriptions()).toBe(0);
});
