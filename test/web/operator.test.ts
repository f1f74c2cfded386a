import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { IncidentView } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { isBlack, pixels } from '../support/browser.ts';
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
const tile = (camera: string) => page.locator(`[data-testid=tile][data-camera="${camera}"]`);

async function openPageOf(shown: IncidentView): Promise<void> {
  gateway.incidents = [shown];
  await page.goto(url);
  await byId('incident-i1').click();
  await byId('incident').waitFor();
  await until('the hello', () => gateway.heard('hello').length > 0);
}

/** The gateway's part of every change of the incident: it does as asked. */
function obey(): void {
  gateway.onCall = (method, path, body) => {
    const current = gateway.incidents[0] ?? incident();
    const changed = { ...current, ...applied(method, path, body, current) };
    gateway.setIncident(changed);
    return changed;
  };
}

function applied(
  method: string,
  path: string,
  body: Record<string, unknown>,
  current: IncidentView,
): Partial<IncidentView> {
  if (method === 'POST' && path === '/v1/incidents') {
    const empty = { grants: [], notes: [], counts: {}, screen: { tiles: [], focus: null } };
    return incident({ ...empty, ...body });
  }
  if (path.endsWith('/screen')) return { screen: body as unknown as IncidentView['screen'] };
  if (path.endsWith('/close')) return { state: 'closed', grants: [], outcome: 'resolved' };
  if (method === 'DELETE') return { grants: [] };
  if (path.includes('/grants/')) return { grants: incident().grants };
  if (!path.endsWith('/notes')) return body;
  const at = new Date().toISOString();
  const notes = [...current.notes, { at, by: 'anna', text: String(body['text']) }];
  return { notes };
}

describe('before anything is shared', () => {
  it('shows the cameras of a site live, and steers a dome without an incident', async () => {
    await page.goto(url);
    await byId('site-jeweller').click();
    await until('live', async () => (await tile('dome').getAttribute('data-state')) === 'live');
    const first = await pixels(page, 'dome');
    expect(isBlack(first)).toBe(false);
    await until('movement', async () => String(await pixels(page, 'dome')) !== String(first));
    expect(gateway.heard('watch')).toHaveLength(4);
    expect(gateway.heard('watch').every(({ incident: within }) => within === undefined)).toBe(true);
    await tile('dome').getByTestId('tile-select').click();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowUp');
    const asked = await until('a request', () => gateway.heard('request')[0]);
    expect(asked).toMatchObject({ camera: 'dome', args: { pan: 0, tilt: 0.5, zoom: 0 } });
    expect(asked['incident']).toBeUndefined();
    await page.keyboard.up('ArrowUp');
    await until('released', () => gateway.heard('release').length > 0);
    expect(watched.complaints).toEqual([]);
  });

  it('keeps of a share what is not chosen in the console', async () => {
    const [grant] = incident().grants;
    gateway.incidents = [
      incident({ grants: grant ? [{ ...grant, requests: { ptz: 'never' } }] : [] }),
    ];
    obey();
    await page.goto(url);
    await byId('incident-i1').click();
    await byId('share-rotterdam').click();
    await byId('share-dialog-confirm').click();
    await until('the share', () => gateway.calls.length > 0);
    expect(gateway.calls[0]).toMatch(/^PUT .*"requests":\{"ptz":"never"\}/);
  });

  it('opens an incident, puts its cameras on the screen and shares it', async () => {
    obey();
    await page.goto(url);
    await byId('site-jeweller').click();
    await byId('open-incident').click();
    const dialog = byId('open-incident-dialog');
    await dialog.getByLabel('Inbraak').check();
    await dialog.getByLabel('Wat is er aan de hand?').fill('Ruit ingeslagen');
    await dialog.getByLabel('Kassa').uncheck();
    await byId('open-incident-dialog-confirm').click();
    await byId('share-rotterdam').click();
    await byId('share-dialog').getByLabel('bewegen vragen').uncheck();
    await byId('share-dialog').getByLabel('Minuten').fill('15');
    await byId('share-dialog-confirm').click();
    await byId('time-left').waitFor();
    const cameras = ['shop-1', 'front', 'dome'];
    const tiles = cameras.map((camera) => ({ camera }));
    expect(gateway.calls).toEqual([
      `POST /v1/incidents ${JSON.stringify({
        ...{ type: 'burglary', site: 'jeweller', summary: 'Ruit ingeslagen' },
        cameras,
      })}`,
      `PUT /v1/incidents/i1/screen ${JSON.stringify({ tiles, focus: null })}`,
      `PUT /v1/incidents/i1/grants/rotterdam ${JSON.stringify({
        ...{ cameras, rights: ['view', 'switch', 'plan'], expiresInMinutes: 15 },
      })}`,
    ]);
    expect(await byId('time-left').textContent()).toMatch(/^nog 5\d:\d\d$/);
    await byId('withdraw-rotterdam').click();
    await until('not shared', async () => (await byId('time-left').count()) === 0);
    expect(gateway.calls.at(-1)).toBe('DELETE /v1/incidents/i1/grants/rotterdam');
    expect(watched.complaints).toEqual([]);
  });
});

