import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { CameraView, OutputView } from '../../src/client/index.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import {
  deedText,
  leftOutputs,
  outputState,
  progressText,
  refusalText,
  stateText,
  switchingText,
} from '../../web/shared/outputs.ts';
import { en } from '../../web/shared/texts-en.ts';
import { nl } from '../../web/shared/texts-nl.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { CAMERAS, incident, request } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const SIREN: OutputView = { id: 'siren', kind: 'siren', name: { nl: 'Sirene', en: 'Siren' } };
const LIGHT: OutputView = { id: 'light', kind: 'light', name: { nl: 'Licht', en: 'Light' } };
const GATE: OutputView = {
  ...{ id: 'gate', kind: 'gate', name: { nl: 'Poort', en: 'Gate' } },
  pulseMs: 1_000,
};
/** A gate whose contact is held while it is open. */
const BARRIER: OutputView = { id: 'barrier', kind: 'gate', name: GATE.name };
const AT = '2026-01-01T12:00:00Z';

const withOutputs = (outputs: readonly OutputView[]): CameraView[] =>
  CAMERAS.map((camera) => (camera.id === 'shop-1' ? { ...camera, outputs } : camera));

function shared(outputs: readonly OutputView[]) {
  return incident({
    screen: { tiles: [{ camera: 'shop-1' }], focus: null },
    cameraDetails: withOutputs(outputs),
  });
}

const asked = (output: string, on: boolean, more: Partial<LiveRequest> = {}) =>
  request({ action: 'relay.set', camera: 'shop-1', args: { output, on }, ...more });

describe('an output in words', () => {
  it.each([
    [SIREN, true, 'Sirene aan', 'Siren on'],
    [SIREN, false, 'Sirene uit', 'Siren off'],
    [GATE, true, 'Poort bedienen', 'Operate Gate'],
    [BARRIER, true, 'Poort openen', 'Open Gate'],
    [BARRIER, false, 'Poort sluiten', 'Close Gate'],
    [{ ...LIGHT, pulseMs: 500 }, true, 'Licht even aan', 'Light on briefly'],
  ])('$id that is switched (%p) is %s', (output, on, dutch, english) => {
    expect([deedText(output, on, nl), deedText(output, on, en)]).toEqual([dutch, english]);
  });

  it.each([
    [SIREN, 'on', 'aan', 'on'],
    [SIREN, 'off', 'uit', 'off'],
    [BARRIER, 'on', 'open', 'open'],
    [BARRIER, 'off', 'dicht', 'closed'],
    [BARRIER, 'unsure', 'niet bevestigd', 'not confirmed'],
    [GATE, 'unknown', 'onbekend', 'unknown'],
  ] as const)('%j is %s', (output, state, dutch, english) => {
    expect([stateText(output, state, nl), stateText(output, state, en)]).toEqual([dutch, english]);
  });

  it.each([
    [undefined, 'unknown'],
    [{ holder: null }, 'off'],
    [{ holder: null, on: [{ output: 'light', since: AT }] }, 'off'],
    [{ holder: null, on: [{ output: 'siren', since: AT }] }, 'on'],
    [{ holder: null, on: [{ output: 'siren', since: AT, unsure: true as const }] }, 'unsure'],
  ])('is by %j %s', (control, state) => {
    expect(outputState('siren', control)).toBe(state);
  });

  it('is asked for by its name and its camera, and by its identifier when it has no name here', () => {
    const [camera] = withOutputs([SIREN]);
    expect(switchingText(asked('siren', true), camera, nl)).toBe('Sirene aan (Winkel)');
    expect(switchingText(asked('siren', false), camera, en)).toBe('Siren off (Winkel)');
    expect(switchingText(asked('horn', true), camera, en)).toBe('horn on (Winkel)');
    expect(switchingText(asked('horn', true), undefined, nl)).toBe('horn aan');
  });

  it('does not move while its request runs, nor does whoever has it on move the camera', () => {
    expect(progressText(asked('siren', true, { state: 'running' }), nl)).toBe('staat aan');
    expect(progressText(asked('siren', true, { state: 'done' }), nl)).toBe('uitgevoerd');
    expect(progressText(request({ state: 'running' }), en)).toBe('moving');
    const reason = { code: 'control-taken', message: 'x' };
    expect(refusalText(asked('siren', true), reason, nl)).toBe(nl.outputs.taken);
    expect(refusalText(request(), reason, en)).toBe(en.reasons['control-taken']);
  });

  it('is left where it is on and configured no longer', () => {
    const [camera] = withOutputs([SIREN]);
    const on = ['siren', 'horn'].map((output) => ({ output, since: AT }));
    expect(camera && leftOutputs(camera, { holder: null, on })).toEqual(['horn']);
  });
});

