import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { consoleBench } from './console-bench.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let page: Page;
consoleBench('centre', (bench) => {
  ({ gateway, url, page } = bench);
  gateway.loggedIn = true;
  gateway.demonstration = true;
});

it('a demonstration that cannot begin or end says why, in the language of the page', async () => {
  const title = { nl: 'Overval', en: 'Robbery' };
  const steps = [{ afterSeconds: 0, text: { nl: 'Een knop', en: 'A button' } }];
  const scripts = [{ id: 'robbery', title, seconds: 60, steps }];
  let running: object | null = null;
  gateway.onCall = (method) => {
    const since = new Date(Date.now() - 5_000).toISOString();
    if (method === 'POST') running = { script: 'robbery', since, failedSeconds: [0] };
    return { scripts, running };
  };
  await page.goto(url);
  const refusal = { code: 'demonstration-running', detail: 'one is being played' };
  gateway.hiccups.set('POST /v1/demonstration', refusal);
  await page.getByTestId('demonstrate-robbery').click();
  const words = 'Er wordt al een demonstratie afgespeeld.';
  await page.getByTestId('demonstration').getByText(words).waitFor();
  await page.getByTestId('demonstrate-robbery').click();
  await page.getByTestId('demonstration').getByText('Dit is niet gebeurd').waitFor();
  const stopping = { code: 'gateway-stopping', detail: 'the gateway is stopping' };
  gateway.hiccups.set('DELETE /v1/demonstration', stopping);
  await page.getByTestId('demonstration-stop').click();
  const alert = page.getByTestId('demonstration').getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).not.toContain('stopping');
});
