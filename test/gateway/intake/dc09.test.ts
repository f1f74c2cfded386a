import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Dc09Receiver } from '../../../src/alarms/dc09/receiver.ts';
import { dc09 } from '../../../src/config/dc09.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { Certificates } from '../../../src/gateway/certificates.ts';
import { panelAccounts, panelReceiver } from '../../../src/gateway/intake/dc09.ts';
import { registerPanelFigures } from '../../../src/gateway/intake/panel-figures.ts';
import { VirtualPanel, type VirtualPanelOptions } from '../../../src/simulator/panel/panel.ts';
import { codeThrownBy, Harness } from '../../liveview/harness.ts';
import { CAMERA_CA, SIGNED } from '../../support/certificates.ts';
import { until } from '../../support/until.ts';

const LISTEN = '127.0.0.1:0';
const PANEL_1409 = {
  site: 'jeweller',
  supervisionSeconds: 300,
  zones: { '012': { name: 'Toonbank', cameras: ['shop-2'] } },
};

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'secret');
  writeFileSync(path, text);
  return path;
}

describe('panels whose reports are alarms', () => {
  let h: Harness;
  const running: { stop(): void | Promise<void> }[] = [];
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(async () => {
    for (const each of running.splice(0).reverse()) await each.stop();
    h.dispose();
  });

  async function receiver(section: object): Promise<Dc09Receiver> {
    const config = dc09.parse({ listen: LISTEN, ...section });
    const { clock, live: liveview } = h;
    const log = silentLogger;
    const certificates = new Certificates(clock, log);
    const receiving = panelReceiver({ config, clock, log, liveview, certificates });
    await receiving.start();
    running.push(receiving);
    return receiving;
  }

  function virtualPanel(receiving: Dc09Receiver, more: Partial<VirtualPanelOptions> = {}) {
    const port = receiving.ports[more.transport ?? 'tcp'] ?? 0;
    const sending = new VirtualPanel({
      ...{ clock: h.clock, log: silentLogger, account: '1409' },
      ...{ transport: 'tcp', host: '127.0.0.1', port, ca: CAMERA_CA },
      ...more,
    });
    running.push(sending);
    return sending;
  }

  it('name site, zone and cameras, in both languages, and who told it', async () => {
    const sending = virtualPanel(await receiver({ accounts: { '1409': PANEL_1409 } }));
    await sending.report({ name: 'hold-up', number: 12, area: 1 });
    expect(h.live.alarms()).toEqual([
      expect.objectContaining({
        source: { type: 'dc09', id: '1409' },
        site: 'jeweller',
        kind: 'hold-up',
        priority: 1,
        text: {
          nl: 'Overvalalarm, zone 12 (Toonbank), gebied 1',
          en: 'Hold-up alarm, zone 12 (Toonbank), area 1',
        },
        cameras: ['shop-2'],
        occurredAt: '2026-01-01T00:00:00.000Z',
        state: 'open',
        details: expect.objectContaining({ format: 'SIA', code: 'HA', zone: '12', area: '1' }),
      }),
    ]);
    const [entry] = [...h.journal.read()];
    expect(entry).toMatchObject({
      kind: 'alarm.raised',
      actor: { user: 'panel 1409', role: 'source', address: '127.0.0.1' },
    });
  });

  it('bring up all cameras of the site unless told otherwise', async () => {
    const sending = virtualPanel(await receiver({ accounts: { '14af': 'jeweller' } }), {
      account: '14AF',
    });
    await sending.report({ name: 'fire' });
    expect(h.live.alarms()[0]?.cameras).toEqual(['shop-1', 'shop-2', 'shop-3']);
  });

  it('count what is told again, and show that it is over', async () => {
    const sending = virtualPanel(await receiver({ accounts: { '1409': PANEL_1409 } }));
    await sending.report({ name: 'burglary', number: 3 });
    await sending.report({ name: 'burglary', number: 3 });
    await sending.report({ name: 'burglary', number: 3, isOver: true });
    expect(h.live.alarms()).toEqual([
      expect.objectContaining({
        kind: 'burglary',
        repeats: expect.objectContaining({ count: 1 }),
        restoredAt: '2026-01-01T00:00:00.000Z',
        state: 'open',
      }),
    ]);
  });

  it('are not acknowledged while nothing can be recorded', async () => {
    const receiving = await receiver({ accounts: { '1409': PANEL_1409 } });
    const sending = virtualPanel(receiving);
    h.journal.full = true;
    const outcome = sending.report({ name: 'hold-up' });
    await until('it is not answered', () => receiving.counts.unanswered === 1);
    h.journal.full = false;
    h.clock.advance(5_000);
    expect(await outcome).toMatchObject({ tries: 2, reply: { kind: 'ACK' } });
    expect(h.live.alarms()).toHaveLength(1);
  });

  it('are one alarm when the gateway fell between recording and acknowledging', async () => {
    const first = await receiver({ accounts: { '1409': PANEL_1409 } });
    await virtualPanel(first).report({ name: 'hold-up', number: 12 });
    const [alarm] = h.live.alarms();
    h.restart();
    const second = await receiver({ accounts: { '1409': PANEL_1409 } });
    await virtualPanel(second).report({ name: 'hold-up', number: 12 });
    expect(h.live.alarms().map(({ id, repeats }) => [id, repeats.count])).toEqual([[alarm?.id, 0]]);
  });

  it('tell once that a panel is silent, and that it speaks again, also after a restart', async () => {
    const first = await receiver({ accounts: { '1409': PANEL_1409 } });
    h.clock.advance(300_000);
    const silent = expect.objectContaining({
      kind: 'technical',
      priority: 2,
      text: {
        nl: 'Alarmsysteem 1409 meldt zich niet meer (langer dan 5 min)',
        en: 'Alarm panel 1409 has fallen silent (for over 5 minutes)',
      },
    });
    expect(h.live.alarms()).toEqual([silent]);
    await first.stop();
    h.restart();
    const second = await receiver({ accounts: { '1409': PANEL_1409 } });
    h.clock.advance(600_000);
    expect(h.live.alarms()).toEqual([silent]);
    expect(h.live.alarms()[0]).not.toHaveProperty('restoredAt');
    await virtualPanel(second).poll();
    expect(h.live.alarms()).toEqual([silent]);
    expect(h.live.alarms()[0]).toHaveProperty('restoredAt');
  });

  it('come over TCP and UDP, over one of them, and over TLS beside them or alone', async () => {
    const accounts = { '1409': 'jeweller' };
    const tls = { cert: fileWith(SIGNED.cert), key: fileWith(SIGNED.key) };
    const ways = async (section: object) =>
      Object.keys((await receiver({ accounts, ...section })).ports);
    expect(await ways({})).toEqual(['tcp', 'udp']);
    expect(await ways({ transport: 'tcp' })).toEqual(['tcp']);
    expect(await ways({ transport: 'udp' })).toEqual(['udp']);
    expect(await ways({ tls })).toEqual(['tls']);
    const all = await receiver({ accounts, tls: { ...tls, listen: LISTEN } });
    expect(Object.keys(all.ports)).toEqual(['tcp', 'udp', 'tls']);
    await virtualPanel(all, { transport: 'tls' }).report({ name: 'fire' });
    expect(h.live.alarms()).toHaveLength(1);
  });

  it('are counted by what became of their messages', async () => {
    const receiving = await receiver({ accounts: { '1409': PANEL_1409 } });
    const registry = new Registry();
    registerPanelFigures(registry, receiving);
    const sending = virtualPanel(receiving);
    await sending.report({ name: 'armed' });
    await sending.poll();
    await virtualPanel(receiving, { account: '6666' }).poll();
    h.clock.advance(300_000);
    const figures = await registry.metrics();
    expect(figures).toMatch(/^liveview_panel_messages_total\{outcome="acknowledged"\} 2$/m);
    expect(figures).toMatch(/^liveview_panel_messages_total\{outcome="refused"\} 1$/m);
    expect(figures).toMatch(/^liveview_panel_activities_total 1$/m);
    expect(figures).toMatch(/^liveview_silent_panels 1$/m);
    expect(await registry.metrics()).toBe(figures);
  });

  it('are encrypted with the key of a file', async () => {
    const digits = '00112233445566778899aabbccddeeff';
    const account = { site: 'jeweller', key: { file: fileWith(`${digits}\n`) } };
    const receiving = await receiver({ accounts: { '1409': account } });
    const sending = virtualPanel(receiving, { secret: Buffer.from(digits, 'hex') });
    expect((await sending.report({ name: 'fire' })).reply.isEncrypted).toBe(true);
    expect(h.live.alarms()[0]?.details['encrypted']).toBe('yes');
  });
});

describe('the key of a panel', () => {
  const accountsWith = (key: { file: string }) => () =>
    panelAccounts(dc09.parse({ listen: LISTEN, accounts: { '1409': { site: 'a', key } } }));

  it('is missing, or is none', () => {
    expect(codeThrownBy(accountsWith({ file: '/nowhere' }))).toBe('secret-missing');
    expect(codeThrownBy(accountsWith({ file: fileWith('s3cret') }))).toBe('secret-unusable');
  });
});
