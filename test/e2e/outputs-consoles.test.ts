/**
 * A light, a siren and a gate on a virtual camera, from the button in the control room's console to the
 * contact, and back to what both consoles show.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { ConfigInput } from '../../src/config/schema.ts';
import { OneDome, PATIENCE_MS } from '../support/one-dome.ts';
import { until } from '../support/until.ts';

jest.setTimeout(240_000);

/** The siren is never asked for, and the light is never asked to go off. */
const OUTPUTS: ConfigInput['cameras'][number]['outputs'] = [
  { id: 'siren', name: { nl: 'Sirene', en: 'Siren' }, kind: 'siren', token: 'siren' },
  {
    ...{ id: 'light', name: { nl: 'Licht', en: 'Light' }, kind: 'light', token: 'light' },
    requests: { on: 'confirm' },
  },
];

let dome: OneDome;
let centre: Page;
let room: Page;

beforeAll(async () => {
  dome = await OneDome.start({
    ...{ outputs: OUTPUTS, rights: ['view', 'ptz'] },
    users: { olga: 'operator', dora: 'dispatcher' },
  });
  const opened = await Promise.all([dome.openIncident('olga'), dome.openIncident('dora')]);
  [centre, room] = [opened[0].page, opened[1].page];
});

afterAll(() => dome?.stop());

const isOn = (token: string) => dome.camera.relays.isOn(token);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function shows(page: Page, output: string, state: string): Promise<void> {
  const row = page.getByTestId(`output-${output}`);
  await row.waitFor();
  const shown = async () => (await row.getAttribute('data-state')) === state;
  await until(`${output} is ${state}`, shown, PATIENCE_MS);
}

it('offers each side what it may do: the operator all of it, the control room what it may ask', async () => {
  const labels = (page: Page) => page.getByTestId('outputs').getByRole('button').allTextContents();
  await room.getByTestId('outputs').waitFor();
  expect(await labels(room)).toEqual(['Licht aan']);
  await centre.getByTestId('tile-select').click();
  await centre.getByTestId('outputs').waitFor();
  expect(await labels(centre)).toEqual(['Sirene aan', 'Sirene uit', 'Licht aan', 'Licht uit']);
  for (const page of [centre, room]) await shows(page, 'light', 'off');
});

it('asks for the light, tells the operator which, and shows both that it is on', async () => {
  await button(room, 'Licht aan').click();
  await room.getByTestId('request').getByText('Licht aan (Winkel)').waitFor();
  const pending = centre.getByTestId('pending');
  await pending.getByText('Licht aan (Winkel)').waitFor();
  expect(isOn('light')).toBe(false);
  await pending.locator('[data-testid=accept][aria-disabled=false]').click();
  await until('light', () => isOn('light'));
  for (const page of [centre, room]) await shows(page, 'light', 'on');
  await centre.getByTestId('running-bar').getByText('Licht aan (Winkel) — Rotterdam').waitFor();
  await room.getByTestId('request').getByText('staat aan').waitFor();
});

it('shows it to whoever comes later, and to the control room not what it may not ask for', async () => {
  await button(centre, 'Sirene aan').click();
  await until('the siren', () => isOn('siren'));
  await shows(centre, 'siren', 'on');
  // A light stays on when the connection of whoever asked goes.
  await room.reload();
  await room.getByTestId(`incident-${dome.incident}`).click();
  await shows(room, 'light', 'on');
  expect(await room.getByTestId('outputs').textContent()).not.toContain('Sirene');
  expect(isOn('light')).toBe(true);
  await button(centre, 'Sirene uit').click();
  await until('silence', () => !isOn('siren'));
  await shows(centre, 'siren', 'off');
});

it('is off when the incident closes, and that shows', async () => {
  await dome.operator.call('POST', `/v1/incidents/${dome.incident}/close`, { outcome: 'resolved' });
  await until('dark', () => !isOn('light'));
  await room.getByTestId('over').waitFor();
  await centre.getByTestId('incident-closed').waitFor();
  await centre.getByTestId('running-bar').waitFor({ state: 'detached' });
  await centre.getByTestId('site-site').click();
  await centre.getByTestId('tile-select').click();
  await shows(centre, 'light', 'off');
});
