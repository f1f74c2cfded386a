import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { IncidentView } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { consoleBench } from './console-bench.ts';
import { incident } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let watched: WatchedPage;
let page: Page;
consoleBench('centre', (bench) => {
  ({ gateway, url, watched, page } = bench);
  gateway.loggedIn = true;
});

async function openPageOf(shown: IncidentView): Promise<void> {
  gateway.incidents = [shown];
  await page.goto(url);
  await page.getByTestId('incident-i1').click();
}

it.each(['full', 'short'] as const)('the report, %s, is a link in both languages', async (form) => {
  await openPageOf(incident());
  for (const language of ['nl', 'en']) {
    const link = page.getByTestId(`report-${form}-${language}`);
    const href = await link.getAttribute('href');
    expect(href).toBe(`/v1/incidents/i1/report?form=${form}&language=${language}`);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await opened.waitForURL(new URL(href ?? '', url).href);
    await opened.close();
  }
  expect(watched.complaints).toEqual([]);
});

it('is there for an incident that is closed while it is on the page', async () => {
  await openPageOf(incident());
  await page.getByTestId('incident').waitFor();
  gateway.setIncident(incident({ state: 'closed', grants: [], outcome: 'resolved' }));
  await page.getByTestId('incident-closed').getByTestId('report-full-nl').waitFor();
  expect(watched.complaints).toEqual([]);
});

it.each(['auditor', 'admin'] as const)('is there for an %s too', async (role) => {
  gateway.role = role;
  await openPageOf(incident());
  await page.getByTestId('report-short-nl').waitFor();
  expect(watched.complaints).toEqual([]);
});
