import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { OfferHeadline } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let watched: WatchedPage;
let page: Page;
consoleBench('police', (bench) => {
  ({ gateway, url, watched, page } = bench);
  gateway.loggedIn = true;
});

const byId = (id: string) => page.getByTestId(id);
const says = (id: string, words: string) => byId(id).filter({ hasText: words }).first().waitFor();

const OFFER: OfferHeadline = {
  ...{ incident: 'i1', state: 'pending', type: 'robbery', priority: 1, summary: 'twee mannen' },
  site: { id: 'jeweller', name: 'Juwelier Lijnbaan' },
  ...{ alarms: [], rights: ['view'], offeredAt: '2026-01-01T12:00:00Z', offeredBy: 'olga' },
  expiresAt: '2026-01-01T12:05:00Z',
};

async function open(): Promise<void> {
  await page.goto(url);
  await until('the hello', () => gateway.heard('hello').length > 0);
  await byId('nothing-shared').waitFor();
}

describe('what the centre offers', () => {
  it('is a headline without a picture, and comes to the screen when it is accepted', async () => {
    gateway.onCall = () => {
      gateway.incidents = [incident()];
      gateway.broadcast({ type: 'offer', offer: { ...OFFER, state: 'accepted' } });
      return incident();
    };
    await open();
    gateway.broadcast({ type: 'offer', offer: OFFER });
    await says('offer', 'Overval, Juwelier Lijnbaan');
    await says('offer', 'prioriteit 1');
    await says('offer', 'twee mannen');
    expect(gateway.heard('watch')).toEqual([]);
    await byId('offer-accept').click();
    await byId('incident').waitFor();
    await byId('offer').waitFor({ state: 'detached' });
    await until('pictures', () => gateway.heard('watch').length > 0);
    expect(gateway.calls).toEqual(['POST /v1/offers/i1/accept {}']);
    expect(watched.complaints).toEqual([]);
  });

  it('is declined with a reason', async () => {
    gateway.onCall = () => {
      gateway.broadcast({ type: 'offer', offer: { ...OFFER, state: 'declined' } });
      return {};
    };
    await open();
    gateway.broadcast({ type: 'offer', offer: OFFER });
    await byId('offer-decline').click();
    await byId('offer-decline-dialog').getByRole('button', { name: 'Al bij ons bekend' }).click();
    await byId('offer-decline-dialog-confirm').click();
    await byId('offer').waitFor({ state: 'detached' });
    expect(gateway.calls).toEqual(['POST /v1/offers/i1/decline {"reason":"Al bij ons bekend"}']);
  });

  it('goes when it is over, and says so to whoever was too late', async () => {
    await open();
    gateway.broadcast({ type: 'offer', offer: OFFER });
    gateway.hiccups.set('POST /v1/offers/i1/accept', {
      ...{ code: 'not-shared', detail: 'this is not shared with your control room' },
    });
    await byId('offer-accept').click();
    await byId('problem').waitFor();
    gateway.broadcast({ type: 'offer', offer: { ...OFFER, state: 'withdrawn' } });
    await byId('offer').waitFor({ state: 'detached' });
    expect(await byId('nothing-shared').count()).toBe(1);
  });
});

describe('images of a site', () => {
  it('are asked for where the centre lets that be done, and the answer is read', async () => {
    gateway.requestableSites = [{ id: 'square', name: 'Schouwburgplein' }];
    const asked = request({
      ...{ id: 'g7', incident: 'i7', action: 'view', user: 'anna' },
      args: { site: 'square', type: 'disturbance', text: 'vechtpartij' },
    });
    gateway.onCall = () => asked;
    await open();
    await byId('ask-images').click();
    const dialog = byId('ask-images-dialog');
    await dialog.getByLabel('Ordeverstoring').check();
    await dialog.getByLabel('Waarom, en wat wilt u zien?').fill('vechtpartij');
    await byId('ask-images-dialog-confirm').click();
    await says('asked-images', 'Beelden van Schouwburgplein');
    expect(gateway.calls).toEqual([
      `POST /v1/requests ${JSON.stringify({
        ...{ action: 'view', args: { site: 'square', type: 'disturbance', text: 'vechtpartij' } },
      })}`,
    ]);
    gateway.setRequest({ ...asked, state: 'declined', reason: 'geen reden', by: 'olga' });
    await says('asked-images', 'geweigerd: geen reden');
    expect(watched.complaints).toEqual([]);
  });

  it('are not asked for where there is no such site', async () => {
    await open();
    expect(await byId('ask-images').count()).toBe(0);
  });
});

describe('the running log', () => {
  it('is written by the control room, and read', async () => {
    const at = new Date().toISOString();
    const first = { at, by: 'olga', text: 'one knife' };
    gateway.incidents = [incident({ notes: [first] })];
    gateway.onCall = (_, path, { text, upTo }) => {
      const own = { at, by: 'anna', controlRoom: 'rotterdam', text: String(text) };
      const changed = path.endsWith('/notes')
        ? { notes: [first, own] }
        : { reads: [{ user: 'anna', controlRoom: 'rotterdam', upTo: Number(upTo), at }] };
      const now = { ...(gateway.incidents[0] ?? incident()), ...changed };
      gateway.setIncident(now);
      return now;
    };
    await page.goto(url);
    await byId('incident-i1').click();
    await byId('notes').getByLabel('Melding toevoegen').fill('a car is on its way');
    await byId('add-note').click();
    await says('notes', 'a car is on its way');
    await says('unread', '1 nieuwe melding');
    await byId('mark-read').click();
    await says('read-mark', 'gelezen tot hier: anna');
    expect(gateway.calls).toEqual([
      'POST /v1/incidents/i1/notes {"text":"a car is on its way"}',
      'POST /v1/incidents/i1/read {"upTo":2}',
    ]);
    expect(watched.complaints).toEqual([]);
  });

  it('keeps the text of a note that could not be recorded', async () => {
    gateway.incidents = [incident()];
    gateway.onCall = (_, __, { text }) => {
      const own = { at: new Date().toISOString(), by: 'anna', text: String(text) };
      const now = incident({ notes: [own] });
      gateway.setIncident(now);
      return now;
    };
    const full = { code: 'journal-unwritable', detail: 'nothing can be recorded' };
    gateway.hiccups.set('POST /v1/incidents/i1/notes', full);
    await page.goto(url);
    await byId('incident-i1').click();
    const field = byId('notes').getByLabel('Melding toevoegen');
    await field.fill('a car is on its way');
    await byId('add-note').click();
    await byId('problem').waitFor();
    expect(await field.inputValue()).toBe('a car is on its way');
    await byId('add-note').click();
    await says('notes', 'a car is on its way');
    await until('an empty field', async () => (await field.inputValue()) === '');
  });
});
