import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { CameraView, IncidentView } from '../../src/client/index.ts';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import type { Incident, LiveRequest } from '../../src/liveview/model.ts';
import type { ApiCaller } from '../support/api-caller.ts';
import { launchBrowser, logIn, openPage } from '../support/browser.ts';
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

it('lets a presenter start a robbery in the console: the panel reports what the cameras show', async () => {
  const { page, complaints, close } = await openPage(browser);
  await logIn(page, demo.summary.centre, demo.user('centralist'));
  await page.click('[data-testid=demonstrate-robbery]');
  const course = page.locator('[data-testid=demonstration] .course');
  await course.getByText('Twee gemaskerde mannen').waitFor();
  const alarm = await until(
    'an alarm',
    async () => (await operator.call<Alarm[]>('GET', '/v1/alarms'))[0],
    60_000,
  );
  expect(alarm).toMatchObject({
    ...{ kind: 'hold-up', site: 'jeweller', state: 'open' },
    source: { type: 'dc09' },
    verification: { status: 'unverified' },
  });
  await course.getByText('drukt op de overvalknop').waitFor();
  await page.click('[data-testid=demonstration-stop]');
  await page.locator('[data-testid=demonstrate-disturbance]').waitFor();
  expect(complaints.filter((text) => !NOT_LOGGED_IN.test(text))).toEqual([]);
  await close();
});

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
