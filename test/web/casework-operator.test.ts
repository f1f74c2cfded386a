import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { IncidentView } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let watched: WatchedPage;
let page: Page;
consoleBench('centre', (bench) => {
  ({ gateway, url, watched, page } = bench);
  gateway.loggedIn = true;
});

const byId = (id: string) => page.getByTestId(id);
/** As it is in a browser that is slow: waited for. */
const says = (id: string, words: string) => byId(id).filter({ hasText: words }).first().waitFor();

/** The incident as it becomes with each call that changes it. */
function answer(change: (path: string, body: Record<string, unknown>) => Partial<IncidentView>) {
  gateway.onCall = (method, path, body) => {
    const changed = {
      ...(gateway.incidents[0] ?? incident()),
      ...change(`${method} ${path}`, body),
    };
    gateway.setIncident(changed);
    return changed;
  };
}

async function openPageOf(shown: IncidentView): Promise<void> {
  gateway.incidents = [shown];
  await page.goto(url);
  await byId('incident-i1').click();
  await byId('incident').waitFor();
  await until('the hello', () => gateway.heard('hello').length > 0);
}

const offer = (change: object = {}) => ({
  ...{ controlRoom: 'rotterdam', cameras: ['dome'], rights: ['view'] as const, minutes: 60 },
  ...{ offeredAt: new Date().toISOString(), offeredBy: 'anna', state: 'pending' as const },
  expiresAt: new Date(Date.now() + 5 * 60_000).toISOString(),
  ...change,
});

describe('an offer', () => {
  it('is made with the terms of a share, waits in sight, and is taken back', async () => {
    answer((call) =>
      call.startsWith('PUT') ? { offers: [offer()] } : { offers: [offer({ state: 'withdrawn' })] },
    );
    await openPageOf(incident({ grants: [] }));
    await byId('offer-rotterdam').click();
    await byId('offer-dialog').getByLabel('Kassa').uncheck();
    await byId('offer-dialog').getByLabel('Minuten').fill('20');
    await byId('offer-dialog-confirm').click();
    await says('offer-state', 'aangeboden, wacht nog');
    expect(await byId('offer-rotterdam').count()).toBe(0);
    await byId('withdraw-offer-rotterdam').click();
    await byId('offer-rotterdam').waitFor();
    expect(gateway.calls).toEqual([
      `PUT /v1/incidents/i1/offers/rotterdam ${JSON.stringify({
        ...{ cameras: ['shop-1', 'front', 'dome'], rights: ['view', 'ptz', 'switch', 'plan'] },
        expiresInMinutes: 20,
      })}`,
      'DELETE /v1/incidents/i1/offers/rotterdam',
    ]);
    expect(watched.complaints).toEqual([]);
  });

  it('that is declined says why, in English too', async () => {
    const declined = offer({ state: 'declined', reason: 'no unit near' });
    await openPageOf(incident({ grants: [], offers: [declined] }));
    await says('offer-state', 'afgewezen: no unit near');
    await byId('language-en').click();
    await says('offer-state', 'declined: no unit near');
  });
});

describe('a share', () => {
  it('is extended, and everything is withdrawn in one act', async () => {
    answer((call) => (call.startsWith('DELETE') ? { grants: [], offers: [] } : {}));
    await openPageOf(incident({ offers: [offer({ controlRoom: 'haaglanden' })] }));
    await byId('extend-rotterdam').click();
    await until('the first call', () => gateway.calls.length === 1);
    await byId('withdraw-all').click();
    await byId('withdraw-all').waitFor({ state: 'detached' });
    expect(gateway.calls).toEqual([
      'POST /v1/incidents/i1/grants/rotterdam/extend {}',
      'DELETE /v1/incidents/i1/grants',
    ]);
  });
});

describe('a request for images', () => {
  const asked = () =>
    request({
      ...{ id: 'g7', incident: 'i7', action: 'view' },
      args: { site: 'square', text: 'vechtpartij bij de fontein', type: 'disturbance' },
    });

  it('is granted with a share, and its incident shown', async () => {
    gateway.requests = [asked()];
    gateway.onCall = () => {
      gateway.setIncident(incident({ id: 'i7', site: 'square', type: 'violence' }));
      return { ...asked(), state: 'done' };
    };
    await page.goto(url);
    await says('pending', 'Beelden van Schouwburgplein: vechtpartij bij de fontein');
    await page.locator('[data-testid=accept][aria-disabled=false]').click();
    const dialog = byId('grant-images-dialog');
    expect(await dialog.getByLabel('Ordeverstoring').isChecked()).toBe(true);
    await dialog.getByLabel('Geweld').check();
    await dialog.getByLabel('bewegen vragen').uncheck();
    await byId('grant-images-dialog-confirm').click();
    await page.locator('[data-testid=incident][data-incident=i7]').waitFor();
    expect(gateway.calls).toContain(
      `POST /v1/requests/g7/accept ${JSON.stringify({
        ...{ cameras: ['square-1'], rights: ['view', 'switch', 'plan'], expiresInMinutes: 60 },
        type: 'violence',
      })}`,
    );
    await byId('pending').waitFor({ state: 'detached' });
    expect(watched.complaints).toEqual([]);
  });

  it('is declined with a reason', async () => {
    gateway.requests = [asked()];
    gateway.onCall = () => ({ ...asked(), state: 'declined', reason: 'Privacy' });
    await page.goto(url);
    await page.locator('[data-testid=decline][aria-disabled=false]').click();
    await byId('decline-dialog').getByRole('button', { name: 'Privacy' }).click();
    await byId('decline-dialog-confirm').click();
    await byId('pending').waitFor({ state: 'detached' });
    expect(gateway.calls).toContain('POST /v1/requests/g7/decline {"reason":"Privacy"}');
  });
});