describe('at the centre', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('centre', (bench) => {
    ({ gateway, url, page } = bench);
  });
  beforeEach(() => {
    gateway.loggedIn = true;
    gateway.cameras = withOutputs([SIREN, LIGHT, GATE]);
    gateway.incidents = [shared([SIREN, LIGHT, GATE])];
  });

  async function openCamera(): Promise<void> {
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await page.getByTestId('tile-select').click();
    await page.getByTestId('outputs').waitFor();
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const pressed = (name: string) => button(name).getAttribute('aria-pressed');
  const state = (id: string) => page.getByTestId(`output-${id}`).getAttribute('data-state');

  it('is there for each output, pressed as it is: at first, as it changes, and after a time without connection', async () => {
    gateway.controls = [{ camera: 'shop-1', holder: null, on: [{ output: 'light', since: AT }] }];
    await openCamera();
    await until('the light', async () => (await state('light')) === 'on');
    expect([await pressed('Licht aan'), await pressed('Licht uit')]).toEqual(['true', 'false']);
    expect([await pressed('Sirene aan'), await pressed('Sirene uit')]).toEqual(['false', 'true']);
    // A press stays nothing.
    expect(await pressed('Poort bedienen')).toBeNull();
    gateway.setControl({
      ...{ camera: 'shop-1', holder: null },
      on: [{ output: 'siren', since: AT, unsure: true, error: 'no answer' }],
    });
    await until('the siren', async () => (await state('siren')) === 'unsure');
    expect([await pressed('Sirene aan'), await pressed('Sirene uit')]).toEqual(['false', 'false']);
    await page.getByText('(no answer)').waitFor();
    expect(await state('light')).toBe('off');
    // What the gateway tells nothing of any more went off while there was no connection.
    gateway.controls = [];
    gateway.cutSockets();
    await until('silence', async () => (await state('siren')) === 'off');
  });

  it('switches by one click or key, with what is meant on the button, in both languages', async () => {
    await openCamera();
    await button('Sirene aan').click();
    await button('Licht aan').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('language-en').click();
    await button('Operate Gate').click();
    const said = await until('three requests', () => {
      const all = gateway.heard('request');
      return all.length === 3 ? all : undefined;
    });
    expect(
      said.map(({ action, args, camera, incident: of }) => [action, args, camera, of]),
    ).toEqual([
      ['relay.set', { output: 'siren', on: true }, 'shop-1', 'i1'],
      ['relay.set', { output: 'light', on: true }, 'shop-1', 'i1'],
      ['relay.set', { output: 'gate', on: true }, 'shop-1', 'i1'],
    ]);
  });

  it('is pressed once by a key that is held, and not again while the pulse is on', async () => {
    await openCamera();
    await button('Poort bedienen').focus();
    for (let times = 0; times < 3; times += 1) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await button('Licht aan').click();
    await until('the light after the gate', () => gateway.heard('request').length >= 2);
    expect(gateway.heard('request').map(({ args }) => args)).toEqual([
      { output: 'gate', on: true },
      { output: 'light', on: true },
    ]);
    gateway.setControl({
      ...{ camera: 'shop-1', holder: null },
      on: [{ output: 'gate', since: AT }],
    });
    await until('the pulse', async () => (await state('gate')) === 'on');
    expect(await button('Poort bedienen').getAttribute('aria-disabled')).toBe('true');
    await button('Poort bedienen').click({ force: true });
    await button('Licht uit').click();
    await until('the light once more', () => gateway.heard('request').length >= 3);
    expect(gateway.heard('request')[2]?.['args']).toEqual({ output: 'light', on: false });
  });

  it('says which one is asked, and which one is on and can be ended by the centre', async () => {
    await openCamera();
    gateway.setRequest(asked('siren', true));
    await page.getByTestId('pending').getByText('Sirene aan (Winkel)').waitFor();
    expect(await page.getByTestId('pending').textContent()).not.toContain('· Winkel');
    gateway.setRequest(asked('siren', true, { state: 'running' }));
    const running = page.getByTestId('running-bar');
    await running.getByText('Sirene aan (Winkel) — Meldkamer Rotterdam').waitFor();
    await running.getByRole('button', { name: 'Uitschakelen' }).click();
    await until('the end', () => gateway.heard('release').some(({ id }) => id === 'g1'));
    await page.getByTestId('request-log').getByText('staat aan').waitFor();
  });

  it('is unknown while there is no connection, and what is asked then is refused in plain words', async () => {
    gateway.controls = [{ camera: 'shop-1', holder: null, on: [{ output: 'siren', since: AT }] }];
    await openCamera();
    await until('the siren', async () => (await state('siren')) === 'on');
    await gateway.stop();
    await until('nothing is known', async () => (await state('siren')) === 'unknown');
    expect([await pressed('Sirene aan'), await pressed('Sirene uit')]).toEqual(['false', 'false']);
    await button('Sirene uit').click();
    await page
      .getByTestId('problem')
      .getByText(nl.reasons['no-connection'] ?? '')
      .waitFor();
  });

  it('tells in plain words what did not go, and of what is on and configured no longer', async () => {
    gateway.controls = [{ camera: 'shop-1', holder: null, on: [{ output: 'horn', since: AT }] }];
    gateway.onRequest = ({ id }, socket) =>
      socket.send(JSON.stringify({ type: 'error', code: 'unknown-output', message: 'x', ref: id }));
    await openCamera();
    await page.getByTestId('output-left-horn').getByText('‘horn’').waitFor();
    await button('Sirene aan').click();
    await page
      .getByTestId('problem')
      .getByText(nl.reasons['unknown-output'] ?? '')
      .waitFor();
  });
});