describe('when nothing can be recorded', () => {
  it.each([
    ['nl', 'Er kan niets worden vastgelegd', 'bewegen kan nu niet'],
    ['en', 'Nothing can be recorded', 'moving are not possible now'],
  ])('is said for as long as it lasts, in %s', async (language, title, meaning) => {
    await openPageOf(incident());
    await byId(`language-${language}`).click();
    expect(await byId('not-recorded').count()).toBe(0);
    gateway.broadcast({ type: 'recording', recording: false, since: '2026-01-01T12:00:00Z' });
    await byId('not-recorded').waitFor();
    const text = (await byId('not-recorded').textContent()) ?? '';
    expect(text).toContain(title);
    expect(text).toContain(meaning);
    expect(text).toMatch(/\d\d:00:00/);
    gateway.broadcast({ type: 'recording', recording: true });
    await byId('not-recorded').waitFor({ state: 'detached' });
    expect(watched.complaints).toEqual([]);
  });
});

describe('whoever may only look', () => {
  it.each(['admin', 'auditor'] as const)('%s: is offered nothing that is refused', async (role) => {
    gateway.role = role;
    gateway.requests = [request(), request({ id: 'g3', camera: 'front', state: 'running' })];
    await openPageOf(incident());
    await byId('pending').waitFor();
    await byId('running-bar').waitFor();
    await byId('room-rotterdam').waitFor();
    for (const button of ['accept', 'decline', 'stop', 'close-incident', 'share-rotterdam']) {
      expect(await byId(button).count()).toBe(0);
    }
    for (const button of ['withdraw-rotterdam', 'add-note', 'add-tile', 'tile-remove']) {
      expect(await byId(button).count()).toBe(0);
    }
    await byId('site-jeweller').click();
    await page.getByRole('heading', { name: 'Juwelier Lijnbaan' }).waitFor();
    expect(await byId('open-incident').count()).toBe(0);
    if (role === 'admin') {
      await tile('dome').getByTestId('tile-select').click();
      await until('large', async () =>
        (await tile('dome').getAttribute('class'))?.includes('large'),
      );
      expect(await byId('joystick').count()).toBe(0);
    } else {
      await page.getByText('Deze gebruiker mag geen beelden zien.').waitFor();
      expect(gateway.heard('watch')).toEqual([]);
    }
    expect(watched.complaints).toEqual([]);
  });
});

