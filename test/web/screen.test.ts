import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { IncidentView, Screen } from '../../src/client/index.ts';
import { WAIT_MS } from '../../web/shared/switching.ts';
import type { WatchedPage } from '../support/browser.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { type Clip, makeClip } from '../support/clip.ts';
import { plain } from '../support/pictures.ts';
import {
  type Glance,
  glances,
  inTurn,
  waitWithoutEnd,
  watchScreen,
} from '../support/screen-watch.ts';
import { until } from '../support/until.ts';
import { buildConsoles } from './built-consoles.ts';
import { incident } from './scenery.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

/** Chromium without a graphics card on a busy machine. */
jest.setTimeout(180_000);

type Side = 'centre' | 'police';
type Player = 'webcodecs' | 'mse';

let browser: Browser;
let consoles: Awaited<ReturnType<typeof buildConsoles>>;
let clips: Record<string, Clip>;
let gateway: ScriptedGateway;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  const colour = (name: string) => makeClip({ source: `color=c=${name}:size=640x360:rate=25` });
  const [opened, built, red, green, blue] = await Promise.all([
    launchBrowser(),
    buildConsoles(),
    ...['red', 'lime', 'blue'].map(colour),
  ]);
  browser = opened as Browser;
  consoles = built as typeof consoles;
  clips = { 'shop-1': red, 'shop-2': green, front: blue } as Record<string, Clip>;
}, 60_000);
afterAll(async () => {
  await browser.close();
  await consoles.remove();
});
beforeEach(async () => {
  watched = await openPage(browser);
  page = watched.page;
});
afterEach(async () => {
  await watched.close();
  await gateway.stop();
});

const byId = (id: string) => page.getByTestId(id);

/** The incident's page of one console, with this on the screen, live. */
async function follow(
  side: Side,
  screen: Screen,
  options: { player?: Player; more?: Partial<IncidentView>; impatient?: boolean } = {},
): Promise<void> {
  if (!options.impatient) await waitWithoutEnd(page, WAIT_MS);
  gateway = new ScriptedGateway({ side, webRoot: consoles.webRoot, clips });
  gateway.loggedIn = true;
  gateway.incidents = [incident({ screen, ...options.more })];
  gateway.pictures.set(
    side === 'centre' ? '/v1/plans/p1/content' : '/v1/incidents/i1/plans/p1',
    await plain('png')([255, 255, 0]),
  );
  const url = await gateway.start();
  await page.goto(options.player ? `${url}/?player=${options.player}` : url);
  await byId('incident-i1').click();
  for (const tile of screen.tiles) if ('camera' in tile) await isLive(tile.camera);
  await watchScreen(page);
}

const tileOf = (camera: string) => page.locator(`[data-testid=tile][data-camera="${camera}"]`);

async function isLive(camera: string): Promise<void> {
  await until(
    `${camera} is live`,
    async () => (await tileOf(camera).getAttribute('data-state')) === 'live',
  );
}

function compose(screen: Screen): void {
  const [before = incident()] = gateway.incidents;
  gateway.setIncident({ ...before, screen });
}

const hue = ({ colour }: Glance): string => {
  if (colour === null) return 'nothing';
  const [red, green, blue] = colour;
  if (red > 150 && green > 150) return 'yellow';
  if (red > 150) return 'red';
  if (green > 150) return 'green';
  return blue > 150 ? 'blue' : 'black';
};
const hues = async () => inTurn((await glances(page)).map(hue));
const compositions = async () =>
  inTurn((await glances(page)).map(({ composition }) => composition));

/** So many looks at the wall from now on. */
async function looks(count: number): Promise<void> {
  const before = (await glances(page)).length;
  await until('more looks', async () => (await glances(page)).length >= before + count);
}

const CASES = (['centre', 'police'] as const).flatMap((side) =>
  (['webcodecs', 'mse'] as const).map((player) => [side, player] as const),
);

