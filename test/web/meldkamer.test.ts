import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { WatchedPage } from '../support/browser.ts';
import { isBlack, pixels } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let watched: WatchedPage;
let page: Page;
consoleBench('police', (bench) => {
  ({ gateway, url, watched, page } = bench);
});

const byId = (id: string) => page.getByTestId(id);
const tile = (camera: string) => page.locator(`[data-testid=tile][data-camera="${camera}"]`);

async function watchIncident(player?: 'mse' | 'webcodecs'): Promise<void> {
  gateway.loggedIn = true;
  gateway.incidents = [incident()];
  await page.goto(player ? `${url}/?player=${player}` : url);
  await byId('incident-i1').click();
  await until(
    'a live picture',
    async () => (await tile('dome').getAttribute('data-state')) === 'live',
  );
}

async function seeMovement(camera: string): Promise<void> {
  const first = await pixels(page, camera);
  expect(isBlack(first)).toBe(false);
  await until('another picture', async () => String(await pixels(page, camera)) !== String(first));
}

async function logIn(): Promise<void> {
  await page.getByLabel('Gebruikersnaam').fill('anna');
  await page.getByLabel('Wachtwoord').fill('right');
  await byId('login').click();
}

function noJoystick(): never {
  throw new Error('no joystick');
}

describe('logging in', () => {
  it('says when the password is wrong, and lets in with the right one', async () => {
    await page.goto(url);
    await page.getByLabel('Gebruikersnaam').fill('anna');
    await page.getByLabel('Wachtwoord').fill('wrong');
    await byId('login').click();
    await page.getByText('Gebruikersnaam of wachtwoord klopt niet.').waitFor();
    await page.getByLabel('Wachtwoord').fill('right');
    await page.keyboard.press('Enter');
    await byId('nothing-shared').waitFor();
    expect(await byId('user').textContent()).toBe('anna · Meldkamer Rotterdam');
    await byId('logout').click();
    await byId('login').waitFor();
  });

  it('says what went wrong at first, and lets in all the same', async () => {
    gateway.hiccups.set('/v1/session', {
      code: 'new-here',
      detail: 'the gateway is not ready yet',
    });
    await page.goto(url);
    await until(
      'the reason',
      async () => (await byId('login-problem').textContent()) === 'the gateway is not ready yet',
    );
    await logIn();
    await byId('nothing-shared').waitFor();
  });

  it('lets in again after a console that could not begin', async () => {
    gateway.loggedIn = true;
    gateway.hiccups.set('/v1/incidents', { code: 'gateway-stopping', detail: 'stopping' });
    await page.goto(url);
    await page.getByText('Niet gelukt: De gateway stopt.').waitFor();
    await byId('leave').click();
    await logIn();
    await byId('nothing-shared').waitFor();
  });

  it('goes back to the login when the gateway ends the session, and says so', async () => {
    await watchIncident();
    gateway.endSessions();
    await byId('login-problem').getByText('De sessie is beëindigd.').waitFor();
    await logIn();
    await byId('incident-i1').waitFor();
  });

  it('speaks Dutch, then English, and remembers', async () => {
    await page.goto(url);
    expect(await byId('login').textContent()).toBe('Inloggen');
    await byId('language-en').click();
    expect(await byId('login').textContent()).toBe('Log in');
    await page.reload();
    expect(await byId('login').textContent()).toBe('Log in');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });
});

