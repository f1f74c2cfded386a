/**
 * Who has a camera, in the consoles of a gateway at work: a dispatcher takes it, an operator takes it over and lets
 * go, a colleague is refused, a supervisor forces, and what nobody uses is free again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { CallerRole } from '../../src/access/role.ts';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import { launchBrowser, logIn, openPage, tileOf, type WatchedPage } from '../support/browser.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';

jest.setTimeout(300_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;

const CAMERA = 'shop-1';
const PASSWORD = 'een lang wachtwoord';

let simulator: RunningSimulator;
let run: ServeRun;
let browser: Browser;
let incident: string;
let urls: { centre: string; police: string };
let centre: Page;
let room: Page;

beforeAll(async () => {
  const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
  [simulator, browser] = await Promise.all([
    startSimulator({ cameras: 1, looped: true, password }),
    launchBrowser(),
  ]);
  const { hostname, port } = new URL(simulator.cameras[0]?.onvifUrl ?? '');
  const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
  run = await ServeRun.start({
    config: {
      cameras: [{ id: CAMERA, name: 'Winkel', onvif }],
      // Nobody loses the camera by a slow machine.
      policy: { ptz: 'auto', holdSeconds: 3600 },
    },
    env: CAMERA_PASSWORD_ENV,
  });
  await addUsers({ olga: 'operator', otto: 'operator', sara: 'supervisor', dora: 'dispatcher' });
  const operator = await run.operator();
  const facts = { type: 'robbery', site: 'site', summary: '', cameras: [CAMERA] };
  incident = (await operator.call<Incident>('POST', '/v1/incidents', facts)).id;
  await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, {
    ...{ cameras: [CAMERA], rights: ['view', 'ptz'] },
  });
  urls = await run.ready();
  const opened = await Promise.all([atCentre('olga'), openConsole(urls.police, 'dora')]);
  [centre, room] = [opened[0].page, opened[1].page];
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await simulator?.stop();
});

async function addUsers(roles: Readonly<Record<string, CallerRole>>): Promise<void> {
  const users = new UserStore(run.dataDir, systemClock);
  for (const [username, role] of Object.entries(roles)) {
    const of = role === 'dispatcher' ? { controlRoom: 'rotterdam' } : {};
    await users.add({ username, role, password: new Secret(PASSWORD), ...of });
  }
}

async function openConsole(url: string, username: string): Promise<WatchedPage> {
  const watched = await openPage(browser);
  watched.page.setDefaultTimeout(PATIENCE_MS);
  await logIn(watched.page, url, { username, password: PASSWORD });
  await watched.page.getByTestId(`incident-${incident}`).click();
  return watched;
}

/** With the controls of the camera on the page. */
async function atCentre(username: string): Promise<WatchedPage> {
  const watched = await openConsole(urls.centre, username);
  await watched.page.getByTestId('tile-select').click();
  return watched;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const badge = (page: Page) => tileOf(page, CAMERA).getByTestId('holder');
const shows = (page: Page, name: string) =>
  badge(page).getByText(`In handen van ${name}`, { exact: true }).waitFor();

async function isFree(): Promise<void> {
  for (const page of [centre, room]) {
    await badge(page).waitFor({ state: 'detached' });
    await page.getByTestId('hold-state').getByText('Niemand heeft de bediening.').waitFor();
  }
}

/** The same configuration with another time. */
async function reloadWith(holdSeconds: number): Promise<void> {
  const config = JSON.parse(readFileSync(run.configFile, 'utf8'));
  const policy = { ...config.policy, holdSeconds };
  writeFileSync(run.configFile, JSON.stringify({ ...config, policy }));
  run.process.child.kill('SIGHUP');
  await run.process.logged(/configuration read again/);
}

it('shows both consoles that a dispatcher has the camera, the operator by name and room', async () => {
  await isFree();
  await button(room, 'Bediening vragen').click();
  await shows(room, 'u');
  await shows(centre, 'dora (Rotterdam)');
  await room.getByTestId('request').getByText('heeft de bediening').waitFor();
});

it('lets an operator take it over, and tells the dispatcher', async () => {
  await button(centre, 'Bediening overnemen').click();
  await shows(centre, 'u');
  await shows(room, 'de centrale');
  await room
    .getByTestId('lost')
    .getByText('De bediening van Winkel is overgenomen door de centrale.')
    .waitFor();
  await button(room, 'Bediening vragen').click();
  await room
    .getByTestId('hold-refusal')
    .getByText('Dat gaat nu niet: de camera is in handen van de centrale.')
    .waitFor();
});

it('is free when the operator lets go', async () => {
  await button(centre, 'Bediening loslaten').click();
  await isFree();
});

it('refuses a second operator, with the name of who has it, and offers no force', async () => {
  await button(centre, 'Bediening nemen').click();
  await shows(centre, 'u');
  const second = await atCentre('otto');
  // At the first look, before anything changes.
  await shows(second.page, 'olga');
  await button(second.page, 'Bediening nemen').click();
  await second.page
    .getByTestId('hold-refusal')
    .getByText('Dat gaat nu niet: de camera is in handen van olga.')
    .waitFor();
  expect(await second.page.getByTestId('hold-force').count()).toBe(0);
  await shows(centre, 'u');
  await second.close();
});

it('lets a supervisor force it, after a confirmation, and tells who had it', async () => {
  const supervisor = await atCentre('sara');
  await button(supervisor.page, 'Bediening vrijgeven').click();
  const dialog = supervisor.page.getByTestId('force-dialog');
  await dialog.getByText('uit handen van olga').waitFor();
  await dialog.getByLabel('Toelichting').fill('nodig voor de achterdeur');
  await supervisor.page.getByTestId('force-dialog-confirm').click();
  await isFree();
  await badge(supervisor.page).waitFor({ state: 'detached' });
  const lost = centre.getByTestId('lost');
  await lost.getByText('U heeft de bediening van Winkel niet meer.').waitFor();
  await lost.getByText('De centrale heeft de camera vrijgegeven.').waitFor();
  const journal = await run.supervisor();
  const entries = await journal.call<{ kind: string; data: object }[]>('GET', '/v1/journal');
  const released = entries.filter(({ kind }) => kind === 'control.released').at(-1);
  expect(released?.data).toMatchObject({
    ...{ camera: CAMERA, user: 'olga', why: 'control-forced', note: 'nodig voor de achterdeur' },
  });
  await supervisor.close();
});

it('is free after a while without use, and that is told', async () => {
  await reloadWith(2);
  await button(room, 'Bediening vragen').click();
  await room.getByTestId('lost').getByText('De camera werd een tijd niet bediend.').waitFor();
  await isFree();
});