describe('in the control room', () => {
  let gateway: ScriptedGateway;
  let url: string;
  let page: Page;
  consoleBench('police', (bench) => {
    ({ gateway, url, page } = bench);
  });

  async function watch(outputs: readonly OutputView[]): Promise<void> {
    gateway.loggedIn = true;
    gateway.incidents = [shared(outputs)];
    await page.goto(url);
    await page.getByTestId('incident-i1').click();
    await page.getByTestId('control-panel').waitFor();
  }
  const buttons = () => page.getByTestId('outputs').getByRole('button').allTextContents();

  it('offers what the gateway says may be asked, and nothing else', async () => {
    await watch([LIGHT, { ...SIREN, only: 'off' }, { ...GATE, only: 'on' }]);
    expect(await buttons()).toEqual(['Licht aan', 'Licht uit', 'Sirene uit', 'Poort bedienen']);
    gateway.setIncident(shared([]));
    await page.getByTestId('outputs').waitFor({ state: 'detached' });
  });

  it('asks, shows that it waits, why it was refused, and what is on', async () => {
    await watch([LIGHT]);
    await page.getByRole('button', { name: 'Licht aan' }).click();
    const { id, ...told } = await until('a request', () => gateway.heard('request')[0]);
    expect(told).toEqual({
      ...{ type: 'request', incident: 'i1', camera: 'shop-1', action: 'relay.set' },
      args: { output: 'light', on: true },
    });
    gateway.setRequest(asked('light', true), String(id));
    const row = page.getByTestId('request');
    await row.getByText('Licht aan (Winkel)').waitFor();
    await row.getByText('wacht op centralist').waitFor();
    const refused = { state: 'failed', reason: 'x', reasonCode: 'control-taken' } as const;
    gateway.setRequest(asked('light', true, refused), String(id));
    await row.getByText(nl.outputs.taken).waitFor();
    gateway.setControl({
      ...{ camera: 'shop-1', holder: null },
      on: [{ output: 'light', since: AT }],
    });
    const state = page.getByTestId('output-light').getByRole('status');
    await until('it is on', async () => (await state.textContent()) === 'Licht: aan');
    gateway.setControl({ camera: 'shop-1', holder: null });
    await until('it is off', async () => (await state.textContent()) === 'Licht: uit');
  });
});