describe('an incident that is shared', () => {
  it('is announced and not shown until it is chosen', async () => {
    gateway.loggedIn = true;
    await page.goto(url);
    await byId('nothing-shared').waitFor();
    await until('the hello', () => gateway.heard('hello').length > 0);
    gateway.setIncident(incident());
    await byId('view-notice').waitFor();
    expect(gateway.heard('watch')).toEqual([]);
    expect(await page.locator('canvas, video').count()).toBe(0);
    await byId('view-notice').click();
    await tile('dome').waitFor();
    expect(await byId('view-notice').count()).toBe(0);
    expect(await byId('facts').textContent()).toContain('Lijnbaan 100');
  });

  it.each(['webcodecs', 'mse'] as const)(
    'shows moving pictures and their delay with %s',
    async (kind) => {
      await watchIncident(kind);
      await seeMovement('dome');
      expect(await tile('dome').getAttribute('data-player')).toBe(kind);
      const latency = () => tile('dome').getAttribute('data-latency-ms');
      await until('a delay', async () => (await latency()) !== null);
      await until('a short delay', async () => Number(await latency()) < 500);
      expect(Number(await latency())).toBeGreaterThanOrEqual(0);
      expect(await tile('dome').getByTestId('latency').textContent()).toMatch(/^\d+ ms$|^\d,\d s$/);
      await until('statistics', () =>
        gateway.heard('stats').some((stats) => Number(stats['decoded']) > 0),
      );
      expect(watched.complaints).toEqual([]);
    },
  );

  it('asks for what this browser can decode, within the incident', async () => {
    await watchIncident();
    expect(gateway.heard('hello')[0]?.['codecs']).toContain('avc1.640028');
    await until('three pictures', () => gateway.heard('watch').length >= 3);
    expect(gateway.heard('watch').map(({ camera, incident: within }) => [camera, within])).toEqual([
      ['dome', 'i1'],
      ['shop-1', 'i1'],
      ['front', 'i1'],
    ]);
  });

  it('tells whose a note is, and of another control room only that', async () => {
    const at = new Date().toISOString();
    const notes = [
      { at, by: 'olga', text: 'Eén' },
      { at, by: 'anna', controlRoom: 'rotterdam', text: 'Twee' },
      { at, text: 'Drie' },
    ];
    await watchIncident();
    gateway.setIncident(incident({ notes }));
    await byId('notes').getByText('Drie').waitFor();
    const shown = await byId('notes').locator('li > span').allTextContents();
    expect(shown).toEqual(['Drie · een andere meldkamer', 'Twee · anna', 'Eén · Voorbeeld']);
  });

  it('follows the screen that the operator composes', async () => {
    await watchIncident();
    const screen = { tiles: [{ camera: 'shop-2' }, { camera: 'dome' }], focus: null };
    gateway.setIncident(incident({ screen }));
    await tile('shop-2').waitFor();
    expect(await tile('front').count()).toBe(0);
    await until('the two that left', () => gateway.heard('unwatch').length === 2);
  });

  it('says over the picture that it is frozen, and that the line is broken', async () => {
    await watchIncident();
    gateway.stopPictures();
    await tile('dome').getByText('Beeld staat stil').waitFor();
    gateway.cutSockets();
    await until(
      'live again',
      async () => (await tile('dome').getAttribute('data-state')) === 'live',
    );
    expect(gateway.heard('hello')).toHaveLength(2);
  });
});

