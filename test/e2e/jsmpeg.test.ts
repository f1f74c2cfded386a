import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { WatchedPage } from '../support/browser.ts';
import {
  launchBrowser,
  logIn,
  openPage,
  pixels,
  seesLivePictures,
  tileOf,
} from '../support/browser.ts';
import { colourDifference, meanColour } from '../support/colours.ts';
import { DemoRun } from '../support/demo.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

/** As an old browser: before any script of the page runs, what plays video is gone. */
const WITHOUT_PLAYERS = `
  for (const name of ['VideoDecoder', 'MediaSource', 'ManagedMediaSource', 'WebKitMediaSource']) {
    delete globalThis[name];
  }`;
const NOT_LOGGED_IN = /401/;

let demo: DemoRun;
let browser: Browser;
let centre: WatchedPage;
let police: WatchedPage;
/** Kinds of binary messages that reached the control room's page. */
const kinds: number[] = [];

beforeAll(async () => {
  [demo, browser] = await Promise.all([DemoRun.start(['--cameras', '1']), launchBrowser()]);
  centre = await openPage(browser);
  police = await openPage(browser);
  await police.page.addInitScript(WITHOUT_PLAYERS);
  police.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') kinds.push(payload[0] ?? 0);
    });
  });
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it('a browser with neither WebCodecs nor Media Source Extensions watches MPEG-1', async () => {
  const { page } = centre;
  await logIn(page, demo.summary.centre, demo.user('centralist'));
  await logIn(police.page, demo.summary.police, demo.user('meldkamer'));
  expect(
    await police.page.evaluate("'VideoDecoder' in globalThis || 'MediaSource' in globalThis"),
  ).toBe(false);
  await page.getByTestId('site-jeweller').click();
  await page.getByTestId('open-incident').click();
  await page.getByTestId('open-incident-dialog').getByLabel('Overval').check();
  await page.getByTestId('open-incident-dialog-confirm').click();
  await page.getByTestId('share-rotterdam').click();
  await page.getByTestId('share-dialog-confirm').click();
  await police.page.getByTestId('view-notice').waitFor();
  expect(kinds).toEqual([]);
  await police.page.getByTestId('view-notice').click();
  const [red, , blue] = meanColour(await seesLivePictures(police.page, 'shop-1'));
  expect(red).toBeGreaterThan(blue * 1.3);
  const tile = tileOf(police.page, 'shop-1');
  expect(await tile.getAttribute('data-player')).toBe('jsmpeg');
  expect(await tile.getAttribute('data-quality')).toBe('mpeg1');
  expect(new Set(kinds)).toEqual(new Set([3]));
});

it('in the same colours as any other browser', async () => {
  await seesLivePictures(centre.page, 'shop-1');
  expect(await tileOf(centre.page, 'shop-1').getAttribute('data-player')).not.toBe('jsmpeg');
  await until('the same picture', async () => {
    const both = [await pixels(police.page, 'shop-1'), await pixels(centre.page, 'shop-1')];
    return colourDifference(both[0] ?? [], both[1] ?? []) < 8;
  });
});

it('until the incident is closed, and not a byte longer', async () => {
  const { page } = centre;
  await page.getByTestId('close-incident').click();
  await page.getByTestId('close-dialog-confirm').click();
  await police.page.getByTestId('over').waitFor();
  const count = kinds.length;
  expect(await police.page.locator('canvas, video').count()).toBe(0);
  await page.getByTestId('site-jeweller').click();
  await seesLivePictures(page, 'shop-1');
  const frames = async () => Number(await tileOf(page, 'shop-1').getAttribute('data-frames'));
  const seen = await frames();
  await until('twenty more pictures', async () => (await frames()) > seen + 20);
  expect(kinds).toHaveLength(count);
});

it('without a complaint of the browser', () => {
  const complaints = [...centre.complaints, ...police.complaints];
  expect(complaints.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
});
