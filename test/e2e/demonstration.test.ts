import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type {
  AlarmView,
  CameraView,
  DemonstrationView,
  IncidentView,
} from '../../src/client/index.ts';
import type { Incident, LiveRequest } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import {
  launchBrowser,
  logIn,
  openPage,
  pixels,
  seesLivePictures,
  tileOf,
} from '../support/browser.ts';
import { DemoRun } from '../support/demo.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

/** What the page asks first, before there is a login. */
const NOT_LOGGED_IN = /401/;

let demo: DemoRun;
let browser: Browser;
let operator: ApiCaller;

beforeAll(async () => {
  [demo, browser] = await Promise.all([DemoRun.start(), launchBrowser()]);
  operator = await demo.logIn('centre', 'centralist');
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it('has a siren, lights and a gate, which the operator has and the control room may ask for', async () => {
  const cameras = await operator.call<CameraView[]>('GET', '/v1/cameras');
  const hangs = cameras.map(({ id, outputs = [] }) => [id, ...outputs.map(({ kind }) => kind)]);
  expect(hangs).toEqual([
    ['shop-1', 'siren', 'light'],
    ['shop-front', 'light'],
    ['square-1', 'light'],
    ['car-park', 'gate', 'light'],
  ]);
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', {
    ...{ type: 'other', site: 'square', summary: '', cameras: ['car-park'] },
  });
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, {
    ...{ cameras: ['car-park'], rights: ['view', 'ptz'] },
  });
  const room = await demo.logIn('police', 'meldkamer');
  const shared = await room.call<IncidentView>('GET', `/v1/incidents/${id}`);
  expect(shared.cameraDetails?.[0]?.outputs).toMatchObject([
    { id: 'gate', name: { nl: 'Slagboom' }, pulseMs: 1_000 },
    { id: 'light' },
  ]);
  const wish = { action: 'relay.set', camera: 'car-park', args: { output: 'gate', on: true } };
  const asked = await room.call<LiveRequest>('POST', '/v1/requests', { incident: id, ...wish });
  expect(asked.state).toBe('pending');
  const done = await operator.call<LiveRequest>('POST', `/v1/requests/${asked.id}/accept`);
  expect(done.state).toBe('done');
  await operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved' });
});

/** In the numbers of `pixels`: where the car of the robbers stands until they drive off. */
const CAR = [10, 11, 12, 13].map((column) => 7 * 16 + column);

it('lets a presenter play a robbery from the first button to the report, with cameras that show it', async () => {
  const { page, complaints, close } = await openPage(browser);
  const police = await openPage(browser);
  await logIn(page, demo.summary.centre, demo.user('centralist'));
  await logIn(police.page, demo.summary.police, demo.user('meldkamer'));
  await page.getByTestId('site-jeweller').click();
  await seesLivePictures(page, 'shop-front');
  const street = await pixels(page, 'shop-front');
  await page.getByTestId('demonstrate-robbery').click();
  const course = page.locator('[data-testid=demonstration] .course');
  await course.getByText('Twee gemaskerde mannen').waitFor();
  await until('the car of the robbers', async () => {
    const now = await pixels(page, 'shop-front');
    return CAR.filter((cell) => isOther(now, street, cell)).length >= 3;
  });
  const open = () => operator.call<AlarmView[]>('GET', '/v1/alarms?state=open');
  const [second, first] = await until(
    'both buttons',
    async () => {
      const [one, other] = await open();
      return one && other ? ([one, other] as const) : undefined;
    },
    60_000,
  );
  for (const alarm of [first, second]) {
    expect(alarm).toMatchObject({
      ...{ kind: 'hold-up', site: 'jeweller', source: { type: 'dc09' } },
      ...{ verification: { status: 'unverified' }, alongside: [expect.any(String)] },
    });
  }
  expect(new Set([first, second].map(({ text }) => text.nl)).size).toBe(2);
  const judged = { status: 'verified', method: 'several-buttons' };
  await operator.call('POST', `/v1/alarms/${first.id}/look`, {});
  await operator.call('POST', `/v1/alarms/${first.id}/verification`, judged);
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', { alarm: first.id });
  const shared = { cameras: ['shop-1', 'shop-front'], rights: ['view'] };
  await operator.call('PUT', `/v1/incidents/${id}/grants/rotterdam`, shared);
  await police.page.getByTestId('view-notice').click();
  await seesLivePictures(police.page, 'shop-1');
  await course.getByText('Het is voorbij').waitFor({ timeout: 120_000 });
  const played = await operator.call<DemonstrationView>('GET', '/v1/demonstration');
  expect(played.running).toMatchObject({ script: 'robbery', failedSeconds: [] });
  await operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved' });
  await tileOf(police.page, 'shop-1').waitFor({ state: 'detached' });
  const report = await operator.fetch(`/v1/incidents/${id}/report?language=en`);
  expect(report.status).toBe(200);
  const told = await report.text();
  for (const words of ['Juwelier Lijnbaan', 'Meldkamer Rotterdam', 'Winkelpui']) {
    expect(told).toContain(words);
  }
  await page.getByTestId('demonstrate-disturbance').waitFor({ timeout: 60_000 });
  for (const heard of [complaints, police.complaints]) {
    expect(heard.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
  }
  await police.close();
  await close();
});

/** Whether a cell of 16 by 9 has another colour, by more than the noise of a picture. */
function isOther(now: readonly number[], before: readonly number[], cell: number): boolean {
  const parts = [0, 1, 2].map((part) => cell * 3 + part);
  return parts.some((part) => Math.abs((now[part] ?? 0) - (before[part] ?? 0)) > 25);
}

it('has the control room ask for images of the square, which the presenter grants', async () => {
  const { page, complaints, close } = await openPage(browser);
  const police = await openPage(browser);
  await logIn(page, demo.summary.centre, demo.user('centralist'));
  await logIn(police.page, demo.summary.police, demo.user('meldkamer'));
  await police.page.getByTestId('nothing-shared').waitFor();
  await page.click('[data-testid=demonstrate-disturbance]');
  const asked = page.getByTestId('pending').filter({ hasText: 'meldt een vechtpartij' });
  await asked.waitFor({ timeout: 60_000 });
  await police.page.getByTestId('asked-images').filter({ hasText: 'wacht' }).waitFor();
  expect(await police.page.getByTestId('nothing-shared').count()).toBe(1);
  await page.locator('[data-testid=accept][aria-disabled=false]').click();
  await page.getByTestId('grant-images-dialog-confirm').click();
  await page.getByTestId('incident').waitFor();
  await police.page.getByTestId('view-notice').click();
  await police.page.locator('[data-testid=tile][data-state=live]').first().waitFor();
  await police.page.getByTestId('asked-images').waitFor({ state: 'detached' });
  await page.click('[data-testid=demonstration-stop]');
  for (const heard of [complaints, police.complaints]) {
    expect(heard.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
  }
  await police.close();
  await close();
});
