import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { attempts } from '../support/attempts.ts';
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
import { OnvifCaller } from '../support/onvif-caller.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

/** Chromium says so of the first question whether somebody is logged in; nobody is. */
const NOT_LOGGED_IN = /401/;

let demo: DemoRun;
let browser: Browser;
let centre: WatchedPage;
let police: WatchedPage;
/** Bytes of binary messages that reached the control room's page. */
let mediaBytes = 0;
/** The same when the newest message came that pictures have ended. */
let mediaBytesAtEnd: number | undefined;

beforeAll(async () => {
  [demo, browser] = await Promise.all([DemoRun.start(), launchBrowser()]);
  centre = await openPage(browser);
  police = await openPage(browser);
  police.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') mediaBytes += payload.length;
      else if (JSON.parse(payload).type === 'ended') mediaBytesAtEnd = mediaBytes;
    });
  });
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Waits until a tile is live and shows different pictures, and gives its mean colour. */
async function seesMovement(page: Page, camera: string): Promise<[number, number, number]> {
  return meanColour(await seesLivePictures(page, camera));
}

/**
 * Notes when, by the machine's clock, an element is shown or clicked: by the page itself, so that
 * nobody who looks from outside and comes late is measured.
 */
async function stamp(page: Page, testId: string, when: 'click' | 'shown') {
  const name = `at-${testId}`;
  await page.evaluate(`{
    const wanted = '[data-testid=${testId}]';
    const note = () => { window['${name}'] ??= Date.now(); };
    if ('${when}' === 'click') document.querySelector(wanted).addEventListener('click', note);
    else new MutationObserver(() => document.querySelector(wanted) && note())
      .observe(document, { subtree: true, childList: true });
  }`);
  return () =>
    until(`${testId} is ${when}`, () => page.evaluate<number | undefined>(`window['${name}']`));
}

/** A figure depends on the machine: it is for whoever reads, and no test fails by it. */
function report(what: string, ms: number): void {
  process.stdout.write(`${what}: ${ms} ms\n`);
}

