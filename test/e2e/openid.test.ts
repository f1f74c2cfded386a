/** A person logs in at the centre's directory, in a real browser: the running gateway, a real OpenID provider. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { launchBrowser, logIn, openPage } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { CLIENT_ID, CLIENT_SECRET, DirectoryProcess } from '../support/openid/directory.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;
const PASSWORD = 'een lang wachtwoord';
const PEOPLE = {
  olga: { name: 'Olga de Vries', realm_access: { roles: ['jeweller'] } },
  sara: { name: 'Sara Bakker', realm_access: { roles: ['chiefs', 'jeweller'] } },
  piet: { name: 'Piet', realm_access: { roles: ['cleaners'] } },
};

let run: ServeRun;
let browser: Browser;
let directory: DirectoryProcess;
let url = '';
let config: Parameters<typeof ServeRun.start>[0]['config'];

beforeAll(async () => {
  browser = await launchBrowser();
  directory = await DirectoryProcess.launch();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  config = {
    access: {
      openid: {
        ...{ issuer: directory.issuer, clientId: CLIENT_ID },
        clientSecret: { env: 'OPENID_SECRET' },
        redirectUrl: `${url}/v1/session/openid/callback`,
        name: { nl: 'het account van de centrale', en: 'the account of the centre' },
        scopes: ['profile', 'groups'],
        roleClaim: ['realm_access', 'roles'],
        roles: [
          { value: 'chiefs', role: 'supervisor' },
          { value: 'jeweller', role: 'operator', sites: ['jeweller'] },
        ],
      },
    },
    centre: { listen: `127.0.0.1:${port}` },
    sites: [
      { id: 'jeweller', name: 'Juwelier' },
      { id: 'square', name: 'Plein' },
    ],
    cameras: [
      { id: 'shop-1', site: 'jeweller', rtsp: { main: 'rtsp://127.0.0.1:9/1' } },
      { id: 'square-1', site: 'square', rtsp: { main: 'rtsp://127.0.0.1:9/2' } },
    ],
  };
  run = await start();
  await directory.serve({ people: PEOPLE, gatewayUrls: [url] });
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
  await directory?.stop();
});

const start = (dataDir?: string) =>
  ServeRun.start({
    ...{ config, env: { OPENID_SECRET: CLIENT_SECRET } },
    ...(dataDir === undefined ? {} : { dataDir }),
  });

async function console_() {
  const opened = await openPage(browser);
  opened.page.setDefaultTimeout(PATIENCE_MS);
  await opened.page.goto(url);
  return opened;
}

/** Presses the button, and says at the directory who one is. */
async function logInAtDirectory(page: Page, who: string): Promise<void> {
  await page.getByTestId('login-directory').click();
  await page.getByLabel('Who are you').fill(who);
  await page.getByRole('button', { name: 'Log in at the directory' }).click();
}

const sitesOf = (page: Page) => page.getByText(/^(Juwelier|Plein)$/).allTextContents();

it('leads over the directory into the console, with the role and the sites of that person, until they log out there', async () => {
  const { page, complaints, close } = await console_();
  const button = page.getByTestId('login-directory');
  expect(await button.textContent()).toBe('Inloggen met het account van de centrale');
  await page.getByTestId('language-en').click();
  expect(await button.textContent()).toBe('Log in with the account of the centre');
  await logInAtDirectory(page, 'olga');
  expect(await page.getByTestId('user').textContent()).toBe('Olga de Vries');
  await until(
    'the console is connected',
    async () => (await page.getByTestId('connection').getAttribute('data-state')) === 'open',
  );
  expect(await page.getByTestId('user').getAttribute('title')).toBe('openid:olga');
  await page.getByText('Juwelier', { exact: true }).first().waitFor();
  expect(new Set(await sitesOf(page))).toEqual(new Set(['Juwelier']));
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/');
  // Nothing of the directory is left where a script could read it.
  expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).toBe(
    '{"liveview.language":"en"}',
  );
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);

  const out = await page.context().newPage();
  await out.goto(`${directory.issuer}/session/end`);
  await out.locator('button[value=yes]').click();
  await page.getByTestId('login-problem').getByText('The session has ended.').waitFor();
  await close();
});

