import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { WAIT_MS } from '../../web/shared/switching.ts';
import { attempts } from '../support/attempts.ts';
import {
  launchBrowser,
  logIn,
  openPage,
  seesLivePictures,
  tileOf,
  type WatchedPage,
} from '../support/browser.ts';
import { DemoRun } from '../support/demo.ts';
import { LivePeer } from '../support/live-peer.ts';
import { pdfOf, sheet } from '../support/pdf.ts';
import { glances, inTurn, waitWithoutEnd, watchScreen } from '../support/screen-watch.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;

/** Chromium says so of the first question whether somebody is logged in, and of what was refused on purpose. */
const MEANT = /401|415|50[34]/;

let demo: DemoRun;
let browser: Browser;
let centre: WatchedPage;
let room: WatchedPage;
/** Another of the control room, that follows without a browser. */
let program: LivePeer;
/** What the page of the control room was told of the screen. */
const told: string[] = [];

beforeAll(async () => {
  [demo, browser] = await Promise.all([DemoRun.start(), launchBrowser()]);
  centre = await openPage(browser);
  room = await openPage(browser);
  for (const { page } of [centre, room]) page.setDefaultTimeout(PATIENCE_MS);
  await waitWithoutEnd(room.page, WAIT_MS);
  room.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string' && JSON.parse(payload).type === 'screen') told.push(payload);
    });
  });
});

afterAll(async () => {
  program?.close();
  await browser?.close();
  await demo?.stop();
});

const mark = (page: Page, camera: string) =>
  page.locator(`[data-testid=plan-tile] [data-testid=plan-camera][data-camera="${camera}"]`);
const heading = async (page: Page) =>
  Number((await mark(page, 'shop-1').getAttribute('data-heading')) ?? Number.NaN);

/** Who follows in the control room is told once, in the same words, and its page shows it. */
async function inOneMessage(
  change: () => Promise<unknown>,
  shown: (page: Page) => Promise<unknown>,
) {
  // What is told anew after a lost connection is no other screen.
  const byPage = () => inTurn(told);
  const byProgram = () =>
    program.messages.filter(({ type }) => type === 'screen').map((each) => JSON.stringify(each));
  const before = [byPage().length, byProgram().length] as const;
  await change();
  await shown(room.page);
  await until('the program is told', () => byProgram().length > before[1], PATIENCE_MS);
  const [now] = byPage().slice(before[0]);
  expect([byPage().length, byProgram().length]).toEqual(before.map((count) => count + 1));
  expect(byProgram().slice(before[1])).toEqual([now]);
}

