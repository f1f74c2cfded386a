import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { alarmsOf } from '../../src/server/routes/reports.ts';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser.ts';
import { Harness, OPERATOR } from './harness.ts';

describe('the report of an incident', () => {
  let harness: Harness;
  let browser: Browser;
  let incident: string;
  beforeAll(async () => {
    harness = await new Harness().start();
    browser = await launchBrowser();
    incident = harness.shared();
    // More entries than are read at once.
    for (let number = 1; number <= 450; number += 1) {
      const note = `note ${number} <script>document.title = "moved"</script>`;
      harness.liveview.updateIncident(OPERATOR, incident, { note });
    }
  });
  afterAll(async () => {
    await browser.close();
    await harness.stop();
  });

  const path = (query = '') => `/v1/incidents/${incident}/report${query}`;
  const open = async (query: string): Promise<WatchedPage> => {
    const watched = await openPage(browser);
    const authorization = `Bearer ${harness.token('operator')}`;
    await watched.page.setExtraHTTPHeaders({ authorization });
    await watched.page.goto(harness.url('centre', path(query)));
    return watched;
  };

  it('is Dutch and whole unless asked otherwise', async () => {
    const { page, complaints, close } = await open('');
    expect(await page.title()).toBe(`Verslag van een incident ${incident}`);
    const shown = (await page.textContent('body')) ?? '';
    for (const number of [1, 200, 201, 450]) expect(shown).toContain(`note ${number} <script>`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('is styled, and prints on A4 with its heads on every page', async () => {
    const { page, complaints, close } = await open('?language=en');
    const style = await page.evaluate(
      `getComputedStyle(document.querySelector('table')).borderCollapse`,
    );
    expect(style).toBe('collapse');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const text = pdf.toString('latin1');
    expect(text.slice(0, 5)).toBe('%PDF-');
    expect(text.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(5);
    // 210 × 297 mm in points, to within one.
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text) ?? [];
    expect(Math.abs(Number(width) - 595.3)).toBeLessThan(1);
    expect(Math.abs(Number(height) - 841.9)).toBeLessThan(1);
    expect(complaints).toEqual([]);
    await close();
  });

  it('has a short form for the owner of the site', async () => {
    const { page, close } = await open('?form=short&language=en');
    const shown = (await page.textContent('body')) ?? '';
    expect(shown).toContain('Report for the owner');
    expect(shown).not.toContain('note 1');
    await close();
  });

  it('has the alarms of the incident, those too that ended so long ago that they are forgotten', () => {
    const alarm = harness.liveview.raise(OPERATOR, {
      source: { type: 'operator', id: 'olga' },
      ...{ site: 'jeweller', kind: 'fire', priority: 1, key: 'fire' },
      text: { nl: 'Rook', en: 'Smoke' },
    });
    const opened = harness.liveview.openIncident(OPERATOR, { alarm: alarm.id });
    expect(alarmsOf(harness.liveview, opened)).toEqual([
      expect.objectContaining({ kind: 'fire', source: alarm.source }),
    ]);
    const forgotten = { alarm: () => undefined };
    expect(alarmsOf(forgotten, opened)).toEqual([
      expect.objectContaining({ kind: 'fire', text: alarm.text, source: { type: 'operator' } }),
    ]);
  });

  it('can do nothing but be read', async () => {
    const token = harness.token('auditor');
    const response = await harness.fetch('centre', path(), { token });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe/);
  });

  it('is refused for what does not exist, what is not known, and on the other side', async () => {
    const token = harness.token('operator');
    const status = async (...args: Parameters<Harness['fetch']>) =>
      (await harness.fetch(...args)).status;
    expect(await status('centre', '/v1/incidents/inc_none/report', { token })).toBe(404);
    expect(await status('centre', path('?form=long'), { token })).toBe(400);
    expect(await status('centre', path())).toBe(401);
    const dispatcher = harness.token('dispatcher', 'rotterdam');
    expect(await status('police', path(), { token: dispatcher })).toBe(404);
  });
});
