import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { AlarmView } from '../../src/client/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { consoleBench } from './console-bench.ts';
import { alarm, incident } from './scenery.ts';
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
const open = async () => {
  await page.goto(url);
  await until('the hello', () => gateway.heard('hello').length > 0);
};
const listed = () => byId('alarms').locator('button').evaluateAll(testids);
const testids = (buttons: { getAttribute(name: string): string | null }[]) =>
  buttons.map((button) => button.getAttribute('data-testid'));
const text = async (id: string) => (await byId(id).textContent()) ?? '';

const frameOf = (id: string) =>
  page.evaluate(`getComputedStyle(document.querySelector('[data-testid=${id}]')).outlineStyle`);

/** Counts what the page plays. */
async function listenIn(): Promise<() => Promise<number>> {
  await page.addInitScript(`
    window.tones = 0;
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (when) {
      window.tones += 1;
      start.call(this, when);
    };
  `);
  return () => page.evaluate('window.tones') as Promise<number>;
}

describe('the list of alarms', () => {
  it('has the most urgent first, of those the newest, and none that has ended', async () => {
    gateway.alarms = [
      alarm({ id: 'motion', kind: 'motion', priority: 4, at: at(50) }),
      alarm({ id: 'first', at: at(10) }),
      alarm({ id: 'over', state: 'ended' }),
      alarm({ id: 'second', at: at(20) }),
    ];
    await open();
    await byId('alarm-first').waitFor();
    expect(await listed()).toEqual(['alarm-second', 'alarm-first', 'alarm-motion']);
    const colleague = { status: 'looking', by: 'bram', at: at(60) } as const;
    gateway.setAlarm(alarm({ id: 'second', state: 'ended' }));
    gateway.setAlarm(alarm({ id: 'motion', kind: 'motion', priority: 1, verification: colleague }));
    await until('sorted anew', async () => (await listed())[0] === 'alarm-motion');
    expect(await listed()).toEqual(['alarm-motion', 'alarm-first']);
    expect(await text('alarm-motion')).toContain('bram kijkt');
  });

  it('says by words, signs and a frame what is urgent and new, not by colour alone', async () => {
    gateway.alarms = [
      alarm({ id: 'urgent', repeats: { count: 3, lastAt: at(1) } }),
      alarm({ id: 'calm', kind: 'technical', priority: 4, verification: verified }),
    ];
    await open();
    await byId('alarm-urgent').waitFor();
    for (const word of ['Spoed', '▲', 'Overval', 'Nieuw', '×4', '?', 'Niet geverifieerd']) {
      expect(await text('alarm-urgent')).toContain(word);
    }
    expect(await text('alarm-calm')).toMatch(/✓ Geverifieerd: camera/);
    expect(await text('alarm-calm')).not.toMatch(/Nieuw|Spoed/);
    expect([await frameOf('alarm-urgent'), await frameOf('alarm-calm')]).toEqual([
      'dashed',
      'none',
    ]);
    expect(await page.title()).toMatch(/^\(1\) /);
  });

  it('calls: in words that are read out, and by a sound that can be turned off', async () => {
    const tones = await listenIn();
    await open();
    await byId('site-jeweller').click();
    gateway.setAlarm(alarm({ id: 'a1', at: at(0) }));
    await byId('alarm-a1').waitFor();
    expect(await text('alarm-call')).toBe('Nieuw alarm: Overval, Juwelier Lijnbaan');
    await until('four tones', async () => (await tones()) === 4);
    gateway.setAlarm(alarm({ id: 'a1', at: at(0), repeats: { count: 1, lastAt: at(1) } }));
    await until('counted', async () => (await text('alarm-a1')).includes('×2'));
    expect(await tones()).toBe(4);
    await byId('alarm-sound').click();
    expect(await text('alarm-sound')).toBe('Geluid uit');
    gateway.setAlarm(alarm({ id: 'a2', kind: 'fire' }));
    await until('called', async () => (await text('alarm-call')).includes('Brand'));
    expect(await tones()).toBe(4);
    expect(watched.complaints).toEqual([]);
  });

  it('calls again for an urgent one that the gateway says was told anew, and not when the page is loaded', async () => {
    const tones = await listenIn();
    const again = (change: Partial<AlarmView>) =>
      alarm({ id: 'a1', at: at(10), repeats: { count: 1, lastAt: at(90) }, ...change });
    gateway.alarms = [again({})];
    await open();
    await until('called', async () => (await text('alarm-call')).includes('Nieuw alarm'));
    await byId('site-jeweller').click();
    gateway.setAlarm(again({ calledAt: at(90) }));
    await until('called', async () => (await text('alarm-call')).includes('Opnieuw gemeld'));
    await until('four tones', async () => (await tones()) === 4);
    expect(await text('alarm-a1')).toMatch(/Opnieuw.*:10 · ×2 · laatst .*:30/s);
    await page.reload();
    await byId('alarm-a1').waitFor();
    await byId('site-jeweller').click();
    gateway.setAlarm(alarm({ id: 'a2', kind: 'fire' }));
    await until('called', async () => (await text('alarm-call')).includes('Brand'));
    await until('four tones', async () => (await tones()) === 4);
    expect(watched.complaints).toEqual([]);
  });

  it('says in words alone that what is verified and of an incident was told anew', async () => {
    const tones = await listenIn();
    const known = { id: 'a1', at: at(1), verification: verified, incident: 'i1' };
    gateway.alarms = [alarm(known)];
    await open();
    await byId('alarm-a1').waitFor();
    await byId('site-jeweller').click();
    gateway.setAlarm(alarm({ ...known, calledAt: new Date(Date.now() + 60_000).toISOString() }));
    await until('called', async () => (await text('alarm-call')).includes('Opnieuw gemeld'));
    expect(await text('alarm-a1')).toContain('Opnieuw');
    gateway.setAlarm(alarm({ id: 'a2', kind: 'fire' }));
    await until('four tones', async () => (await tones()) === 4);
    expect(watched.complaints).toEqual([]);
  });

  it('plays nothing before an alarm is chosen, and is reached and chosen by the keyboard', async () => {
    await open();
    gateway.setAlarm(alarm({ id: 'a1' }));
    await byId('alarm-a1').waitFor();
    expect(gateway.heard('watch')).toEqual([]);
    for (let pressed = 0; pressed < 20; pressed += 1) {
      if ((await page.evaluate('document.activeElement?.dataset.testid')) === 'alarm-a1') break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await byId('alarm').waitFor();
    await until('watched', () => gateway.heard('watch').length === 2);
    expect(watched.complaints).toEqual([]);
  });

  it('is in English too', async () => {
    gateway.alarms = [alarm({ id: 'a1' })];
    await open();
    await byId('language-en').click();
    expect(await text('alarm-a1')).toMatch(/Hold-up.*New.*Not verified/s);
    await byId('alarm-a1').click();
    expect(await text('alarm-text')).toBe('Hold-up button at the counter');
    expect(await text('look')).toBe('I am looking');
  });
});

describe('an alarm', () => {
  /** The gateway's part: it does as asked, and tells everybody. */
  function obey(): void {
    gateway.onCall = (method, path, body) => {
      const [, id, what] = /^\/v1\/alarms\/([^/]+)\/?(.*)$/.exec(path) ?? [];
      const before = gateway.alarms.find((each) => each.id === id);
      if (path === '/v1/incidents') return opened(body);
      if (!before) return {};
      const changed = { ...before, ...applied(method, what ?? '', body) };
      gateway.setAlarm(changed);
      return changed;
    };
  }

  function opened(body: Record<string, unknown>): unknown {
    const made = incident({ ...body, grants: [] });
    gateway.setIncident(made);
    gateway.setAlarm(alarm({ id: String(body['alarm']), incident: made.id }));
    return made;
  }

  function applied(
    method: string,
    what: string,
    body: Record<string, unknown>,
  ): Partial<AlarmView> {
    const by = { by: 'anna', at: new Date().toISOString() };
    if (what === 'look' && method === 'DELETE') return { verification: { status: 'unverified' } };
    if (what === 'look') return { verification: { status: 'looking', ...by } };
    if (what === 'verification') {
      const verification = { ...body, ...by } as unknown as AlarmView['verification'];
      return { verification, state: body['status'] === 'false' ? 'ended' : 'open' };
    }
    if (what === 'incident') return { incident: String(body['incident']) };
    return what === 'end' ? { state: 'ended' } : {};
  }

  async function choose(shown: AlarmView = alarm({ id: 'a1' })): Promise<void> {
    obey();
    gateway.alarms = [shown, ...gateway.alarms.filter(({ id }) => id !== shown.id)];
    await open();
    await byId(`alarm-${shown.id}`).click();
    await byId('alarm').waitFor();
  }

  const status = () =>
    byId('alarm').getByTestId('verification').first().getAttribute('data-status');

  it('shows its cameras at once, and all that is needed to judge', async () => {
    await choose();
    await until('watched', () => gateway.heard('watch').length === 2);
    expect(gateway.heard('watch').map(({ camera, incident: within }) => [camera, within])).toEqual([
      ['shop-1', undefined],
      ['shop-2', undefined],
    ]);
    const shown = await text('alarm');
    for (const words of [
      ...['Overvalknop toonbank', 'Lijnbaan 100', 'Vluchtweg via de achterdeur', 'Winkelchef'],
      ...['+31 10 000 00 00', 'Niet geverifieerd', 'zone', '001', 'Alle 4 camera’s van het object'],
    ]) {
      expect(shown).toContain(words);
    }
    await byId('alarm-site').click();
    await page.getByRole('heading', { name: 'Juwelier Lijnbaan' }).waitFor();
    expect(watched.complaints).toEqual([]);
  });

  it('is looked at, let go, verified and made an incident', async () => {
    await choose();
    await byId('look').click();
    await until('looking', async () => (await status()) === 'looking');
    expect(await text('alarm-a1')).toContain('U kijkt');
    await byId('let-go').click();
    await until('let go', async () => (await status()) === 'unverified');
    await byId('verify').click();
    await byId('verify-dialog').getByLabel('getuige').check();
    await byId('verify-dialog').getByLabel('Toelichting').fill('buurvrouw belde');
    await byId('verify-dialog-confirm').click();
    await until('verified', async () => (await status()) === 'verified');
    expect(await byId('verify').count()).toBe(0);
    await byId('open-incident').click();
    await byId('open-incident-dialog-confirm').click();
    await byId('incident').waitFor();
    expect(gateway.calls).toEqual([
      'POST /v1/alarms/a1/look {}',
      'DELETE /v1/alarms/a1/look',
      'POST /v1/alarms/a1/verification {"status":"verified","method":"witness","note":"buurvrouw belde"}',
      `POST /v1/incidents ${JSON.stringify({
        ...{ type: 'robbery', site: 'jeweller', summary: 'Overvalknop toonbank' },
        ...{ cameras: ['shop-1', 'shop-2'], alarm: 'a1' },
      })}`,
    ]);
    expect(watched.complaints).toEqual([]);
  });

  it('says when an incident is opened from it that nobody has verified it', async () => {
    await choose();
    await byId('open-incident').click();
    await byId('open-incident-dialog').getByText('Nog niet geverifieerd').waitFor();
  });

  it('is false with a cause, and then nothing more can be done', async () => {
    await choose();
    await byId('refute').click();
    await byId('refute-dialog').getByLabel('storing').check();
    await byId('refute-dialog-confirm').click();
    await until('false', async () => (await status()) === 'false');
    expect(gateway.calls).toEqual([
      'POST /v1/alarms/a1/verification {"status":"false","cause":"fault"}',
    ]);
    for (const act of ['look', 'verify', 'refute', 'end-alarm', 'open-incident']) {
      expect(await byId(act).count()).toBe(0);
    }
    await byId('alarms').locator('button').waitFor({ state: 'detached' });
  });

  it('that a colleague looks at is taken over before it is judged', async () => {
    const colleague = { status: 'looking', by: 'bram', at: at(1) } as const;
    await choose(alarm({ id: 'a1', verification: colleague }));
    expect([await byId('verify').count(), await byId('refute').count()]).toEqual([0, 0]);
    await byId('look').getByText('Overnemen van bram').click();
    await byId('verify').waitFor();
    await byId('refute').waitFor();
  });

  it('of several buttons shows the others, and offers them as the ground', async () => {
    gateway.alarms = [
      alarm({ id: 'a2', text: { nl: 'Overvalknop kantoor', en: 'Office' }, alongside: ['a1'] }),
    ];
    await choose(alarm({ id: 'a1', alongside: ['a2'] }));
    await byId('alongside').getByText('Overvalknop kantoor').waitFor();
    expect(await text('alarm-a1')).toContain('+1');
    await byId('verify').click();
    expect(await byId('verify-dialog').getByLabel('meer knoppen').isChecked()).toBe(true);
  });

  it('is added to the incident that is under way at its site', async () => {
    gateway.incidents = [incident(), incident({ id: 'i2', site: 'square' })];
    await choose();
    expect(await byId('add-to-i2').count()).toBe(0);
    await byId('add-to-i1').click();
    await byId('to-incident').click();
    await byId('incident').waitFor();
    expect(gateway.calls).toEqual(['PUT /v1/alarms/a1/incident {"incident":"i1"}']);
  });

  it('is handled with a word why', async () => {
    await choose();
    await byId('end-alarm').click();
    await byId('end-alarm-dialog').getByLabel('Toelichting').fill('gebeld');
    await byId('end-alarm-dialog-confirm').click();
    await until(
      'handled',
      async () => (await byId('alarm').getAttribute('data-state')) === 'ended',
    );
    expect(gateway.calls).toEqual(['POST /v1/alarms/a1/end {"note":"gebeld"}']);
  });

  it.each(['Annuleren', 'Escape'])(
    'has the focus again at the act that was left by %s',
    async (way) => {
      await choose();
      await byId('refute').focus();
      await page.keyboard.press('Enter');
      await byId('refute-dialog').waitFor();
      if (way === 'Escape') await page.keyboard.press('Escape');
      else await byId('refute-dialog').getByRole('button', { name: way }).click();
      await byId('refute-dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement.dataset.testid')).toBe('refute');
    },
  );

  it('is raised by the button at a site', async () => {
    obey();
    gateway.onCall = (method, path) => {
      const raised = alarm({ id: 'mine', source: { type: 'operator', id: 'anna' } });
      if (method === 'POST' && path === '/v1/alarms') gateway.setAlarm(raised);
      return raised;
    };
    await open();
    await byId('site-jeweller').click();
    await byId('raise-alarm').click();
    const dialog = byId('raise-alarm-dialog');
    await dialog.getByLabel('Brand').check();
    await dialog.getByLabel('Wat is er aan de hand?').fill('Rook uit de kelder');
    await byId('raise-alarm-dialog-confirm').click();
    await byId('alarm').waitFor();
    const cameras = ['shop-1', 'shop-2', 'front', 'dome'];
    const told = { site: 'jeweller', kind: 'fire', text: 'Rook uit de kelder', cameras };
    expect(gateway.calls).toEqual([`POST /v1/alarms ${JSON.stringify(told)}`]);
  });

  it.each(['admin', 'auditor'] as const)('offers %s nothing that is refused', async (role) => {
    gateway.role = role;
    await choose();
    for (const act of ['look', 'verify', 'refute', 'end-alarm', 'open-incident']) {
      expect(await byId(act).count()).toBe(0);
    }
    await byId('site-jeweller').click();
    await page.getByRole('heading', { name: 'Juwelier Lijnbaan' }).waitFor();
    expect(await byId('raise-alarm').count()).toBe(0);
  });

  it('that has ended while it was shown stays, and one that is not known is said to be gone', async () => {
    await choose();
    gateway.setAlarm(alarm({ id: 'a1', state: 'ended' }));
    await byId('alarm').getByText('Afgehandeld').waitFor();
    gateway.alarms = [];
    gateway.cutSockets();
    await page.getByText('Dit alarm is afgehandeld.').waitFor();
  });

  it('is shown with its verification in its incident', async () => {
    const told = {
      id: 'a1',
      kind: 'hold-up',
      text: alarm().text,
      at: at(1),
      source: 'dc09',
    } as const;
    gateway.incidents = [incident({ alarms: [{ ...told, verification: verified }] })];
    await open();
    await byId('incident-i1').click();
    const shown = byId('incident-alarms');
    await shown.getByText('Geverifieerd: camera').waitFor();
    expect(await shown.textContent()).toContain('door bram om');
  });
});

const verified = { status: 'verified', method: 'camera', by: 'bram', at: at(0) } as const;

/** So many seconds into a minute that is past. */
function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
}
