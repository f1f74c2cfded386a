import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { HolderView } from '../../src/client/index.ts';
import type { ReasonCode } from '../../src/liveview/reasons.ts';
import { nl } from '../../web/shared/texts-nl.ts';
import { tileOf } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const YOU: HolderView = { who: 'you', user: 'anna', role: 'operator' };
const COLLEAGUE: HolderView = { who: 'centre', user: 'bert', role: 'operator' };
const DISPATCHER: HolderView = {
  ...{ who: 'room', user: 'dora', role: 'dispatcher', controlRoom: 'rotterdam' },
};
describe('at the centre', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('centre', (bench) => {
    ({ gateway, url, page } = bench);
  });
  beforeEach(() => {
    gateway.loggedIn = true;
    gateway.incidents = [incident({ screen: { tiles: [{ camera: 'dome' }], focus: null } })];
  });

  async function openCamera(): Promise<void> {
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await page.getByTestId('tile-select').click();
    await page.getByTestId('camera-hold').waitFor();
  }
  const tell = (holder: HolderView | null, why?: ReasonCode) =>
    gateway.setControl({ camera: 'dome', holder, ...(why === undefined ? {} : { why }) });
  const badge = () => tileOf(page, 'dome').getByTestId('holder');
  const shows = (name: string) => badge().getByText(`In handen van ${name}`).waitFor();
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('shows on the tile who has the camera: at first, as it changes, and after a time without connection', async () => {
    gateway.controls = [{ camera: 'dome', holder: DISPATCHER }];
    await openCamera();
    await shows('dora (Meldkamer Rotterdam)');
    await page.getByTestId('hold-state').getByText('dora (Meldkamer Rotterdam)').waitFor();
    tell(COLLEAGUE);
    await shows('bert');
    tell(YOU);
    await shows('u');
    await page.getByTestId('language-en').click();
    await badge().getByText('Held by you').waitFor();
    await page.getByTestId('language-nl').click();
    // Nothing is told of what is free: they let go while there was no connection.
    gateway.controls = [];
    gateway.cutSockets();
    await badge().waitFor({ state: 'detached' });
    await page.getByTestId('hold-state').getByText(nl.hands.nobody).waitFor();
    expect(await page.getByTestId('lost').count()).toBe(0);
    await page.getByTestId('site-jeweller').click();
    tell(DISPATCHER);
    await shows('dora (Meldkamer Rotterdam)');
    await gateway.stop();
    await badge().waitFor({ state: 'detached' });
  });

  it('takes the camera, takes it over from a dispatcher, and lets go, by keys too', async () => {
    await openCamera();
    await button('Bediening nemen').focus();
    await page.keyboard.down('Enter');
    const [taken] = await until('it is asked for', () => some(gateway.heard('request'), 1));
    expect(taken).toMatchObject({ action: 'ptz.take', camera: 'dome', incident: 'i1' });
    tell(YOU);
    await button('Bediening loslaten').waitFor();
    // A key that is still down does not let go again.
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    tell(DISPATCHER);
    await button('Bediening overnemen').click();
    await until('it is asked for again', () => some(gateway.heard('request'), 2));
    expect(gateway.heard('free')).toEqual([]);
    tell(YOU);
    await button('Bediening loslaten').press('Enter');
    await until('it is let go of', () => some(gateway.heard('free'), 1));
    expect(gateway.heard('free')).toEqual([{ type: 'free', camera: 'dome' }]);
    tell(null);
    await button('Bediening nemen').waitFor();
    expect(await button('Bediening nemen').evaluate((it) => it === document.activeElement)).toBe(
      true,
    );
    // They let go by themselves.
    expect(await page.getByTestId('lost').count()).toBe(0);
  });

  it('is refused what a colleague has, with their name, until that changes', async () => {
    gateway.controls = [{ camera: 'dome', holder: COLLEAGUE }];
    gateway.onRequest = ({ id }, socket) =>
      socket.send(JSON.stringify({ type: 'error', code: 'control-taken', message: 'x', ref: id }));
    await openCamera();
    await button('Bediening nemen').click();
    const refusal = page.getByTestId('hold-refusal');
    await refusal.getByText('Dat gaat nu niet: de camera is in handen van bert.').waitFor();
    await page.getByTestId('language-en').click();
    await refusal.getByText('Not possible now: the camera is held by bert.').waitFor();
    tell(null);
    await until('it is of the past', async () => (await refusal.textContent()) === '');
  });

  it('tells who has it where the stick finds it taken', async () => {
    gateway.controls = [{ camera: 'dome', holder: COLLEAGUE }];
    gateway.onRequest = ({ id }, socket) =>
      socket.send(JSON.stringify({ type: 'error', code: 'control-taken', message: 'x', ref: id }));
    await openCamera();
    await page.getByTestId('home').click();
    const problem = page.getByTestId('problem');
    await problem.getByText('Dat gaat nu niet: de camera is in handen van bert.').waitFor();
  });

  it('is not said to move while it is only held', async () => {
    await openCamera();
    gateway.setRequest(request({ action: 'ptz.take', state: 'running', args: {} }));
    await page.getByTestId('request-log').getByText('heeft de bediening').waitFor();
    expect(await page.getByTestId('running-bar').count()).toBe(0);
    gateway.setRequest(request({ id: 'g2', state: 'running' }));
    await page.getByTestId('running-bar').getByText('beweegt').waitFor();
    expect(await page.getByTestId('stop').count()).toBe(1);
  });

  it('is told of a supervisor who took it away, until that was seen', async () => {
    await openCamera();
    await button('Bediening nemen').click();
    const id = await firstAsked(gateway);
    const asked = request({ action: 'ptz.take', args: {}, state: 'running' });
    gateway.setRequest(asked, id);
    tell(YOU);
    const forced = { state: 'failed', reason: 'x', reasonCode: 'control-forced' } as const;
    gateway.setRequest({ ...asked, ...forced }, id);
    tell(null, 'control-forced');
    const lost = page.getByTestId('lost');
    await lost.getByText('U heeft de bediening van Dome straat niet meer.').waitFor();
    await lost.getByText(nl.reasons['control-forced'] ?? '').waitFor();
    await page.getByTestId('lost-seen').press('Enter');
    await lost.waitFor({ state: 'detached' });
  });

  it('has no button to force for an operator', async () => {
    gateway.controls = [{ camera: 'dome', holder: COLLEAGUE }];
    await openCamera();
    await shows('bert');
    expect(await page.getByTestId('hold-force').count()).toBe(0);
  });

  it('lets a supervisor force, once it is confirmed, with a note or without', async () => {
    gateway.role = 'supervisor';
    gateway.controls = [{ camera: 'dome', holder: DISPATCHER }];
    await openCamera();
    await button('Bediening vrijgeven').click();
    const dialog = page.getByRole('dialog', { name: 'Bediening vrijgeven: Dome straat' });
    await dialog.getByText('uit handen van dora (Meldkamer Rotterdam)').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(gateway.calls).toEqual([]);
    await button('Bediening vrijgeven').press('Enter');
    await dialog.getByLabel('Toelichting').fill(' nodig voor de achterdeur ');
    await page.getByTestId('force-dialog-confirm').click();
    await dialog.waitFor({ state: 'detached' });
    tell(COLLEAGUE);
    await shows('bert');
    await button('Bediening vrijgeven').click();
    await page.getByTestId('force-dialog-confirm').click();
    await dialog.waitFor({ state: 'detached' });
    // What was confirmed is of one person: of whoever has it by then it is asked anew.
    await button('Bediening vrijgeven').click();
    await dialog.waitFor();
    tell(DISPATCHER);
    await dialog.waitFor({ state: 'detached' });
    tell(COLLEAGUE);
    await shows('bert');
    expect(await dialog.count()).toBe(0);
    const path = 'POST /v1/cameras/dome/force-release';
    expect(gateway.calls).toEqual([`${path} {"note":"nodig voor de achterdeur"}`, `${path} {}`]);
    // Nothing to force where nobody else has it.
    for (const holder of [null, YOU]) {
      tell(holder);
      await page.getByTestId('hold-force').waitFor({ state: 'detached' });
      tell(COLLEAGUE);
      await page.getByTestId('hold-force').waitFor();
    }
  });
});

