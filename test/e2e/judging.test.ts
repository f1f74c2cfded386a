/** The operator's console of a gateway at work: what is needed to judge an alarm is one click away. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { UserStore } from '../../src/access/users.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { PlanView } from '../../src/server/plan-views.ts';
import type { AlarmView } from '../../src/server/views.ts';
import { AlarmCentre } from '../support/alarm-centre.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import {
  launchBrowser,
  logIn,
  openPage,
  seesLivePictures,
  tileOf,
  type WatchedPage,
} from '../support/browser.ts';
import { plain } from '../support/pictures.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const PASSWORD = 'een lang wachtwoord';
const CAMERAS = { 'shop-1': { on: [] }, 'shop-front': { on: [] } };
const zones = { '1': { name: 'Kassa', cameras: ['shop-1'] } };
const dc09 = { listen: '127.0.0.1:0', accounts: { '1409': { site: 'jeweller', zones } } };

let centre: AlarmCentre;
let operator: ApiCaller;
let browser: Browser;
let watched: WatchedPage;
let plan: string;

beforeAll(async () => {
  [centre, browser] = await Promise.all([
    AlarmCentre.start({ cameras: CAMERAS, alarms: { dc09 } }),
    launchBrowser(),
  ]);
  operator = await centre.run.operator();
  const users = new UserStore(centre.run.dataDir, systemClock);
  await users.add({ username: 'olga', role: 'operator', password: new Secret(PASSWORD) });
  plan = await addPlan();
  watched = await openPage(browser);
});

afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

async function addPlan(): Promise<string> {
  const bytes = await plain('png', { width: 400, height: 300 })([20, 160, 40]);
  const form = new FormData();
  form.set('site', 'jeweller');
  form.set('name', 'Begane grond');
  form.set('file', new Blob([new Uint8Array(bytes)]), 'plan.png');
  const added = await operator.fetch('/v1/plans', { method: 'POST', body: form });
  return ((await added.json()) as PlanView).id;
}

it('an alarm that comes in is one click from its cameras, the file of the site, plans, contacts and instructions', async () => {
  const { page, complaints } = watched;
  await logIn(page, (await centre.run.ready()).centre, { username: 'olga', password: PASSWORD });
  complaints.length = 0;
  const panel = await centre.panel('1409');
  await panel.report({ name: 'hold-up', number: 1 });
  const [{ id }] = (await until('the alarm', async () => {
    const all = await operator.call<AlarmView[]>('GET', '/v1/alarms');
    return all.length > 0 ? all : undefined;
  })) as [AlarmView];

  await page.getByTestId(`alarm-${id}`).click();
  await seesLivePictures(page, 'shop-1');
  // The camera that sees the till, and no other.
  expect(await tileOf(page, 'shop-front').count()).toBe(0);
  const shown = await page.getByTestId('alarm').innerText();
  for (const words of [
    ...['Overvalalarm, zone 1 (Kassa)', 'Juwelier', 'Lijnbaan 1, Rotterdam', 'Winkelchef'],
    ...['+31 10 000 00 00', 'De achterdeur komt uit op de binnenplaats.', 'Begane grond'],
  ]) {
    expect(shown).toContain(words);
  }

  await page.getByTestId(`plan-${plan}`).click();
  const sheet = page.getByTestId('plan-dialog');
  await sheet.locator('image').waitFor();
  const { width } = (await sheet.locator('image').boundingBox()) ?? { width: 0 };
  expect(width).toBeGreaterThan(200);
  await page.getByTestId('plan-done').click();

  await page.getByTestId('alarm-site').click();
  for (const camera of ['shop-1', 'shop-front']) await seesLivePictures(page, camera);
  expect(complaints).toEqual([]);
});
