/**
 * A light, a siren and a gate on a virtual camera, from the button in the control room's console to the
 * contact, and back to what both consoles show.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident } from '../../src/liveview/model.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage } from '../support/browser.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;

const CAMERA = 'shop-1';
const PASSWORD = 'een lang wachtwoord';
/** The siren is never asked for, and the light is never asked to go off. */
const OUTPUTS: ConfigInput['cameras'][number]['outputs'] = [
  { id: 'siren', name: { nl: 'Sirene', en: 'Siren' }, kind: 'siren', token: 'siren' },
  {
    ...{ id: 'light', name: { nl: 'Licht', en: 'Light' }, kind: 'light', token: 'light' },
    requests: { on: 'confirm' },
  },
];

let simulator: RunningSimulator;
let run: ServeRun;
let browser: Browser;
let operator: ApiCaller;
let incident: string;
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
    config: { cameras: [{ id: CAMERA, name: 'Winkel', onvif, outputs: OUTPUTS }] },
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
    ...{ cameras: [CAMERA], rights: ['view', 'ptz'] },
  });
  const urls = await run.ready();
  [centre, room] = await Promise.all([
    openConsole(urls.centre, 'olga'),
    openConsole(urls.police, 'dora'),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await simulator?.stop();
});

async function openConsole(url: string, username: string): Promise<Page> {
  const { page } = await openPage(browser);
  page.setDefaultTimeout(PATIENCE_MS);
  await logIn(page, url, { username, password: PASSWORD });
  await page.getByTestId(`incident-${incident}`).click();
  return page;
}

const isOn = (token: string) => simulator.camera(CAMERA).relays.isOn(token);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function shows(page: Page, output: string, state: string): Promise<void> {
  const row = page.getByTestId(`output-${output}`);
  await row.waitFor();
  const shown = async () => (await row.getAttribute('data-state')) === state;
  await until(`${output} is ${state}`, shown, PATIENCE_MS);
}

it('offers each side what it may do: the operator all of it, the control room what it may ask', async () => {
  const labels = (page: Page) => page.getByTestId('outputs').getByRole('button').allTextContents();
  await room.getByTestId('outputs').waitFor();
  expect(await labels(room)).toEqual(['Licht aan']);
  await centre.getByTestId('tile-select').click();
  await centre.getByTestId('outputs').waitFor();
  expect(await labels(centre)).toEqual(['Sirene aan', 'Sirene uit', 'Licht aan', 'Licht uit']);
  for (const page of [centre, room]) await shows(page, 'light', 'off');
});

it('asks for the light, tells the operator which, and shows both that it is on', async () => {
  await button(room, 'Licht aan').click();
  await room.getByTestId('request').getByText('Licht aan (Winkel)').waitFor();
  const pending = centre.getByTestId('pending');
  await pending.getByText('Licht aan (Winkel)').waitFor();
  expect(isOn('light')).toBe(false);
  await pending.locator('[data-testid=accept][aria-disabled=false]').click();
  await until('light', () => isOn('light'));
  for (const page of [centre, room]) await shows(page, 'light', 'on');
  await centre.getByTestId('running-bar').getByText('Licht aan (Winkel) — Rotterdam').waitFor();
  await room.getByTestId('request').getByText('staat aan').waitFor();
});

it('shows it to whoever comes later, and to the control room not what it may not ask for', async () => {
  await button(centre, 'Sirene aan').click();
  await until('the siren', () => isOn('siren'));
  await shows(centre, 'siren', 'on');
  // A light stays on when the connection of whoever asked goes.
  await room.reload();
  await room.getByTestId(`incident-${incident}`).click();
  await shows(room, 'light', 'on');
  expect(await room.getByTestId('outputs').textContent()).not.toContain('Sirene');
  expect(isOn('light')).toBe(true);
  await button(centre, 'Sirene uit').click();
  await until('silence', () => !isOn('siren'));
  await shows(centre, 'siren', 'off');
});

it('is off when the incident closes, and that shows', async () => {
  await operator.call('POST', `/v1/incidents/${incident}/close`, { outcome: 'resolved' });
  await until('dark', () => !isOn('light'));
  await room.getByTestId('over').waitFor();
  await centre.getByTestId('incident-closed').waitFor();
  await centre.getByTestId('running-bar').waitFor({ state: 'detached' });
  await centre.getByTestId('site-site').click();
  await centre.getByTestId('tile-select').click();
  await shows(centre, 'light', 'off');
});
