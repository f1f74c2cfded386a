import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { WatchedPage } from '../support/browser.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { makeClip } from '../support/clip.ts';
import { until } from '../support/until.ts';
import { buildConsoles } from './built-consoles.ts';
import { incident } from './scenery.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

let browser: Browser;
let consoles: Awaited<ReturnType<typeof buildConsoles>>;
let clip: Awaited<ReturnType<typeof makeClip>>;
let smallClip: Awaited<ReturnType<typeof makeClip>>;
let gateway: ScriptedGateway;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, consoles, clip, smallClip] = await Promise.all([
    launchBrowser(),
    buildConsoles(),
    makeClip({ size: '640x360' }),
    makeClip({ size: '320x180' }),
  ]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await consoles.remove();
});
beforeEach(async () => {
  const { webRoot } = consoles;
  gateway = new ScriptedGateway({ side: 'police', webRoot, clips: { dome: clip } });
  gateway.loggedIn = true;
  gateway.incidents = [incident()];
  watched = await openPage(browser);
  page = watched.page;
});
afterEach(async () => {
  await watched.close();
  await gateway.stop();
});

const tile = () => page.locator('[data-testid=tile][data-camera="dome"]');
const shownWidth = () =>
  page.evaluate<number>(`(() => {
    const shown = document.querySelector('[data-camera="dome"] :is(canvas, video)');
    return shown?.videoWidth ?? shown?.width;
  })()`);
const state = () => tile().getAttribute('data-state');

/** Opens the incident and notes every state that its tile goes through. */
async function open(search = ''): Promise<() => Promise<string[]>> {
  await page.goto(`${await gateway.start()}/${search}`);
  await page.evaluate(`
    window.states = [];
    new MutationObserver(() => {
      const tile = document.querySelector('[data-testid=tile][data-camera="dome"]');
      if (tile && tile.dataset.state !== window.states.at(-1)) window.states.push(tile.dataset.state);
    }).observe(document, { subtree: true, childList: true, attributes: true });
  `);
  await page.getByTestId('incident-i1').click();
  return () => page.evaluate<string[]>('window.states');
}

describe('a live picture', () => {
  it('never calls live what was old when it came, however new it is on the screen', async () => {
    gateway.captureAgeMs = 60_000;
    const states = await open();
    await until('the truth', async () => (await state()) === 'late');
    await tile().getByText('Beeld loopt achter').waitFor();
    expect(Number(await tile().getAttribute('data-frames'))).toBeGreaterThan(0);
    expect(await states()).toEqual(['connecting', 'late']);
    expect(Number(await tile().getAttribute('data-latency-ms'))).toBeGreaterThanOrEqual(59_000);
  });

  it('goes from connecting to live, though old pictures come first, and back when they become old', async () => {
    gateway.captureAgeMs = 4_000;
    const states = await open();
    await until('pictures', async () => Number(await tile().getAttribute('data-frames')) > 0);
    gateway.captureAgeMs = 0;
    await until('live', async () => (await state()) === 'live');
    // Late in between when the old ones last for longer than a stream may take to begin.
    expect([
      ['connecting', 'live'],
      ['connecting', 'late', 'live'],
    ]).toContainEqual(await states());
    gateway.captureAgeMs = 4_000;
    await until('late', async () => (await state()) === 'late');
    gateway.captureAgeMs = 0;
    await until('live again', async () => (await state()) === 'live');
  });

  it('says what the gateway says of the camera, greys the picture, and is itself again', async () => {
    await open();
    await until('live', async () => (await state()) === 'live');
    const grey = () =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector('[data-camera="dome"] .picture')).filter`,
      );
    const say = (said: object) => {
      for (const { channel } of gateway.heard('watch')) {
        gateway.broadcast({ type: 'picture', channel, since: '2026-03-01T12:03:04Z', ...said });
      }
    };
    expect(await grey()).toBe('none');
    say({ state: 'signal-lost' });
    await tile().getByText('Camera meldt signaalverlies').waitFor();
    expect(await grey()).toMatch(/grayscale/);
    expect(await state()).toBe('live');
    say({ state: 'clock-drift' });
    await tile().getByText('Klok van de camera loopt weg').waitFor();
    expect(await grey()).toBe('none');
    say({ state: 'ok' });
    await until(
      'nothing to say',
      async () => (await tile().getByTestId('tile-overlay').count()) === 0,
    );
  });

  it.each(['webcodecs', 'mse'])(
    'asks the gateway for the quality that suits it, and follows it to another size with %s',
    async (player) => {
      const states = await open(`?player=${player}`);
      await until('live', async () => (await state()) === 'live');
      const asked = gateway.heard('watch').map((message) => message['quality']);
      expect(new Set(asked)).toEqual(new Set(['auto']));
      expect(await tile().getByTestId('quality').textContent()).toBe('Volledig');
      expect(await shownWidth()).toBe(640);
      const small = { quality: 'sub', width: 320, height: 180 };
      gateway.moveTo('dome', smallClip, small);
      await tile().getByText('Klein').waitFor();
      await until('the small picture', async () => (await shownWidth()) === 320);
      const shown = Number(await tile().getAttribute('data-frames'));
      await until('more', async () => Number(await tile().getAttribute('data-frames')) > shown + 5);
      await until('live', async () => (await state()) === 'live');
      expect(await tile().getAttribute('data-player')).toBe(player);
      expect(await tile().getByTestId('quality').getAttribute('title')).toContain('320×180');
      expect(watched.complaints).toEqual([]);
      // The picture on the screen stays until the new one comes, where the player can do that.
      if (player === 'webcodecs')
        expect((await states()).filter((s) => s === 'connecting')).toHaveLength(1);
    },
  );
});