it('keeps a login over a restart of the gateway, and ends it when the configuration gives other roles', async () => {
  const { page, close } = await console_();
  await logInAtDirectory(page, 'sara');
  expect(await page.getByTestId('user').textContent()).toBe('Sara Bakker');
  await page.getByText('Plein', { exact: true }).first().waitFor();
  const { dataDir } = run;
  const asks = () =>
    page.evaluate(`fetch('/v1/session').then(async (answer) => (await answer.json()).role)`);
  expect(await asks()).toBe('supervisor');
  await run.stop();
  run = await start(dataDir);
  expect(await asks()).toBe('supervisor');
  await run.stop();
  const openid = config.access?.openid;
  if (!openid) throw new Error('there is no directory in the configuration');
  const before = config;
  config = {
    ...config,
    access: { openid: { ...openid, roles: [{ value: 'chiefs', role: 'auditor' }] } },
  };
  run = await start(dataDir);
  expect(await asks()).toBeUndefined();
  await run.stop();
  config = before;
  run = await start(dataDir);
  await close();
});

it('says in the language of the console why somebody does not get in', async () => {
  const { page, complaints, close } = await console_();
  await logInAtDirectory(page, 'piet');
  await page.getByText('De directory kent u, maar u hebt hier geen rol.').waitFor();
  // What anybody could have written into the address is gone from it.
  expect(new URL(page.url()).hash).toBe('');
  await page.getByTestId('login-directory').waitFor();
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  await page.goto('about:blank');
  await page.goto(`${url}/#login=call-this-number`);
  await page.getByText('Inloggen met de directory is niet gelukt.').waitFor();
  expect(await page.getByText('call-this-number').count()).toBe(0);
  await close();
});

it('is not offered to the police', async () => {
  const { page, close } = await openPage(browser);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto((await run.ready()).police);
  await page.getByTestId('login').waitFor();
  expect(await page.getByTestId('login-directory').count()).toBe(0);
  await close();
});

it('says that the directory is away, lets local users in meanwhile, and works when it is back', async () => {
  const users = new UserStore(run.dataDir, systemClock);
  await users.add({ username: 'olga', role: 'admin', password: new Secret(PASSWORD) });
  const { port } = directory;
  await directory.stop();
  await run.stop();
  run = await start(run.dataDir);
  const { page, close } = await console_();
  await page.getByTestId('login-directory').click();
  await page.getByText('De directory is niet bereikbaar.').waitFor();
  const local = await openPage(browser);
  local.page.setDefaultTimeout(PATIENCE_MS);
  await logIn(local.page, url, { username: 'olga', password: PASSWORD });
  expect(await local.page.getByTestId('user').textContent()).toBe('olga');
  await local.close();
  directory = await DirectoryProcess.launch(port);
  await directory.serve({ people: PEOPLE, gatewayUrls: [url] });
  // The back-off may not be over yet: a person presses again.
  await until(
    'the directory is there',
    async () => {
      if (await page.getByLabel('Who are you').count()) return true;
      await page
        .getByTestId('login-directory')
        .click({ timeout: 2_000 })
        .catch(() => undefined);
      return false;
    },
    PATIENCE_MS,
  );
  await page.getByLabel('Who are you').fill('olga');
  await page.getByRole('button', { name: 'Log in at the directory' }).click();
  expect(await page.getByTestId('user').textContent()).toBe('Olga de Vries');
  await close();
});

it('left the secret of the gateway nowhere: not in the log, the journal, the data directory, the environment', async () => {
  const { process: gateway, dataDir } = run;
  const { pid } = gateway.child;
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dataDir, name))
    .filter((name) => statSync(name).isFile());
  expect(files.some((name) => name.endsWith('sessions.json'))).toBe(true);
  const places = [
    ...files.map((name) => readFileSync(name, 'latin1')),
    readFileSync(`/proc/${pid}/cmdline`, 'latin1'),
    gateway.stderr + gateway.stdout,
  ];
  const forms = [
    CLIENT_SECRET,
    encodeURIComponent(CLIENT_SECRET),
    CLIENT_SECRET.replaceAll(' ', '+'),
  ];
  for (const form of [...forms, Buffer.from(CLIENT_SECRET).toString('base64')]) {
    expect(places.filter((text) => text.includes(form))).toEqual([]);
  }
  expect(gateway.stderr).toContain('a login at the directory came to nothing');
});