describe('the running log', () => {
  it('says what is new, and who has read it, once a person says so', async () => {
    const at = new Date().toISOString();
    answer((_, { upTo }) => ({ reads: [{ user: 'anna', upTo: Number(upTo), at }] }));
    const notes = [
      { at, by: 'anna', text: 'one knife' },
      { at, by: 'daan', controlRoom: 'rotterdam', text: 'a car is on its way' },
    ];
    const reads = [{ user: 'daan', controlRoom: 'rotterdam', upTo: 1, at }];
    await openPageOf(incident({ notes, reads }));
    await says('read-mark', 'gelezen tot hier: Meldkamer Rotterdam (daan)');
    await says('unread', '1 nieuwe melding');
    await byId('mark-read').click();
    await byId('unread').waitFor({ state: 'detached' });
    await says('read-mark', 'gelezen tot hier: anna');
    expect(gateway.calls).toEqual(['POST /v1/incidents/i1/read {"upTo":2}']);
  });
});

describe('a hand-over', () => {
  it('is offered to a colleague, and taken back', async () => {
    const to = { from: 'anna', to: 'otto', at: new Date().toISOString() };
    gateway.onCall = (method, path) => {
      if (path === '/v1/colleagues') return [{ user: 'anna' }, { user: 'otto', role: 'operator' }];
      const state = method === 'PUT' ? 'offered' : 'withdrawn';
      const changed = incident({ responsible: 'anna', handover: { ...to, state } });
      gateway.setIncident(changed);
      return changed;
    };
    await openPageOf(incident({ responsible: 'anna' }));
    await says('responsible', 'anna (u)');
    expect(await byId('take-over').count()).toBe(0);
    await byId('hand-over').click();
    const dialog = byId('handover-dialog');
    await dialog.getByLabel('otto').check();
    expect(await dialog.getByLabel('anna').count()).toBe(0);
    await dialog.getByLabel('Wat moet de collega weten?').fill('einde dienst');
    await byId('handover-dialog-confirm').click();
    await says('handover-state', 'Aangeboden aan otto');
    await byId('handover-withdraw').click();
    await byId('handover-state').waitFor({ state: 'detached' });
    expect(gateway.calls).toEqual([
      'PUT /v1/incidents/i1/handover {"to":"otto","note":"einde dienst"}',
      'DELETE /v1/incidents/i1/handover',
    ]);
    expect(watched.complaints).toEqual([]);
  });

  it.each([
    ['accept', { responsible: 'anna' }, 'POST /v1/incidents/i1/handover/accept {}'],
    ['decline', {}, 'POST /v1/incidents/i1/handover/decline {"reason":"ik heb er al twee"}'],
  ] as const)('to this person stands over every page, and they %s it', async (act, to, call) => {
    const handover = { from: 'otto', to: 'anna', at: new Date().toISOString() };
    answer(() => ({ ...to, handover: { ...handover, state: 'withdrawn' } }));
    const offered = { ...handover, note: 'rechts is de uitgang', state: 'offered' as const };
    gateway.incidents = [incident({ responsible: 'otto', handover: offered })];
    await page.goto(url);
    await says('handover-offer', 'otto wil u overdragen: Overval, Juwelier Lijnbaan');
    await says('handover-offer', 'rechts is de uitgang');
    await byId(`handover-${act}`).click();
    if (act === 'decline') {
      await byId('handover-decline-dialog').getByLabel('Waarom niet?').fill('ik heb er al twee');
      await byId('handover-decline-dialog-confirm').click();
    }
    await byId('handover-offer').waitFor({ state: 'detached' });
    expect(gateway.calls).toEqual([call]);
  });

  it('is not needed by a supervisor, who takes the incident', async () => {
    gateway.role = 'supervisor';
    answer(() => ({ responsible: 'anna' }));
    await openPageOf(incident({ responsible: 'otto' }));
    await byId('take-over').click();
    await says('responsible', 'anna (u)');
    expect(gateway.calls).toEqual(['POST /v1/incidents/i1/handover/take {}']);
  });
});

describe('steps before closing', () => {
  it('keep the incident open until each that is required is done or explained', async () => {
    const step = (id: string, nl: string, required: boolean) => ({
      ...{ id, text: { nl, en: id }, required, state: 'open' as const },
    });
    const steps = [step('owner', 'Eigenaar gebeld', true), step('light', 'Licht uit', false)];
    answer((call, { state, note }) => {
      if (!call.includes('/steps/')) return { state: 'closed' };
      const told = { by: 'anna', ...(note === undefined ? {} : { note: String(note) }) };
      return {
        closingSteps: steps.map((each) =>
          call.endsWith(each.id) ? { ...each, state: state as 'explained', ...told } : each,
        ),
      };
    });
    await openPageOf(incident({ closingSteps: steps }));
    await byId('close-incident').click();
    expect(await byId('close-dialog-confirm').isDisabled()).toBe(true);
    await says('step-owner', 'Eigenaar gebeld · verplicht');
    const explain = byId('step-owner').getByLabel('Niet gedaan, want');
    await explain.fill('neemt niet op');
    await explain.press('Enter');
    await says('step-owner', 'niet gedaan, toegelicht · anna: neemt niet op');
    expect(gateway.calls).toEqual([
      'PUT /v1/incidents/i1/steps/owner {"state":"explained","note":"neemt niet op"}',
    ]);
    await byId('close-dialog-confirm').click();
    await byId('incident-closed').waitFor();
    expect(watched.complaints).toEqual([]);
  });
});
