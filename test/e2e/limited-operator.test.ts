/** Somebody who works for one of two sites: added by the command line, in the console, beside a gateway that runs. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Secret } from '../../src/core/secret.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage, seesLivePictures } from '../support/browser.ts';
import { runCli } from '../support/cli.ts';
import { ServeRun } from '../support/serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from '../support/simulate.ts';

jest.setTimeout(240_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;
const ELSA = { username: 'elsa', password: 'een lang wachtwoord' };

let simulator: RunningSimulator;
let run: ServeRun;
let browser: Browser;
let page: Page;
let operator: ApiCaller;

const liveview = (...args: string[]) =>
  runCli([...args, '--data-dir', run.dataDir], { stdin: `${ELSA.password}\n` });

beforeAll(async () => {
  const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
  [simulator, browser] = await Promise.all([
    startSimulator({ cameras: 2, looped: true, password }),
    launchBrowser(),
  ]);
  const cameras = (['shop', 'square'] as const).map((site, index) => {
    const { hostname, port } = new URL(simulator.cameras[index]?.onvifUrl ?? '');
    const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
    return { id: `${site}-1`, name: `Camera ${site}`, site, onvif };
  });
  const sites = [
    { id: 'shop', name: 'Juwelier' },
    { id: 'square', name: 'Marktplein' },
  ];
  run = await ServeRun.start({ config: { sites, cameras }, env: CAMERA_PASSWORD_ENV });
  operator = await run.operator();
  for (const [site, summary] of [
    ['shop', 'overval'],
    ['square', 'vechtpartij'],
  ]) {
    const facts = { type: 'robbery', site, summary, cameras: [`${site}-1`] };
    await operator.call('POST', '/v1/incidents', facts);
  }
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await simulator?.stop();
});

it('is added with its site, and finds in the console that site alone, with its pictures', async () => {
  const added = await liveview(
    ...['user', 'add', 'elsa', '--role', 'operator', '--sites', 'shop'],
    ...['--config', run.configFile, '--password-stdin'],
  );
  expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('for shop alone') });
  ({ page } = await openPage(browser));
  page.setDefaultTimeout(PATIENCE_MS);
  await logIn(page, (await run.ready()).centre, ELSA);
  const site = page.getByTestId('sites').getByRole('button', { name: 'Juwelier' });
  await site.waitFor();
  expect(await page.getByTestId('sites').getByRole('button').count()).toBe(1);
  await site.click();
  await seesLivePictures(page, 'shop-1', PATIENCE_MS);
  const shown = await page.locator('body').innerText();
  expect(shown).toContain('Juwelier');
  expect(shown).not.toMatch(/Marktplein|vechtpartij|Camera square/);
});

it('is told that what is elsewhere does not exist', async () => {
  const elsa = await ApiCaller.logIn((await run.ready()).centre, ELSA.username, ELSA.password);
  for (const camera of ['square-1', 'square-9']) {
    for (const path of ['', '/snapshot.jpg', '/live.mp4']) {
      const answer = await elsa.fetch(`/v1/cameras/${camera}${path}`);
      expect([answer.status, (await answer.json()).code]).toEqual([404, 'unknown-camera']);
    }
  }
});

it('is logged out when another site is given, and works there from then on', async () => {
  const changed = await liveview('user', 'sites', 'elsa', '--sites', 'square');
  expect(changed.code).toBe(0);
  await page.getByTestId('login').waitFor();
  await logIn(page, (await run.ready()).centre, ELSA);
  const site = page.getByTestId('sites').getByRole('button', { name: 'Marktplein' });
  await site.click();
  await seesLivePictures(page, 'square-1', PATIENCE_MS);
  expect(await page.locator('body').innerText()).not.toMatch(/Juwelier|overval/);
});
