import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmReport } from '../../src/liveview/alarms.ts';
import { HOLD_UP, PANEL } from './alarm-reports.ts';
import { codeThrownBy, Harness } from './harness.ts';

describe('what a source tells', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  const told = () => h.changes.flatMap((change) => (change.kind === 'alarm' ? [change.alarm] : []));

  it('is an alarm with the cameras of its site, journalled, told and kept', () => {
    const occurredAt = '2025-12-31T23:59:58Z';
    const alarm = h.live.raise(PANEL, { ...HOLD_UP, occurredAt, details: { zone: '001' } });
    expect(alarm).toMatchObject({
      site: 'jeweller',
      kind: 'hold-up',
      priority: 1,
      source: { type: 'dc09', id: '1409' },
      text: HOLD_UP.text,
      cameras: ['shop-1', 'shop-2', 'shop-3'],
      details: { zone: '001' },
      at: '2026-01-01T00:00:00.000Z',
      occurredAt,
      state: 'open',
      verification: { status: 'unverified' },
      repeats: { count: 0 },
    });
    expect(h.live.alarms()).toEqual([alarm]);
    expect(h.live.alarm(alarm.id)).toEqual(alarm);
    expect(told()).toEqual([alarm]);
    expect(h.kinds()).toEqual(['alarm.raised']);
    h.restart();
    expect(h.live.alarms()).toEqual([alarm]);
  });

  it('is the same alarm when it has the same key, also after a restart', () => {
    const { id } = h.live.raise(PANEL, HOLD_UP);
    h.restart();
    expect(h.live.raise(PANEL, HOLD_UP)).toMatchObject({ id, repeats: { count: 1 } });
    expect(h.live.alarms()).toHaveLength(1);
  });

  it.each<[string, Partial<AlarmReport>]>([
    ['key', { key: 'zone-2' }],
    ['source', { source: { type: 'dc09', id: '1410' } }],
    ['kind of source', { source: { type: 'webhook', id: '1409' } }],
    ['site', { site: 'square' }],
  ])('is another alarm when it has another %s', (_, other) => {
    const first = h.live.raise(PANEL, HOLD_UP);
    const second = h.live.raise(PANEL, { ...HOLD_UP, ...other });
    expect(second.id).not.toBe(first.id);
  });

  it('is shown with what it was told before when it is over', () => {
    const { id } = h.live.raise(PANEL, HOLD_UP);
    h.clock.advance(5_000);
    const restored = h.live.raise(PANEL, { ...HOLD_UP, restored: true });
    expect(restored).toMatchObject({ id, state: 'open', restoredAt: '2026-01-01T00:00:05.000Z' });
    const again = h.live.raise(PANEL, HOLD_UP);
    expect(again.restoredAt).toBeUndefined();
  });

  it('calls nobody when it is over before it was told of', () => {
    const alarm = h.live.raise(PANEL, { ...HOLD_UP, restored: true });
    expect(alarm).toMatchObject({ state: 'ended', endedBy: 'panel-1' });
    expect(h.live.raise(PANEL, HOLD_UP).id).not.toBe(alarm.id);
  });

  it.each<[string, Partial<AlarmReport>, string]>([
    ['a site that is not configured', { site: 'nowhere' }, 'unknown-site'],
    ['a camera that is not configured', { cameras: ['shop-9'] }, 'unknown-camera'],
    ['a priority that there is not', { priority: 6 }, 'invalid-request'],
    ['no text', { text: { nl: ' ', en: 'x' } }, 'invalid-request'],
    ['a time that is none', { occurredAt: 'yesterday' }, 'invalid-request'],
    ['half a character', { details: { text: '\ud800' } }, 'invalid-request'],
    ['very much', { details: { text: 'x'.repeat(501) } }, 'invalid-request'],
  ])('is refused with %s, and nothing is written', (_, wrong, code) => {
    expect(codeThrownBy(() => h.live.raise(PANEL, { ...HOLD_UP, ...wrong }))).toBe(code);
    expect(h.kinds()).toEqual([]);
  });

  it('of many sources at the same time is written together', () => {
    const all = Array.from({ length: 32 }, (_, index) => ({
      actor: PANEL,
      report: { ...HOLD_UP, source: { type: 'dc09', id: `${1_000 + index}` } as const },
    }));
    const writes = () => h.journal.writes.length;
    h.live.raiseTogether(all);
    expect(writes()).toBe(1);
    expect(h.live.alarms().map(({ source }) => source)).toEqual(
      all.map(({ report }) => report.source),
    );
    for (const { actor, report } of all) h.live.raise(actor, { ...report, restored: true });
    h.clock.advance(60_000);
    const before = writes();
    h.live.raiseTogether(all);
    expect(writes() - before).toBe(1);
    expect(new Set(h.live.alarms().map(({ repeats }) => repeats.count))).toEqual(new Set([1]));
  });

  it('of many is bounded when it is told together, too', () => {
    const told = (index: number) => ({ actor: PANEL, report: { ...HOLD_UP, key: `k-${index}` } });
    for (let index = 0; index < 40; index += 1) h.live.raiseTogether([told(index)]);
    h.clock.advance(30_000);
    const storm = h.live.alarms().filter(({ source }) => source.type === 'gateway');
    expect(storm).toMatchObject([{ repeats: { count: 7 } }]);
  });

  it('is not taken when it cannot be journalled', () => {
    h.journal.full = true;
    expect(codeThrownBy(() => h.live.raise(PANEL, HOLD_UP))).toBe('journal-unwritable');
    expect(h.live.alarms()).toEqual([]);
    expect(told()).toEqual([]);
  });
});