describe('in the control room', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('police', (bench) => {
    ({ gateway, url, page } = bench);
  });

  async function watch(rights: readonly ('view' | 'ptz')[]): Promise<void> {
    gateway.loggedIn = true;
    const shared = incident({ screen: { tiles: [{ camera: 'dome' }], focus: null } });
    const grants = shared.grants.map((grant) => ({ ...grant, rights: [...rights] }));
    gateway.incidents = [{ ...shared, grants }];
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await tileOf(page, 'dome').waitFor();
  }
  const tell = (who: HolderView['who'] | null, why?: ReasonCode) =>
    gateway.setControl({
      ...{ camera: 'dome', holder: who && { who } },
      ...(why === undefined ? {} : { why }),
    });
  const badge = () => tileOf(page, 'dome').getByTestId('holder');
  const shows = (name: string) => badge().getByText(`In handen van ${name}`).waitFor();
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('shows on the tile whether it is them, the centre or somebody else, also to who may only watch', async () => {
    gateway.controls = [{ camera: 'dome', holder: { who: 'centre' } }];
    await watch(['view']);
    await shows('de centrale');
    tell('other');
    await shows('iemand anders');
    tell('you');
    await shows('u');
    expect(await page.getByTestId('camera-hold').count()).toBe(0);
    gateway.controls = [];
    gateway.cutSockets();
    await badge().waitFor({ state: 'detached' });
  });

  it('asks for the camera, waits, has it and lets go', async () => {
    await watch(['view', 'ptz']);
    await button('Bediening vragen').press('Enter');
    const id = await firstAsked(gateway);
    const [{ id: _, ...told } = { type: '' }] = gateway.heard('request');
    expect(told).toEqual({
      ...{ type: 'request', incident: 'i1', camera: 'dome', action: 'ptz.take', args: {} },
    });
    const asked = request({ action: 'ptz.take', args: {} });
    gateway.setRequest(asked, id);
    await page.getByTestId('hold-state').getByText('wacht op centralist').waitFor();
    gateway.setRequest({ ...asked, state: 'running' }, id);
    tell('you');
    await page.getByTestId('hold-state').getByText('U heeft de bediening.').waitFor();
    await page.getByTestId('request').getByText('heeft de bediening').waitFor();
    await button('Bediening loslaten').press('Enter');
    await until('it is let go of', () => some(gateway.heard('free'), 1));
    gateway.setRequest({ ...asked, state: 'done', reasonCode: 'released' }, id);
    tell(null);
    await button('Bediening vragen').waitFor();
    expect(await page.getByTestId('lost').count()).toBe(0);
  });

  it('is told in plain words, in both languages, that it was taken over, or that it was idle', async () => {
    await watch(['view', 'ptz']);
    await button('Bediening vragen').click();
    const id = await firstAsked(gateway);
    const asked = request({ action: 'ptz.take', args: {}, state: 'running' });
    gateway.setRequest(asked, id);
    tell('you');
    await shows('u');
    tell('centre');
    const over = { state: 'failed', reason: 'x', reasonCode: 'taken-over' } as const;
    gateway.setRequest({ ...asked, ...over }, id);
    const lost = page.getByTestId('lost');
    await lost.getByText('De bediening van Dome straat is overgenomen door de centrale.').waitFor();
    await page.getByTestId('language-en').click();
    await lost.getByText('Dome straat was taken over by the centre.').waitFor();
    await page.getByTestId('language-nl').click();
    // Who has it again need not be told that they lost it.
    tell('you');
    await lost.waitFor({ state: 'detached' });
    tell(null);
    await button('Bediening vragen').click();
    const [, again] = await until('another', () => some(gateway.heard('request'), 2));
    tell('you');
    await shows('u');
    const idle = { id: 'g2', state: 'done', reason: 'x', reasonCode: 'control-idle' } as const;
    gateway.setRequest({ ...asked, ...idle }, String(again?.['id']));
    tell(null);
    await lost.getByText(nl.reasons['control-idle'] ?? '').waitFor();
    // The centre gave it to another dispatcher.
    tell('you');
    await lost.waitFor({ state: 'detached' });
    tell(null, 'handed-over');
    await lost.getByText(nl.reasons['handed-over'] ?? '').waitFor();
  });

  it('is refused what the centre has, with that', async () => {
    gateway.controls = [{ camera: 'dome', holder: { who: 'centre' } }];
    gateway.onRequest = ({ id }, socket) =>
      socket.send(JSON.stringify({ type: 'error', code: 'control-taken', message: 'x', ref: id }));
    await watch(['view', 'ptz']);
    await button('Bediening vragen').click();
    await page
      .getByTestId('hold-refusal')
      .getByText('Dat gaat nu niet: de camera is in handen van de centrale.')
      .waitFor();
  });
});

/** What the page calls its first request. */
async function firstAsked(gateway: ScriptedGateway): Promise<string> {
  const [asked] = await until('a request', () => some(gateway.heard('request'), 1));
  return String(asked?.['id']);
}

function some<T>(all: T[], count: number): T[] | undefined {
  return all.length >= count ? all : undefined;
}
