/**
 * The consoles say what is wrong with a picture: a camera that refuses the password, and one that stops
 * sending; where the camera is, the control room is not told.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import type { WatchedPage } from '../support/browser.ts';
import { launchBrowser, logIn, openPage, seesLivePictures, tileOf } from '../support/browser.ts';
import { LivePeer } from '../support/live-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_PASSWORD_ENV, SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const PASSWORD = 'een lang wachtwoord';

let cameras: SimulateRun;
let run: ServeRun;
let browser: Browser;
let operator: ApiCaller;
let centre: WatchedPage;
let police: WatchedPage;
/** Everything that the control room's page was sent in words. */
let policeWords = '';

beforeAll(async () => {
  [cameras, browser] = await Promise.all([
    SimulateRun.start(['--cameras', '2', '--looped']),
    launchBrowser(),
  ]);
  const [well, front] = cameras.config();
  if (!well || !front?.onvif) throw new Error('two cameras were asked for');
  const refused = { ...front, onvif: { ...front.onvif, password: { env: 'WRONG' } } };
  run = await ServeRun.start({
    config: { cameras: [well, refused] },
    env: { ...CAMERA_PASSWORD_ENV, WRONG: 'not the password' },
  });
  operator = await run.operator();
  const users = new UserStore(run.dataDir, systemClock);
  const password = new Secret(PASSWORD);
  await users.add({ username: 'olga', password, role: 'operator' });
  await users.add({ username: 'dora', password, role: 'dispatcher', controlRoom: 'rotterdam' });
  centre = await openPage(browser);
  police = await openPage(browser);
  police.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') policeWords += payload;
    });
  });
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

const over = (page: Page, camera: string) => tileOf(page, camera).getByTestId('tile-overlay');

/** All that is said over a picture from now on, however long whoever reads it takes. */
async function notesOf(page: Page, camera: string): Promise<() => Promise<string>> {
  await page.evaluate(`{
    window.notes = [];
    new MutationObserver(() => {
      const over = document.querySelector('[data-camera="${camera}"] [data-testid=tile-overlay]');
      if (over) window.notes.push(over.innerText);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }`);
  return () => page.evaluate<string>('window.notes.join()');
}

it('the password is refused: the operator reads why, the control room that there is no picture', async () => {
  const facts = { type: 'robbery', site: 'site', summary: '', cameras: ['shop-1', 'shop-front'] };
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', facts);
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
    ...{ cameras: facts.cameras, rights: ['view'], expiresInMinutes: 30 },
  });
  const tiles = facts.cameras.map((camera) => ({ camera }));
  await operator.call('PUT', `/v1/incidents/${id}/screen`, { tiles, focus: null });

  const urls = await run.ready();
  await logIn(centre.page, urls.centre, { username: 'olga', password: PASSWORD });
  await logIn(police.page, urls.police, { username: 'dora', password: PASSWORD });
  await centre.page.getByTestId(`incident-${id}`).click();
  await police.page.getByTestId(`incident-${id}`).click();

  const words = over(centre.page, 'shop-front');
  await words.getByText('Camera geeft geen beeld').waitFor();
  await words.getByText('De camera weigert het wachtwoord.').waitFor();
  await words.getByText('Controleer gebruikersnaam en wachtwoord').waitFor();

  const told = over(police.page, 'shop-front');
  await told.getByText('Camera geeft geen beeld').waitFor();
  expect(await told.innerText()).not.toMatch(/wachtwoord|127\.0\.0\.1/i);
  expect(policeWords).toMatch(/"type":"picture"/);
  expect(policeWords).not.toMatch(/127\.0\.0\.1|user name or password/);
});

it('the centre can ask for it, administrators too', async () => {
  const all = await operator.call<{ id: string; pictures: object[] }[]>('GET', '/v1/cameras');
  expect(all.find(({ id }) => id === 'shop-front')?.pictures).toEqual([
    expect.objectContaining({
      ...{ stream: 'main', state: 'no-connection', code: 'camera-refused-credentials' },
    }),
  ]);
  const metrics = await (await operator.fetch('/metrics')).text();
  const labels = 'camera="shop-front",stream="main",state="no-connection"';
  expect(metrics).toContain(`liveview_camera_picture{${labels}} 1`);
  expect(metrics).toMatch(
    new RegExp(`^liveview_camera_picture_troubles_total\\{${labels}\\} [1-9]`, 'm'),
  );
  const ready = await operator.call<{ problems: string[] }>('GET', '/readyz');
  expect(ready.problems.join()).toMatch(/shop-front \(main\): the camera refused the user name/);
});

it('the camera stops sending: both read that the picture stands still, and it goes on by itself', async () => {
  await seesLivePictures(centre.page, 'shop-1');
  await seesLivePictures(police.page, 'shop-1');
  const notes = [await notesOf(centre.page, 'shop-1'), await notesOf(police.page, 'shop-1')];
  const viewer = await LivePeer.connect(operator);
  viewer.say({ type: 'watch', channel: 0, camera: 'shop-1', quality: 'main' });
  await viewer.pictures(2);
  cameras.process.child.kill('SIGSTOP');
  await until('the news', () => viewer.condition() === 'stalled');
  for (const read of notes) {
    await until('the words', async () =>
      /Beeld staat stil\s*Sinds \d\d:\d\d:\d\d\./.test(await read()),
    );
  }
  const metrics = async () => (await operator.fetch('/metrics')).text();
  const stalled = 'liveview_camera_picture{camera="shop-1",stream="main",state="stalled"} 1';
  await until('the figure', async () => (await metrics()).includes(stalled));
  cameras.process.child.kill('SIGCONT');
  await until('better news', () => viewer.condition() === 'ok');
  viewer.close();
  for (const { page } of [centre, police]) {
    await seesLivePictures(page, 'shop-1');
    await until('nothing over it', async () => (await over(page, 'shop-1').count()) === 0);
  }
});