describe('the page', () => {
  it('covers nothing of a picture: cameras write into theirs', async () => {
    await openPageOf(incident());
    await tile('dome').locator('canvas, video').waitFor();
    const picture = await tile('dome').locator('.picture').boundingBox();
    const caption = await tile('dome').locator('figcaption').boundingBox();
    if (!picture || !caption) throw new Error('no picture or no caption');
    expect(picture.height).toBeGreaterThan(caption.height);
    expect(picture.y + picture.height).toBeLessThanOrEqual(caption.y);
  });

  it('has a clock that strikes with the second', async () => {
    await page.clock.install({ time: new Date('2026-01-01T12:00:00Z') });
    await page.goto(url);
    await byId('user').waitFor();
    await page.clock.pauseAt(new Date('2026-01-01T13:00:00.400Z'));
    const shown = () => page.locator('.clock').textContent();
    await until('the hour', async () => (await shown())?.endsWith(':00:00'));
    await page.clock.runFor(600);
    await until('the next second', async () => (await shown())?.endsWith(':00:01'));
  });

  it('has a header that fits a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(url);
    await byId('user').waitFor();
    const boxes = await page.locator('.brand, .header-side > *').evaluateAll((elements) =>
      elements
        .map((element) => element.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
    );
    expect(boxes.length).toBeGreaterThan(3);
    for (const box of boxes) {
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(390);
      const others = boxes.filter((other) => other !== box);
      const covered = others.filter(
        (other) =>
          other.left < box.right &&
          box.left < other.right &&
          other.top < box.bottom &&
          box.top < other.bottom,
      );
      expect(covered).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});

describe('steering', () => {
  /** Two domes at one site. */
  function twoDomes(): void {
    const dome = gateway.cameras.find(({ id }) => id === 'dome');
    gateway.cameras = gateway.cameras.map((camera) =>
      camera.id === 'front' && dome?.ptz ? { ...camera, ptz: dome.ptz } : camera,
    );
  }

  /** Chosen otherwise than by this hand, which stays on the stick. */
  async function chooseAnotherWhileHeld(): Promise<void> {
    await tile('dome').getByTestId('tile-select').click();
    const box = await byId('joystick').boundingBox();
    if (!box) throw new Error('no joystick');
    await page.mouse.move(box.x + box.width - 4, box.y + box.height / 2);
    await page.mouse.down();
    await until('a request', () => gateway.heard('request')[0]);
    await tile('front').getByTestId('tile-select').dispatchEvent('click');
    await page.locator('[data-testid=camera-control][data-camera=front]').waitFor();
    await until('released', () => gateway.heard('release').length > 0);
    await page.mouse.move(box.x + box.width / 2, box.y + 4);
    await page.mouse.up();
    await byId('joystick').focus();
    await page.keyboard.down('ArrowLeft');
    await until('pressed anew', () => gateway.heard('request').length > 1);
  }

  it('does not pass from one camera of a site to another', async () => {
    twoDomes();
    await page.goto(url);
    await byId('site-jeweller').click();
    await chooseAnotherWhileHeld();
    expect(gateway.heard('request').map(({ camera, args }) => [camera, args])).toEqual([
      ['dome', { pan: 1, tilt: 0, zoom: 0 }],
      ['front', { pan: -0.5, tilt: 0, zoom: 0 }],
    ]);
  });

  it('does not pass to another camera of an incident, and names the incident', async () => {
    twoDomes();
    await openPageOf(incident());
    await chooseAnotherWhileHeld();
    expect(gateway.heard('request').map((asked) => [asked['camera'], asked['incident']])).toEqual([
      ['dome', 'i1'],
      ['front', 'i1'],
    ]);
    await page.getByText('Vasthouden om te bewegen.').waitFor();
  });
});

describe('what a camera can do', () => {
  const unknown = () => gateway.cameras.map(({ ptz: _, ...camera }) => camera);

  it('is shown when it has said so, however late', async () => {
    const known = gateway.cameras;
    gateway.cameras = unknown();
    gateway.requests = [request({ action: 'ptz.preset', args: { preset: '2' } })];
    await openPageOf(incident());
    await tile('dome').getByTestId('tile-select').click();
    await byId('camera-control').waitFor();
    expect(await byId('preset-2').count()).toBe(0);
    await byId('pending').getByText('Naar voorkeuzestand: 2').waitFor();
    gateway.cameras = known;
    await byId('preset-2').waitFor();
    await byId('pending').getByText('Naar voorkeuzestand: Kassa').waitFor();
  });

  it('is looked up anew when its tile is chosen: presets are added', async () => {
    await openPageOf(incident());
    await tile('dome').waitFor();
    gateway.cameras = gateway.cameras.map((camera) =>
      camera.ptz
        ? { ...camera, ptz: { ...camera.ptz, presets: [{ token: '9', name: 'Steeg' }] } }
        : camera,
    );
    await tile('dome').getByTestId('tile-select').click();
    await byId('preset-9').getByText('Steeg').waitFor();
  });
});

describe('a refusal', () => {
  it('of the socket is told in the language of the page', async () => {
    gateway.onRequest = ({ id }, socket) => {
      const error = { code: 'control-taken', message: 'bob moves this camera', ref: id };
      socket.send(JSON.stringify({ type: 'error', ...error }));
    };
    await openPageOf(incident());
    await tile('dome').getByTestId('tile-select').click();
    await byId('preset-2').click();
    await byId('problem').getByText('Niet gelukt: Iemand anders bedient de camera.').waitFor();
    await byId('language-en').click();
    await byId('problem').getByText('Failed: Somebody else is moving the camera.').waitFor();
  });
});

describe('during an incident', () => {
  it('composes the screen: another camera, the large one, one less, one more', async () => {
    obey();
    await openPageOf(incident());
    await tile('front').hover();
    await tile('front').getByTestId('tile-camera').selectOption('shop-2');
    await tile('shop-2').waitFor();
    await tile('shop-2').hover();
    await tile('shop-2').getByTestId('tile-focus').click();
    await until('large', async () =>
      (await tile('shop-2').getAttribute('class'))?.includes('large'),
    );
    await tile('dome').hover();
    await tile('dome').getByTestId('tile-remove').click();
    await until('gone', async () => (await tile('dome').count()) === 0);
    await byId('add-tile').selectOption('front');
    await tile('front').waitFor();
    expect(gateway.incidents[0]?.screen).toEqual({
      tiles: [{ camera: 'shop-1' }, { camera: 'shop-2' }, { camera: 'front' }],
      focus: 1,
    });
    expect(watched.complaints).toEqual([]);
  });

  it('puts a waiting request over everything, and carries it out', async () => {
    await page.goto(url);
    await byId('site-square').click();
    expect(await byId('pending').count()).toBe(0);
    gateway.setRequest(request());
    const pending = byId('pending');
    await pending.waitFor();
    expect(await pending.textContent()).toContain('Meldkamer Rotterdam vraagt');
    expect(await pending.textContent()).toContain('Camera bewegen: rechts · Dome straat');
    expect(await page.title()).toMatch(/^\(1\) /);
    gateway.onCall = () => request({ state: 'accepted', by: 'anna' });
    await byId('accept').click();
    await until('decided', async () => (await pending.count()) === 0);
    expect(gateway.calls).toEqual(['POST /v1/requests/g1/accept {}']);
    await until('nothing waits', async () => !/^\(/.test(await page.title()));
  });

  it('declines with a reason, and not without one', async () => {
    gateway.requests = [request()];
    await page.goto(url);
    await byId('decline').click();
    expect(await byId('decline-dialog-confirm').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Privacy' }).click();
    gateway.onCall = () => request({ state: 'declined', reason: 'Privacy' });
    await byId('decline-dialog-confirm').click();
    await until('decided', async () => (await byId('pending').count()) === 0);
    expect(gateway.calls).toEqual(['POST /v1/requests/g1/decline {"reason":"Privacy"}']);
  });

  it('keeps the reason when the gateway does not take it', async () => {
    gateway.requests = [request()];
    const full = { code: 'journal-unwritable', detail: 'nothing can be recorded' };
    gateway.hiccups.set('POST /v1/requests/g1/decline', full);
    await page.goto(url);
    await byId('decline').click();
    await page.getByRole('button', { name: 'Privacy' }).click();
    await byId('decline-dialog-confirm').click();
    const alert = byId('decline-dialog').getByRole('alert');
    await until('a word of it', async () => (await alert.textContent()) !== '');
    gateway.onCall = () => request({ state: 'declined', reason: 'Privacy' });
    await byId('decline-dialog-confirm').click();
    await until('decided', async () => (await byId('pending').count()) === 0);
    expect(gateway.calls.at(-1)).toBe('POST /v1/requests/g1/decline {"reason":"Privacy"}');
  });

  /** In the order in which the gateway tells it. */
  function askAnew(): void {
    gateway.setRequest(request({ id: 'g2', args: { pan: -0.5 } }));
    gateway.setRequest(request({ state: 'expired', reasonCode: 'replaced' }));
  }
  const row = (id: string) => page.locator(`[data-testid=pending][data-request=${id}]`);

  it('declines the newest form of what was asked anew meanwhile', async () => {
    gateway.requests = [request()];
    await page.goto(url);
    await byId('decline').click();
    await page.getByRole('button', { name: 'Privacy' }).click();
    askAnew();
    await row('g2').waitFor();
    expect(await byId('pending').count()).toBe(1);
    gateway.onCall = () => request({ id: 'g2', state: 'declined', reason: 'Privacy' });
    await byId('decline-dialog-confirm').click();
    await until('decided', async () => (await byId('pending').count()) === 0);
    expect(gateway.calls).toEqual(['POST /v1/requests/g2/decline {"reason":"Privacy"}']);
  });

  it('keeps the row of what is asked anew, so that a press that has begun counts', async () => {
    gateway.requests = [request()];
    await page.goto(url);
    await byId('accept').hover();
    await until('settled', () => byId('accept').isEnabled());
    await page.mouse.down();
    askAnew();
    await row('g2').waitFor();
    gateway.onCall = () => request({ id: 'g2', state: 'accepted', by: 'anna' });
    await page.mouse.up();
    await until('decided', async () => (await byId('pending').count()) === 0);
    expect(gateway.calls).toEqual(['POST /v1/requests/g2/accept {}']);
  });

  it('adds what comes at the end, and decides on nothing that has just come or moved', async () => {
    const at = (minute: number) => ({ createdAt: `2026-01-01T12:0${minute}:00Z` });
    gateway.requests = [request(at(1))];
    await page.goto(url);
    await until('settled', () => byId('accept').isEnabled());
    const first = await row('g1').getByTestId('accept').boundingBox();
    gateway.setRequest(request({ id: 'g2', camera: 'front', ...at(2) }));
    await row('g2').getByTestId('accept').dispatchEvent('click');
    expect(await row('g1').getByTestId('accept').boundingBox()).toEqual(first);
    gateway.onCall = (_method, path) =>
      request({ id: path.split('/')[3] ?? '', state: 'accepted' });
    await until('settled', () => row('g2').getByTestId('accept').isEnabled());
    await row('g1').getByTestId('accept').click();
    await until('one', async () => (await byId('pending').count()) === 1);
    await byId('accept').dispatchEvent('click');
    await until('settled', () => byId('accept').isEnabled());
    expect(gateway.calls).toEqual(['POST /v1/requests/g1/accept {}']);
    await byId('accept').click();
    await until('decided', async () => (await byId('pending').count()) === 0);
  });

  it('stops what somebody else moves', async () => {
    await openPageOf(incident());
    gateway.setRequest(request({ state: 'running' }));
    await byId('stop').click();
    await until('the release', () => gateway.heard('release').length > 0);
    expect(gateway.heard('release')).toEqual([{ type: 'release', id: 'g1' }]);
    gateway.setRequest(request({ state: 'done' }));
    await until('no bar', async () => (await byId('running-bar').count()) === 0);
  });

  it('counts, notes and closes', async () => {
    obey();
    await openPageOf(incident());
    await page.getByLabel('Gewonden: één meer').click();
    await until('one', async () => (await byId('count-injured').textContent())?.includes('1'));
    await page.getByLabel('Melding toevoegen').fill('Vlucht te voet richting Coolsingel');
    await byId('add-note').click();
    await byId('notes').getByText('Vlucht te voet richting Coolsingel').waitFor();
    await byId('close-incident').click();
    await byId('close-dialog').getByLabel('Overgedragen').check();
    await byId('close-dialog').getByLabel('Toelichting').fill('Politie ter plaatse');
    await byId('close-dialog-confirm').click();
    await byId('incident-closed').getByText('Er gaat niets meer naar de meldkamer.').waitFor();
    expect(await page.locator('canvas, video').count()).toBe(0);
    expect(gateway.calls).toEqual([
      'PATCH /v1/incidents/i1 {"counts":{"robbers":2,"weapons":1,"injured":1}}',
      'POST /v1/incidents/i1/notes {"text":"Vlucht te voet richting Coolsingel"}',
      'POST /v1/incidents/i1/close {"outcome":"handed-over","note":"Politie ter plaatse"}',
    ]);
    expect(watched.complaints).toEqual([]);
  });

  it('goes back to the login when the gateway ends the session, and says so', async () => {
    await openPageOf(incident());
    gateway.endSessions();
    await byId('login-problem').getByText('De sessie is beëindigd.').waitFor();
  });

  it('goes back to the login when the session is over', async () => {
    await openPageOf(incident());
    gateway.loggedIn = false;
    gateway.cutSockets();
    await byId('login').waitFor();
  });

  it('goes back to the login when the session is over as soon as the socket is welcomed', async () => {
    gateway.onHello = () => {
      gateway.loggedIn = false;
    };
    await page.goto(url);
    await byId('login-problem').getByText('De sessie is beëindigd.').waitFor();
  });

  it('goes back to the login when what the operator does finds the session over', async () => {
    await openPageOf(incident());
    await page.getByLabel('Melding toevoegen').fill('Vlucht te voet');
    gateway.loggedIn = false;
    await byId('add-note').click();
    await byId('login-problem').getByText('De sessie is beëindigd.').waitFor();
  });
});
