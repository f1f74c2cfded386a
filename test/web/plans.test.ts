import { describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { Placement, PlanView } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { plain } from '../support/pictures.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { incident } from './scenery.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

let gateway: ScriptedGateway;
let url: string;
let watched: WatchedPage;
let page: Page;
consoleBench('centre', (bench) => {
  ({ gateway, url, watched, page } = bench);
});

const byId = (id: string) => page.getByTestId(id);
const PLAN = { id: 'p1', site: 'jeweller', name: 'Begane grond', origin: 'uploaded' as const };
const SIZE = { width: 400, height: 300 };

function plan(cameras: PlanView['cameras'] = []): PlanView {
  const at = new Date().toISOString();
  return {
    ...PLAN,
    ...SIZE,
    type: 'png',
    bytes: 99,
    addedAt: at,
    addedBy: 'anna',
    cameras,
  } as PlanView;
}

async function openSite(...plans: PlanView[]): Promise<void> {
  gateway.loggedIn = true;
  gateway.plans = plans;
  gateway.pictures.set('/v1/plans/p1/content', await plain('png', SIZE)([250, 250, 250]));
  await page.goto(url);
  await byId('site-jeweller').click();
}

const file = (name: string, mimeType: string) => ({ name, mimeType, buffer: Buffer.from('x') });
const PNG = file('Begane grond.png', 'image/png');

describe('a plan that is uploaded', () => {
  it('is sent with the name of its file, and is then in the list', async () => {
    await openSite();
    await byId('plans-panel').getByText('Geen plattegronden').waitFor();
    await byId('add-plan').click();
    const confirm = byId('plan-upload-confirm');
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByLabel('Bestand').setInputFiles(PNG);
    expect(await page.getByLabel('Naam').inputValue()).toBe('Begane grond');
    gateway.onCall = () => {
      gateway.plans = [plan()];
      return gateway.plans[0];
    };
    await confirm.click();
    await byId('plan-p1').waitFor();
    expect(await byId('plan-upload').count()).toBe(0);
    const [call = ''] = gateway.calls;
    expect(call).toMatch(/^POST \/v1\/plans -/);
    expect(call).toMatch(/name="site"\s+jeweller/);
    expect(call).toMatch(/name="name"\s+Begane grond/);
    expect(call).toMatch(/name="file"; filename="Begane grond.png"/);
    expect(watched.complaints).toEqual([]);
  });

  it('may be of four kinds', async () => {
    await openSite();
    await byId('add-plan').click();
    expect(await page.getByLabel('Bestand').getAttribute('accept')).toBe(
      'image/png,image/jpeg,image/webp,application/pdf',
    );
  });

  it.each([
    ['unsupported-image', 'Dit is geen PNG, JPEG, WebP of PDF.'],
    ['image-damaged', 'Dit bestand is niet helemaal leesbaar.'],
    ['image-too-large', 'Dit bestand is te groot.'],
    ['image-too-complex', 'Dit bestand is te ingewikkeld.'],
    ['pdf-password', 'Deze PDF heeft een wachtwoord.'],
    ['too-many-pages', 'Deze PDF heeft te veel bladzijden.'],
    ['too-many-plans', 'Dit object heeft al zoveel plattegronden'],
    ['too-many-uploads', 'Er worden al bestanden verwerkt.'],
  ])('and refused with %s says so in words, and can be tried again', async (code, words) => {
    await openSite();
    await byId('add-plan').click();
    await page.getByLabel('Bestand').setInputFiles(PNG);
    gateway.hiccups.set('POST /v1/plans', { code, detail: 'in English, for programs' });
    await byId('plan-upload-confirm').click();
    const alert = byId('plan-upload').getByRole('alert');
    await alert.getByText(words, { exact: false }).waitFor();
    expect(await alert.textContent()).not.toContain('in English');
    gateway.onCall = () => plan();
    await byId('plan-upload-confirm').click();
    await until('it is closed', async () => (await byId('plan-upload').count()) === 0);
  });

  it('as a PDF of several pages is asked which', async () => {
    await openSite();
    await byId('add-plan').click();
    await page.getByLabel('Bestand').setInputFiles(file('plan.pdf', 'application/pdf'));
    expect(await page.getByLabel('Bladzijde').count()).toBe(0);
    gateway.hiccups.set('POST /v1/plans', { code: 'choose-page', detail: '3 pages' });
    await byId('plan-upload-confirm').click();
    await page.getByLabel('Bladzijde').fill('2');
    gateway.onCall = () => plan();
    await byId('plan-upload-confirm').click();
    await until('it is closed', async () => (await byId('plan-upload').count()) === 0);
    expect(gateway.calls.at(-1)).toMatch(/name="page"\s+2\s/);
  });

  it('is removed after a question', async () => {
    await openSite(plan());
    await byId('remove-plan-p1').click();
    await byId('plan-remove')
      .getByText('Begane grond verdwijnt ook van elk beeldscherm.')
      .waitFor();
    expect(gateway.calls).toEqual([]);
    gateway.plans = [];
    await byId('plan-remove-confirm').click();
    await until('it is gone', async () => (await byId('plan-p1').count()) === 0);
    expect(gateway.calls).toEqual(['DELETE /v1/plans/p1']);
  });
});

describe('a camera is placed on a plan', () => {
  const PLACED = { camera: 'front', x: 0.25, y: 0.5, heading: 0, fieldOfView: 60, range: 0.2 };
  /** What was asked of the camera's placement, the newest last. */
  const puts = () =>
    gateway.calls.flatMap((call) => {
      const [, camera, body = ''] = /^PUT \/v1\/plans\/p1\/cameras\/(\S+) (.*)$/.exec(call) ?? [];
      return camera ? [{ camera, ...(JSON.parse(body) as Placement) }] : [];
    });

  /** Opens the plan; the gateway keeps what it is told. */
  async function openPlan(...cameras: PlanView['cameras']): Promise<void> {
    await openSite(plan(cameras));
    gateway.onCall = (method, path, body) => {
      const camera = path.split('/').at(-1) ?? '';
      const [before = plan()] = gateway.plans;
      const others = before.cameras.filter((each) => each.camera !== camera);
      const placed = { camera, ...body } as PlanView['cameras'][number];
      gateway.plans = [plan(method === 'PUT' ? [...others, placed] : others)];
      return gateway.plans[0];
    };
    await byId('plan-p1').click();
    await byId('plan-dialog').locator('.plan-sheet').waitFor();
  }

  async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
    const box = await locator.boundingBox();
    if (!box) throw new Error('it is not to be seen');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  async function dragBy(handle: Locator, dx: number, dy: number): Promise<void> {
    const { x, y } = await middleOf(handle);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2);
    await page.mouse.move(x + dx, y + dy);
    await page.mouse.up();
  }

  it('from the list, with the keyboard alone, and is moved and aimed with the arrows', async () => {
    await openPlan();
    await byId('place-camera').focus();
    await byId('place-camera').selectOption('front');
    await byId('move-front').waitFor();
    await byId('move-front').focus();
    await page.keyboard.press('ArrowRight');
    await until('moved', () => puts().length === 2);
    await page.keyboard.press('Shift+ArrowUp');
    await until('moved again', () => puts().length === 3);
    expect(puts().map(({ camera, x, y }) => [camera, x, y])).toEqual([
      ['front', 0.5, 0.5],
      ['front', 0.505, 0.5],
      // Steps are parts of the width: the plan is 4 : 3.
      ['front', 0.505, 0.4333],
    ]);
    await byId('aim-front').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await until('aimed', () => puts().length === 4);
    expect(puts()[3]).toMatchObject({ heading: 14, range: 0.2062 });
    await until(
      'drawn so',
      async () =>
        (await byId('plan-dialog').getByTestId('plan-camera').getAttribute('data-heading')) ===
        '14',
    );
    expect(watched.complaints).toEqual([]);
  });

  it('as one act for a key that is held', async () => {
    await openPlan(PLACED);
    await byId('move-front').focus();
    for (let press = 0; press < 5; press += 1) await page.keyboard.down('ArrowRight');
    await page.keyboard.up('ArrowRight');
    await until('moved', () => puts().length > 0);
    expect(puts()).toMatchObject([{ x: 0.275, y: 0.5 }]);
  });

  it('by dragging it, and the point to where it looks', async () => {
    await openPlan(PLACED);
    const sheet = await byId('plan-dialog').locator('.plan-sheet image').boundingBox();
    const width = sheet?.width ?? 0;
    await dragBy(byId('move-front'), width / 4, 0);
    await until('moved', () => puts().length === 1);
    expect(puts()[0]?.x).toBeCloseTo(0.5, 2);
    expect(puts()[0]?.y).toBeCloseTo(0.5, 2);
    await dragBy(byId('aim-front'), width / 5, width / 5);
    await until('aimed', () => puts().length === 2);
    expect(puts()[1]?.heading).toBeCloseTo(90, -0.5);
    expect(puts()[1]?.range).toBeCloseTo(0.2, 2);
  });

  it('in figures, for exactness and for one that turns', async () => {
    await openPlan(PLACED);
    await byId('move-front').focus();
    const form = byId('placement');
    await form.getByLabel('Beeldhoek, graden').fill('90');
    await form.getByLabel('Draaiing volgen').fill('180');
    await form.getByLabel('Draaiing volgen').blur();
    await until('kept', () => puts().length === 2);
    expect(puts()[1]).toEqual({ ...PLACED, fieldOfView: 90, degreesPerPan: 180 });
    await form.getByLabel('Beeldhoek, graden').fill('700');
    await form.getByLabel('Beeldhoek, graden').blur();
    await byId('unplace').click();
    await until('taken away', () => gateway.calls.at(-1)?.startsWith('DELETE') === true);
    expect(puts()).toHaveLength(2);
    await until('not drawn', async () => (await byId('move-front').count()) === 0);
  });

  it('and goes back to where it was when the gateway refuses, with the reason', async () => {
    await openPlan(PLACED);
    const detail = 'the journal cannot be written';
    gateway.hiccups.set('PUT /v1/plans/p1/cameras/front', { code: 'journal-unwritable', detail });
    const place = () => byId('move-front').getAttribute('cx');
    const before = await place();
    await byId('move-front').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await byId('plan-dialog')
      .getByRole('alert')
      .getByText('Niet gelukt: Het logboek', { exact: false })
      .waitFor();
    await until('back', async () => (await place()) === before);
    expect(gateway.plans[0]?.cameras).toEqual([PLACED]);
  });

  it('only by whoever may; the others look', async () => {
    gateway.role = 'auditor';
    await openSite(plan([PLACED]));
    expect(await byId('add-plan').count()).toBe(0);
  });

  it('and the focus is where it was when the plan is left', async () => {
    await openPlan(PLACED);
    await byId('plan-done').click();
    await until('closed', async () => (await byId('plan-dialog').count()) === 0);
    expect(await page.evaluate('document.activeElement.dataset.testid')).toBe('plan-p1');
  });
});