describe('another camera on a tile', () => {
  it.each(CASES)('takes it over from picture to picture: %s, %s', async (side, player) => {
    await follow(side, { tiles: [{ camera: 'shop-1' }], focus: null }, { player });
    gateway.heldBack.add('shop-2');
    compose({ tiles: [{ camera: 'shop-2' }], focus: null });
    await until('it is asked for', () =>
      gateway.heard('watch').some((message) => message['camera'] === 'shop-2'),
    );
    await looks(10);
    expect(await hues()).toEqual(['red']);
    gateway.letGo('shop-2');
    await until('green', async () => (await hues()).at(-1) === 'green');
    await isLive('shop-2');
    await looks(10);
    expect(await hues()).toEqual(['red', 'green']);
    expect(await tileOf('shop-1').count()).toBe(0);
    await until('the old one is let go', () => gateway.heard('unwatch').length === 1);
    expect(watched.complaints).toEqual([]);
  });

  it('that does not come is not waited for for ever, and the tile says that there is none yet', async () => {
    const screen = { tiles: [{ camera: 'shop-1' }], focus: null };
    await follow('police', screen, { impatient: true });
    gateway.heldBack.add('shop-2');
    compose({ tiles: [{ camera: 'shop-2' }], focus: null });
    await tileOf('shop-2').waitFor();
    expect(await tileOf('shop-2').getAttribute('data-state')).toBe('connecting');
    await tileOf('shop-2').getByText('Beeld ophalen…').waitFor();
    expect(await tileOf('shop-1').count()).toBe(0);
    gateway.letGo('shop-2');
    await isLive('shop-2');
  });

  it('that is overtaken by a third never appears', async () => {
    await follow('police', { tiles: [{ camera: 'shop-1' }], focus: null });
    gateway.heldBack.add('shop-2');
    compose({ tiles: [{ camera: 'shop-2' }], focus: null });
    compose({ tiles: [{ camera: 'front' }], focus: null });
    await until('blue', async () => (await hues()).at(-1) === 'blue');
    expect(await hues()).toEqual(['red', 'blue']);
  });
});

describe('a change of the whole screen', () => {
  it.each(['centre', 'police'] as const)('is painted at once: %s', async (side) => {
    await follow(side, { tiles: [{ camera: 'shop-1' }, { camera: 'front' }], focus: null });
    gateway.heldBack.add('shop-2');
    compose({
      ...{ tiles: [{ camera: 'shop-2' }, { camera: 'shop-1' }, { empty: true }], focus: 1 },
      layout: '1+3',
    });
    await until('it is asked for', () =>
      gateway.heard('watch').some((message) => message['camera'] === 'shop-2'),
    );
    await looks(10);
    gateway.letGo('shop-2');
    await tileOf('shop-2').waitFor();
    await looks(10);
    expect(await compositions()).toEqual([
      'wall two 2 shop-1 front',
      'wall focus 4 shop-2 shop-1* empty empty',
    ]);
    expect(await hues()).not.toContain('black');
  });

  it('in which nothing new has to come waits for nothing', async () => {
    await follow('police', { tiles: [{ camera: 'shop-1' }, { camera: 'front' }], focus: null });
    compose({ tiles: [{ camera: 'front' }, { camera: 'shop-1' }], focus: 0, layout: '2x2' });
    await until('it is there', async () => (await compositions()).length > 1);
    await looks(10);
    expect(await compositions()).toEqual([
      'wall two 2 shop-1 front',
      'wall four 4 front shop-1 empty empty',
    ]);
    expect(await hues()).toEqual(['red', 'blue']);
    expect(gateway.heard('watch')).toHaveLength(2);
  });
});

