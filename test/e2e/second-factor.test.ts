/** The second factor and the login page in both languages, from the command that gives it to a running gateway. */
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
  await users.add({ username: 'emma', role: 'operator', password });
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

it('speaks English to whoever chooses that, from the password to the code, and remembers it', async () => {
  const secret = newTotpSecret();
  const used = totpCode(fromBase32(secret), totpStep(Date.now()));
  const [recoveryCode = ''] = users.setSecondFactor('emma', secret, used);
  const { page, complaints, close, enter, says } = await loginPage();
  const language = () => page.locator('html').getAttribute('lang');
  await page.getByLabel('Gebruikersnaam').fill('emma');
  expect(await language()).toBe('nl');
  await page.getByTestId('language-en').click();
  // What was typed stays.
  expect(await page.getByLabel('User name').inputValue()).toBe('emma');
  expect(await language()).toBe('en');
  expect(await page.getByTestId('language-en').getAttribute('aria-pressed')).toBe('true');
  await page.getByLabel('Password').fill('not the password');
  await enter();
  await says('User name or password is not right.');
  await page.getByTestId('language-nl').click();
  await says('Gebruikersnaam of wachtwoord klopt niet.');
  await page.getByTestId('language-en').click();
  await page.getByLabel('Password').fill(PASSWORD);
  await enter();
  await says('Enter the code that your app shows now, too.');
  const field = page.getByLabel('Code of the app, or a recovery code');
  await field.fill(used);
  await enter();
  await says('This code is wrong or was used already.');
  await page.reload();
  expect(await page.getByLabel('User name').inputValue()).toBe('');
  expect(await language()).toBe('en');
  await page.getByLabel('User name').fill('emma');
  await page.getByLabel('Password').fill(PASSWORD);
  await enter();
  await field.fill(recoveryCode);
  await enter();
  await page.getByTestId('user').waitFor();
  users.logOut('emma');
  await says('The session has ended.');
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  await close();
});
