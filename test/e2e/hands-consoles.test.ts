/**
 * Who has a camera, in the consoles of a gateway at work: a dispatcher takes it, an operator takes it over and lets
 * go, a colleague is refused, a supervisor forces, and what nobody uses is free again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { tileOf, type WatchedPage } from '../support/browser.ts';
import { OneDome } from '../support/one-dome.ts';

jest.setTimeout(300_000);

const CAMERA = 'shop-1';

let dome: OneDome;
let centre: Page;
let room: Page;

beforeAll(async () => {
  dome = await OneDome.start({
    // Nobody loses the camera by a slow machine.
    config: { policy: { ptz: 'auto', holdSeconds: 3600 } },
    users: { olga: 'operator', otto: 'operator', sara: 'supervisor', dora: 'dispatcher' },
    rights: ['view', 'ptz'],
  });
  const opened = await Promise.all([atCentre('olga'), dome.openIncident('dora')]);
  [centre, room] = [opened[0].page, opened[1].page];
});

afterAll(() => dome?.stop());

/** With the controls of the camera on the page. */
async function atCentre(username: string): Promise<WatchedPage> {
  const watched = await dome.openIncident(username);
  await watched.page.getByTestId('tile-select').click();
  return watched;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const badge = (page: Page) => tileOf(page, CAMERA).getByTestId('holder');
const shows = (page: Page, name: string) =>
  badge(page).getByText(`In handen van ${name}`, { exact: true }).waitFor();

async function isFree(): Promise<void> {
  for (const page of [centre, room]) {
    await badge(page).waitFor({ state: 'detached' });
    await page.getByTestId('hold-state').getByText('Niemand heeft de bediening.').waitFor();
  }
}

/** The same configuration with another time. */
async function reloadWith(holdSeconds: number): Promise<void> {
  const config = JSON.parse(readFileSync(dome.run.configFile, 'utf8'));
  const policy = { ...config.policy, holdSeconds };
  writeFileSync(dome.run.configFile, JSON.stringify({ ...config, policy }));
  dome.run.process.child.kill('SIGHUP');
  await dome.run.process.logged(/configuration read again/);
}

it('shows both consoles that a dispatcher has the camera, the operator by name and room', async () => {
  await isFree();
  await button(room, 'Bediening vragen').click();
  await shows(room, 'u');
  await shows(centre, 'dora (Rotterdam)');
  await room.getByTestId('request').getByText('heeft de bediening').waitFor();
});

it('lets an operator take it over, and tells the dispatcher', async () => {
  await button(centre, 'Bediening overnemen').click();
  await shows(centre, 'u');
  await shows(room, 'de centrale');
  await room
    .getByTestId('lost')
    .getByText('De bediening van Winkel is overgenomen door de centrale.')
    .waitFor();
  await button(room, 'Bediening vragen').click();
  await room
    .getByTestId('hold-refusal')
    .getByText('Dat gaat nu niet: de camera is in handen van de centrale.')
    .waitFor();
});

it('is free when the operator lets go', async () => {
  await button(centre, 'Bediening loslaten').click();
  await isFree();
});

it('refuses a second operator, with the name of who has it, and offers no force', async () => {
  await button(centre, 'Bediening nemen').click();
  await shows(centre, 'u');
  const second = await atCentre('otto');
  // At the first look, before anything changes.
  await shows(second.page, 'olga');
  await button(second.page, 'Bediening nemen').click();
  await second.page
    .getByTestId('hold-refusal')
    .getByText('Dat gaat nu niet: de camera is in handen van olga.')
    .waitFor();
  expect(await second.page.getByTestId('hold-force').count()).toBe(0);
  await shows(centre, 'u');
  await second.close();
});

it('lets a supervisor force it, after a confirmation, and tells who had it', async () => {
  const supervisor = await atCentre('sara');
  await button(supervisor.page, 'Bediening vrijgeven').click();
  const dialog = supervisor.page.getByTestId('force-dialog');
  await dialog.getByText('uit handen van olga').waitFor();
  await dialog.getByLabel('Toelichting').fill('nodig voor de achterdeur');
  await supervisor.page.getByTestId('force-dialog-confirm').click();
  await isFree();
  await badge(supervisor.page).waitFor({ state: 'detached' });
  const lost = centre.getByTestId('lost');
  await lost.getByText('U heeft de bediening van Winkel niet meer.').waitFor();
  await lost.getByText('De centrale heeft de camera vrijgegeven.').waitFor();
  const journal = await dome.run.supervisor();
  const entries = await journal.call<{ kind: string; data: object }[]>('GET', '/v1/journal');
  const released = entries.filter(({ kind }) => kind === 'control.released').at(-1);
  expect(released?.data).toMatchObject({
    ...{ camera: CAMERA, user: 'olga', why: 'control-forced', note: 'nodig voor de achterdeur' },
  });
  await supervisor.close();
});

it('is free after a while without use, and that is told', async () => {
  await reloadWith(2);
  await button(room, 'Bediening vragen').click();
  await room.getByTestId('lost').getByText('De camera werd een tijd niet bediend.').waitFor();
  await isFree();
});