describe('a still', () => {
  const still = {
    ...{ id: 's1', name: 'Winkel', camera: 'shop-1', type: 'png', width: 64, height: 36 },
    ...{ bytes: 99, addedAt: new Date().toISOString(), addedBy: 'anna' },
  };

  it('is grabbed from a camera, looked at, and put on the screen', async () => {
    gateway.loggedIn = true;
    gateway.incidents = [incident({ screen: { tiles: [{ camera: 'shop-1' }], focus: null } })];
    gateway.pictures.set('/v1/incidents/i1/images/s1', await plain('png')([9, 99, 9]));
    await page.goto(url);
    await byId('incident-i1').click();
    await page.getByTestId('tile').hover();
    gateway.onCall = (method, path, body) => {
      const [before = incident()] = gateway.incidents;
      if (path.endsWith('/stills')) gateway.setIncident({ ...before, images: [still] } as never);
      if (method === 'PUT') gateway.setIncident({ ...before, screen: body } as never);
      return path.endsWith('/stills') ? still : gateway.incidents[0];
    };
    await page.getByRole('button', { name: 'Foto van Winkel bewaren' }).click();
    await byId('image-s1').click();
    await byId('image-dialog').getByRole('img', { name: 'Winkel' }).waitFor();
    await page.keyboard.press('Escape');
    await until('closed', async () => (await byId('image-dialog').count()) === 0);
    expect(gateway.calls).toEqual(['POST /v1/incidents/i1/stills {"camera":"shop-1"}']);
    await byId('show-image-s1').click();
    await byId('image-tile').getByRole('img').waitFor();
    const tiles = [{ camera: 'shop-1' }, { image: 's1' }];
    expect(gateway.incidents[0]?.screen.tiles).toEqual(tiles);
    await byId('remove-image-s1').click();
    await until('removed', () => gateway.calls.at(-1) === 'DELETE /v1/incidents/i1/images/s1');
    expect(watched.complaints).toEqual([]);
  });
});