describe('a plan', () => {
  const camera = (id: string, at = 0) => ({
    ...{ camera: id, x: 0.25 + at / 2, y: 0.5, heading: 0, fieldOfView: 60, range: 0.2 },
  });
  const plan = (...cameras: string[]) => ({
    ...{ id: 'p1', name: 'Begane grond', width: 64, height: 36 },
    cameras: cameras.map((id, at) => camera(id, at)),
  });
  const [grant] = incident().grants;
  const shared: Partial<IncidentView> = {
    grants: grant ? [{ ...grant, rights: ['view', 'ptz', 'switch', 'plan'] }] : [],
    plans: [plan('shop-1', 'front')],
  };
  const mark = (id: string) => page.locator(`[data-testid=plan-camera][data-camera="${id}"]`);

  it('comes on a tile from picture to picture too, and is fetched once', async () => {
    const tiles = [{ camera: 'shop-1' }];
    await follow('police', { tiles, focus: null }, { more: shared });
    compose({ tiles: [{ plan: 'p1' }], focus: null });
    await byId('plan-tile').waitFor();
    await looks(10);
    expect(await compositions()).toEqual(['wall single 1 shop-1', 'wall single 1 p1']);
    expect(gateway.fetched).toEqual(['/v1/incidents/i1/plans/p1']);
    expect(await byId('plan-tile').getByText('1 · Begane grond').count()).toBe(1);
  });

  it('has the cameras that are told of; one of them is asked for by a click or the keyboard', async () => {
    const screen = { tiles: [{ plan: 'p1' }, { camera: 'shop-1' }], focus: null };
    await follow('police', screen, { more: shared });
    await mark('front').click();
    const asked = await until('a request', () => gateway.heard('request')[0]);
    const args = { tile: 1, camera: 'front' };
    expect(asked).toMatchObject({ action: 'camera.switch', camera: 'front', incident: 'i1', args });
    await mark('front').focus();
    await page.keyboard.press('Enter');
    await until('another', () => gateway.heard('request').length === 2);
    await mark('shop-1').click();
    await until('it is chosen', async () =>
      (await tileOf('shop-1').getAttribute('class'))?.includes('selected'),
    );
    expect(gateway.heard('request')).toHaveLength(2);
    expect(watched.complaints).toEqual([]);
  });

  it('is chosen by its name, for what is asked in its place', async () => {
    const screen = { tiles: [{ camera: 'shop-1' }, { plan: 'p1' }], focus: null };
    await follow('police', screen, { more: shared });
    await byId('plan-tile').getByTestId('tile-select').click();
    await byId('switch-front').click();
    const asked = await until('a request', () => gateway.heard('request')[0]);
    expect(asked['args']).toEqual({ tile: 1, camera: 'front' });
  });

  it('shows which way a camera looks as the gateway tells it', async () => {
    const turning = { ...plan(), cameras: [{ ...camera('dome'), degreesPerPan: 180 }] };
    const more = { ...shared, plans: [turning] };
    await follow('police', { tiles: [{ plan: 'p1' }], focus: null }, { more });
    await mark('dome').waitFor();
    expect(await mark('dome').getAttribute('data-heading')).toBeNull();
    expect(await page.locator('.sight').count()).toBe(0);
    const sight = { plan: 'p1', camera: 'dome', heading: 90, fieldOfView: 60 };
    gateway.broadcast({ type: 'pointing', incident: 'i1', sights: [sight] });
    await until('east', async () => (await mark('dome').getAttribute('data-heading')) === '90');
    expect(await page.locator('.sight').count()).toBe(1);
  });

  it('brings a camera up on the tile that the operator means', async () => {
    const screen = { tiles: [{ plan: 'p1' }, { camera: 'shop-1' }], focus: 1 };
    await follow('centre', screen, { more: shared });
    gateway.onCall = (_method, _path, body) => ({ ...gateway.incidents[0], screen: body });
    await mark('front').click();
    await until('it is put', () => gateway.calls.length > 0);
    const tiles = [{ plan: 'p1' }, { camera: 'front' }];
    expect(gateway.calls).toEqual([
      `PUT /v1/incidents/i1/screen ${JSON.stringify({ tiles, focus: 1 })}`,
    ]);
  });

  it('is gone from the control room with the message that withdraws the right', async () => {
    await follow('police', { tiles: [{ plan: 'p1' }], focus: null }, { more: shared });
    await byId('plan-tile').waitFor();
    const [before = incident()] = gateway.incidents;
    const grants = incident().grants;
    gateway.broadcast({ type: 'incident', incident: { ...before, grants, plans: [] } });
    await until('it is gone', async () => (await byId('plan-tile').count()) === 0);
    expect(await page.locator('.plan-sheet').count()).toBe(0);
  });

  it('that is not shared any more says so in place of the picture', async () => {
    gateway = new ScriptedGateway({ side: 'police', webRoot: consoles.webRoot, clips });
    gateway.loggedIn = true;
    gateway.incidents = [incident({ ...shared, screen: { tiles: [{ plan: 'p1' }], focus: null } })];
    const detail = 'not shared';
    gateway.hiccups.set('/v1/incidents/i1/plans/p1', { code: 'not-shared', detail });
    await page.goto(await gateway.start());
    await byId('incident-i1').click();
    await byId('plan-tile').getByText('Niet te tonen', { exact: false }).waitFor();
  });
});