describe('the end', () => {
  it('is said over everything when the incident is closed, and leaves no picture', async () => {
    await watchIncident();
    gateway.endAll('incident-closed', 'closed');
    gateway.setIncident({ ...incident({ state: 'closed', grants: [] }) });
    await byId('over').getByText('Incident gesloten').waitFor();
    expect(await page.locator('canvas, video').count()).toBe(0);
    await byId('over-back').click();
    await byId('nothing-shared').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  it('is said when only the socket’s ended tells of it', async () => {
    await watchIncident();
    gateway.endAll('grant-withdrawn', 'withdrawn');
    await byId('over').getByText('De centrale heeft het delen ingetrokken.').waitFor();
    expect(await page.locator('canvas, video').count()).toBe(0);
  });

  it.each(['webcodecs', 'mse'] as const)(
    'blanks a single picture that ends, with %s',
    async (kind) => {
      await watchIncident(kind);
      await seeMovement('dome');
      const channel = gateway.heard('watch').find(({ camera }) => camera === 'dome')?.['channel'];
      gateway.broadcast({ type: 'ended', channel, code: 'not-shared', reason: '' });
      await tile('dome').getByText('Delen beëindigd').waitFor();
      expect(isBlack(await pixels(page, 'dome'))).toBe(true);
      await until(
        'the other live',
        async () => (await tile('shop-1').getAttribute('data-state')) === 'live',
      );
    },
  );
});

describe('asking for a movement', () => {
  it('holds while the joystick is dragged and releases with the pointer', async () => {
    await watchIncident();
    const box = (await byId('joystick').boundingBox()) ?? noJoystick();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + box.width / 2, y, { steps: 4 });
    const asked = await until('a request', () => gateway.heard('request')[0]);
    expect(asked).toMatchObject({ action: 'ptz.move', incident: 'i1', camera: 'dome' });
    expect(Object(asked['args'])).toMatchObject({ tilt: 0, zoom: 0 });
    gateway.setRequest(request(), String(asked['id']));
    await page.getByText('wacht op centralist').waitFor();
    gateway.setRequest(request({ state: 'running', by: 'operator' }), String(asked['id']));
    await page.getByText('beweegt', { exact: true }).waitFor();
    // What the stick asked anew when it heard of that was asked before these are held.
    const before = gateway.heard('hold').length;
    await until('held', () => gateway.heard('hold').length >= before + 2);
    await page.mouse.up();
    const moves = gateway.heard('request').length;
    await until('all released', () => gateway.heard('release').length === moves);
    const ids = gateway.heard('request').map(({ id }) => id);
    expect(gateway.heard('release').map(({ id }) => id)).toEqual(ids);
    gateway.setRequest(request({ state: 'done' }), String(ids.at(-1)));
    await byId('request').getByText('uitgevoerd').first().waitFor();
    expect(moves).toBeLessThanOrEqual(2);
  });

  it('moves with the arrow keys and stops when the focus goes', async () => {
    await watchIncident();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowLeft');
    const asked = await until('a request', () => gateway.heard('request')[0]);
    expect(asked['args']).toEqual({ pan: -0.5, tilt: 0, zoom: 0 });
    await byId('logout').focus();
    await until('released', () => gateway.heard('release').length > 0);
    await page.keyboard.up('ArrowLeft');
    expect(gateway.heard('request')).toHaveLength(1);
  });

  it('asks to keep holding until the camera moves, and then no longer', async () => {
    await watchIncident();
    await byId('control-panel').getByText('Houd vast tot de centralist').waitFor();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowLeft');
    const { id } = await until('a request', () => gateway.heard('request')[0]);
    gateway.setRequest(request({ state: 'running', by: 'operator' }), String(id));
    await byId('control-panel').getByText('De camera beweegt zolang u vasthoudt.').waitFor();
    await page.keyboard.up('ArrowLeft');
    gateway.setRequest(request({ state: 'done' }), String(id));
    await byId('control-panel').getByText('Houd vast tot de centralist').waitFor();
  });

  it('lets go of a key that is lifted under another name', async () => {
    await watchIncident();
    await byId('joystick').focus();
    await page.keyboard.down('Shift');
    await page.keyboard.down('Equal');
    const asked = await until('a request', () => gateway.heard('request')[0]);
    expect(asked['args']).toEqual({ pan: 0, tilt: 0, zoom: 0.5 });
    await page.keyboard.up('Shift');
    await page.keyboard.up('Equal');
    await until('released', () => gateway.heard('release').length > 0);
    expect(gateway.heard('request')).toHaveLength(1);
  });

  it.each([
    ['the window loses the focus', 'window.dispatchEvent(new Event("blur"))'],
    ['the page is left', 'window.dispatchEvent(new Event("pagehide"))'],
    [
      'the page is hidden',
      'Object.defineProperty(document, "visibilityState", { value: "hidden" });' +
        'document.dispatchEvent(new Event("visibilitychange"))',
    ],
  ])('lets go when %s, and moves only when pressed anew', async (_when, happen) => {
    await watchIncident();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowLeft');
    await until('a request', () => gateway.heard('request')[0]);
    await page.evaluate(happen);
    await until('released', () => gateway.heard('release').length > 0);
    await page.keyboard.down('ArrowLeft');
    await page.keyboard.up('ArrowLeft');
    await page.keyboard.down('ArrowRight');
    await until('pressed anew', () => gateway.heard('request').length > 1);
    expect(gateway.heard('request').map(({ args }) => Object(args).pan)).toEqual([-0.5, 0.5]);
  });

  it('lets go of a dragged stick when the window loses the focus', async () => {
    await watchIncident();
    const { x, y, width, height } = (await byId('joystick').boundingBox()) ?? noJoystick();
    await page.mouse.move(x + width - 4, y + height / 2);
    await page.mouse.down();
    await until('a request', () => gateway.heard('request')[0]);
    await page.evaluate('window.dispatchEvent(new Event("blur"))');
    await until('released', () => gateway.heard('release').length > 0);
    await page.mouse.move(x + width / 2, y + 4);
    await page.mouse.up();
    await page.mouse.down();
    await until('pressed anew', () => gateway.heard('request').length > 1);
    expect(gateway.heard('request').map(({ args }) => Object(args).pan > 0.5)).toEqual([
      true,
      false,
    ]);
  });

  it('holds nothing any more when the socket was lost, until it is pressed anew', async () => {
    await watchIncident();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowLeft');
    await until('held', () => gateway.heard('hold').length > 0);
    gateway.cutSockets();
    await until('connected again', () => gateway.heard('hello').length > 1);
    const [lost] = gateway.heard('request');
    const holds = () => gateway.heard('hold').filter(({ id }) => id === lost?.['id']).length;
    const before = holds();
    await page.keyboard.down('ArrowLeft');
    await page.keyboard.up('ArrowLeft');
    await page.keyboard.down('ArrowRight');
    await until('pressed anew', () => gateway.heard('request').length > 1);
    expect(gateway.heard('request').map(({ args }) => Object(args).pan)).toEqual([-0.5, 0.5]);
    expect(holds() - before).toBe(0);
  });

  it('asks for presets, home and another camera, and tells why something was declined', async () => {
    await watchIncident();
    gateway.onRequest = (message) => {
      const { id, action, camera, args } = message;
      const declined = { state: 'declined', reason: 'Privacy', by: 'operator' } as const;
      const asked = { id: `g-${id}`, action: action as 'ptz.home', camera: String(camera) };
      gateway.setRequest(request({ ...asked, args: Object(args), ...declined }), String(id));
    };
    await byId('preset-2').click();
    await byId('request').getByText('geweigerd: Privacy').waitFor();
    await byId('home').click();
    await byId('switch-shop-2').click();
    await until('three requests', () => gateway.heard('request').length === 3);
    expect(gateway.heard('request').map(({ action, args }) => [action, args])).toEqual([
      ['ptz.preset', { preset: '2' }],
      ['ptz.home', {}],
      ['camera.switch', { tile: 0, camera: 'shop-2' }],
    ]);
    await page.getByText('Naar voorkeuzestand: Kassa').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  it('says in the language of the page why something failed', async () => {
    await watchIncident();
    const reason = 'the asker was not heard for 600 ms';
    gateway.setRequest(request({ state: 'failed', reason, reasonCode: 'hold-lost' }));
    await byId('request').getByText('mislukt: De joystick werd niet meer vastgehouden.').waitFor();
    await byId('language-en').click();
    await byId('request').getByText('failed: The joystick was no longer held.').waitFor();
  });

  it('says that a fixed camera cannot move', async () => {
    await watchIncident();
    await tile('front').getByTestId('tile-select').click();
    await page.getByText('Deze camera kan niet bewegen.').waitFor();
    expect(await byId('joystick').count()).toBe(0);
  });
});
