/** The second factor, from the command that gives it to the login page of a running gateway. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { newTotpSecret } from '../../src/access/second-factor.ts';
import { fromBase32, totpCode, totpStep } from '../../src/access/totp.ts';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { ServeRun } from '../support/serve.ts';

jest.setTimeout(180_000);
/** Chromium without a graphics card on a busy machine. */
const PATIENCE_MS = 90_000;
const PASSWORD = 'een lang wachtwoord';

let run: ServeRun;
let browser: Browser;
let users: UserStore;

beforeAll(async () => {
  browser = await launchBrowser();
  run = await ServeRun.start({
    config: {
      access: { secondFactor: ['supervisor'] },
      cameras: [{ id: 'shop-1', name: 'Winkel', rtsp: { main: 'rtsp://127.0.0.1:9/1' } }],
    },
  });
  users = new UserStore(run.dataDir, systemClock);
  const password = new Secret(PASSWORD);
  await users.add({ username: 'olga', role: 'operator', password });
  await users.add({ username: 'sara', role: 'supervisor', password });
});

afterAll(async () => {
  await browser?.close();
  await run?.stop('SIGKILL');
});

async function loginPage() {
  const { page, complaints, close } = await openPage(browser);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto((await run.ready()).centre);
  const enter = () => page.getByTestId('login').click();
  const says = (text: string) => page.getByTestId('login-problem').getByText(text).waitFor();
  const fillIn = async (username: string) => {
    await page.getByLabel('Gebruikersnaam').fill(username);
    await page.getByLabel('Wachtwoord').fill(PASSWORD);
    await enter();
  };
  return { page, complaints, close, enter, says, fillIn };
}

it('asks for the code after the password, refuses a used one, and takes the next and a recovery code', async () => {
  const secret = newTotpSecret();
  const used = totpCode(fromBase32(secret), totpStep(Date.now()));
  const [recoveryCode = ''] = users.setSecondFactor('olga', secret, used);
  const { page, complaints, close, enter, says, fillIn } = await loginPage();
  await fillIn('olga');
  await says('Vul ook de code in die uw app nu toont.');
  const field = page.getByLabel('Code uit de app, of een herstelcode');
  await field.fill(used);
  await enter();
  await says('Deze code klopt niet, of is al gebruikt.');
  expect(await field.inputValue()).toBe('');
  // One step ahead: what an app whose clock is fast shows, and later than the one that was used.
  await field.fill(totpCode(fromBase32(secret), totpStep(Date.now()) + 1));
  await enter();
  await page.getByTestId('user').waitFor();
  const breaches = complaints.filter((text) => !text.includes('401'));
  expect(breaches).toEqual([]);
  await close();

  const again = await loginPage();
  await again.fillIn('olga');
  await again.says('Vul ook de code in');
  await again.page.getByLabel('Code uit de app, of een herstelcode').fill(recoveryCode);
  await again.enter();
  await again.page.getByTestId('user').waitFor();
  // Logged out by the command line, beside the running gateway: the console goes back to the login.
  users.logOut('olga');
  await again.says('De sessie is beëindigd.');
  await again.close();
});

it('says to whose role needs a second factor that there is none yet', async () => {
  const { says, fillIn, page, close } = await loginPage();
  await fillIn('sara');
  await says('Voor deze rol is een tweede factor nodig.');
  expect(await page.getByLabel('Code uit de app, of een herstelcode').count()).toBe(0);
  await close();
});