describe('the shared screen of a real gateway', () => {
  it('is followed by a page and a program of a control room', async () => {
    await logIn(centre.page, demo.summary.centre, demo.user('centralist'));
    await centre.page.getByTestId('site-jeweller').click();
    await centre.page.getByTestId('open-incident').click();
    await centre.page.getByTestId('open-incident-dialog').getByLabel('Overval').check();
    await centre.page.getByTestId('open-incident-dialog-confirm').click();
    await centre.page.getByTestId('share-rotterdam').click();
    await centre.page.getByTestId('share-dialog-confirm').click();
    await centre.page.getByTestId('time-left').waitFor();
    await logIn(room.page, demo.summary.police, demo.user('meldkamer'));
    await room.page
      .getByTestId(/^incident-/)
      .first()
      .click();
    await seesLivePictures(room.page, 'shop-1', PATIENCE_MS);
    program = await LivePeer.connect(await demo.logIn('police', 'meldkamer'));
    const { incident } = await program.hears('incident');
    program.say({ type: 'follow', incident: incident.id });
    await program.hears('screen');
  });

  it('has no plan of what only calls itself a picture', async () => {
    await centre.page.getByTestId('add-plan').click();
    const html = Buffer.from('<!doctype html><script>document.title = "x"</script>');
    const file = { name: 'plan.png', mimeType: 'image/png', buffer: html };
    await centre.page.getByLabel('Bestand').setInputFiles(file);
    await centre.page.getByTestId('plan-upload-confirm').click();
    await centre.page
      .getByTestId('plan-upload')
      .getByText('Dit is geen PNG, JPEG, WebP of PDF.', { exact: false })
      .waitFor();
  });

  it('has a plan that was a PDF, with cameras where the operator placed them', async () => {
    const buffer = pdfOf({ pages: [sheet(1, 1, 0)] });
    const file = { name: 'plan.pdf', mimeType: 'application/pdf', buffer };
    await centre.page.getByLabel('Bestand').setInputFiles(file);
    await centre.page.getByTestId('plan-upload-confirm').click();
    await centre.page
      .getByTestId('plans-panel')
      .getByRole('button', { name: 'plan tonen' })
      .click();
    const dialog = centre.page.getByTestId('plan-dialog');
    await dialog.locator('.plan-sheet').waitFor();
    await centre.page.getByTestId('place-camera').selectOption('shop-front');
    await centre.page.getByTestId('move-shop-front').focus();
    await centre.page.keyboard.press('Shift+ArrowRight');
    await centre.page.keyboard.press('Shift+ArrowRight');
    await centre.page.getByTestId('place-camera').selectOption('shop-1');
    await dialog.getByLabel('Draaiing volgen').fill('170');
    await dialog.getByLabel('Draaiing volgen').blur();
    await centre.page.getByTestId('plan-done').click();
  });

  it('shows the plan to everybody in one message', async () => {
    const plan = await centre.page
      .getByTestId('add-tile')
      .locator('optgroup option')
      .getAttribute('value');
    await inOneMessage(
      () => centre.page.getByTestId('add-tile').selectOption(plan),
      (page) => mark(page, 'shop-front').waitFor(),
    );
    await inOneMessage(
      () => centre.page.getByTestId('layout').selectOption('2x2'),
      (page) => page.locator('.wall[data-layout="2x2"]').waitFor(),
    );
  });

  it('draws the way a camera looks as it turns, in both consoles', async () => {
    const pages = [centre.page, room.page];
    const before = await Promise.all(
      pages.map((page) =>
        until(
          'a direction',
          async () => {
            const degrees = await heading(page);
            return Number.isNaN(degrees) ? undefined : { degrees };
          },
          PATIENCE_MS,
        ),
      ),
    );
    const operator = await demo.logIn('centre', 'centralist');
    await operator.call('POST', '/v1/cameras/shop-1/ptz', {
      ...{ action: 'ptz.goto', pan: 0.5, tilt: 0, zoom: 0 },
    });
    for (const [index, page] of pages.entries()) {
      await until(
        'another direction',
        async () => {
          const degrees = await heading(page);
          return Math.abs(degrees - (before[index]?.degrees ?? degrees)) > 20;
        },
        PATIENCE_MS,
      );
      const drawn = page.locator('[data-testid=plan-tile] .sight');
      await until('both are drawn', async () => (await drawn.count()) === 2);
    }
  });

  it('goes from picture to picture when another camera is asked for and granted', async () => {
    const remove = tileOf(centre.page, 'shop-front');
    await remove.hover();
    await inOneMessage(
      () => remove.getByTestId('tile-remove').click(),
      (page) => until('one camera', async () => (await tileOf(page, 'shop-front').count()) === 0),
    );
    const { page } = room;
    await watchScreen(page);
    await inOneMessage(
      async () => {
        await mark(page, 'shop-front').click();
        await centre.page.getByTestId('accept').click();
      },
      () => seesLivePictures(page, 'shop-front', PATIENCE_MS),
    );
    expect(await tileOf(page, 'shop-1').count()).toBe(0);
    const seen = await glances(page);
    const first = seen.map(({ composition }) => composition.split(' ')[3] ?? '');
    expect(inTurn(first)).toEqual(['shop-1', 'shop-front']);
    const dark = seen.filter(({ colour }) => colour === null || Math.max(...colour) < 16);
    expect(dark).toEqual([]);
  });

  it('has a still that the operator took and put there', async () => {
    // A busy gateway may say that the picture takes too long.
    await attempts(10, async () => {
      await tileOf(centre.page, 'shop-front').hover();
      await tileOf(centre.page, 'shop-front').getByTestId('tile-still').click();
      await centre.page
        .getByTestId(/^show-image-/)
        .first()
        .waitFor({ timeout: 15_000 });
    });
    await inOneMessage(
      () =>
        centre.page
          .getByTestId(/^show-image-/)
          .first()
          .click(),
      (page) => page.getByTestId('image-tile').getByRole('img').waitFor(),
    );
  });

  it('and nobody’s browser complained', () => {
    const complaints = [...centre.complaints, ...room.complaints];
    expect(complaints.filter((text) => !MEANT.test(text))).toEqual([]);
  });
});