describe('first light: a control room watches and steers a camera', () => {
  it('shows the operator the cameras of a site, and the control room nothing', async () => {
    await logIn(centre.page, demo.summary.centre, demo.user('centralist'));
    await logIn(police.page, demo.summary.police, demo.user('meldkamer'));
    await centre.page.getByTestId('site-jeweller').click();
    await seesMovement(centre.page, 'shop-1');
    await police.page.getByTestId('nothing-shared').waitFor();
    expect(mediaBytes).toBe(0);
  });

  it('shows the control room moving pictures of the right cameras, once shared and opened', async () => {
    const { page } = centre;
    await page.getByTestId('open-incident').click();
    await page.getByTestId('open-incident-dialog').getByLabel('Overval').check();
    await page.getByTestId('open-incident-dialog-confirm').click();
    await page.getByTestId('share-rotterdam').click();
    await page.getByTestId('share-dialog-confirm').click();
    await page.getByTestId('time-left').waitFor();

    await police.page.getByTestId('view-notice').waitFor();
    expect(mediaBytes).toBe(0);
    await police.page.getByTestId('view-notice').click();
    const [red, , blue] = await seesMovement(police.page, 'shop-1');
    expect(red).toBeGreaterThan(blue * 1.3);
    const front = await seesMovement(police.page, 'shop-front');
    expect(front[2]).toBeGreaterThan(front[0]);
    expect(mediaBytes).toBeGreaterThan(10_000);
  });

  it('shows the delay that it measures', async () => {
    const tile = tileOf(police.page, 'shop-1');
    // On a busy machine it may be seconds, and is shown as such.
    await until('a measurement', async () => {
      const measured = Number(await tile.getAttribute('data-latency-ms'));
      return measured > 0 && measured < 5_000;
    });
    expect(await tile.getByTestId('latency').textContent()).toMatch(/^\d+(\s*ms|[.,]\d\s*s)$/);
  });

  it('pans the picture when the dispatcher holds the joystick and the operator accepts', async () => {
    const { page } = police;
    const { onvif } = demo.camera('shop-1');
    const camera = new OnvifCaller(onvif, 'liveview', demo.cameraPassword);
    const still = await pixels(page, 'shop-1');
    await tileOf(page, 'shop-1').getByTestId('tile-select').click();
    // A page that stands still for too long holds nothing any more, and asks anew only when pressed anew.
    await attempts(8, () => pan(camera));
    await until(
      'another view',
      async () => colourDifference(still, await pixels(page, 'shop-1')) > 12,
    );
    await until('the camera stands', async () => !(await camera.status()).moving);
  });

  /** One movement to the right, from the press to the release. */
  async function pan(camera: OnvifCaller): Promise<void> {
    const { page } = police;
    const before = await camera.status();
    await page.getByTestId('joystick').focus();
    await page.keyboard.down('ArrowRight');
    try {
      await centre.page.getByTestId('pending').waitFor();
      expect((await camera.status()).pan).toBe(before.pan);
      await centre.page.getByTestId('accept').click({ timeout: 10_000 });
      await until(
        'the camera has panned',
        async () => (await camera.status()).pan - before.pan > 0.2,
        10_000,
      );
    } finally {
      await page.keyboard.up('ArrowRight');
      await until('the camera stands', async () => !(await camera.status()).moving);
    }
  }

  it('switches the tile when the dispatcher asks for another camera and the operator accepts', async () => {
    const { page } = centre;
    await tileOf(page, 'shop-front').hover();
    await tileOf(page, 'shop-front').getByTestId('tile-remove').click();
    await until('one tile', async () => (await tileOf(police.page, 'shop-front').count()) === 0);

    await tileOf(police.page, 'shop-1').getByTestId('tile-select').click();
    await police.page.getByTestId('switch-shop-front').click();
    await page.getByTestId('pending').waitFor();
    expect(await tileOf(police.page, 'shop-front').count()).toBe(0);
    await page.getByTestId('accept').click();
    const [red, , blue] = await seesMovement(police.page, 'shop-front');
    expect(blue).toBeGreaterThan(red);
    expect(await tileOf(police.page, 'shop-1').count()).toBe(0);
  });

  it('is over on both pages when it is closed, and no byte of pictures follows', async () => {
    const { page } = centre;
    await page.getByTestId('close-incident').click();
    mediaBytesAtEnd = undefined;
    const atMs = await Promise.all([
      stamp(page, 'close-dialog-confirm', 'click'),
      stamp(page, 'incident-closed', 'shown'),
      stamp(police.page, 'over', 'shown'),
    ]);
    await page.getByTestId('close-dialog-confirm').click();
    const [pressed, closed, over] = await Promise.all(atMs.map((stamped) => stamped()));
    report('closed → said at the centre', Number(closed) - Number(pressed));
    report('closed → said in the control room', Number(over) - Number(pressed));
    expect(closed).toBeGreaterThanOrEqual(Number(pressed));
    expect(over).toBeGreaterThanOrEqual(Number(pressed));
    const bytes = await until('the end of the pictures', () => mediaBytesAtEnd);
    expect(bytes).toBeGreaterThan(0);
    expect(await police.page.locator('canvas, video').count()).toBe(0);
    // The camera goes on making pictures: the operator sees twenty more, the control room none.
    await page.getByTestId('site-jeweller').click();
    await seesMovement(page, 'shop-1');
    const frames = async () => Number(await tileOf(page, 'shop-1').getAttribute('data-frames'));
    const seen = await frames();
    await until('twenty more pictures', async () => (await frames()) > seen + 20);
    expect(mediaBytes).toBe(bytes);
  });

  it('happened without a complaint of the browser', () => {
    const complaints = [...centre.complaints, ...police.complaints];
    expect(complaints.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
  });
});
