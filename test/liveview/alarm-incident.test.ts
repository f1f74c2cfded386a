import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmKind } from '../../src/liveview/alarm-model.ts';
import { motion, raise } from './alarm-reports.ts';
import { codeThrownBy, DISPATCHER, Harness, OPERATOR } from './harness.ts';

describe('an incident that is opened from an alarm', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  it('is what the alarm says, unless told', () => {
    const alarm = raise(h, { cameras: ['shop-2'] });
    const incident = h.live.openIncident(OPERATOR, { alarm: alarm.id });
    expect(incident).toMatchObject({
      type: 'robbery',
      site: 'jeweller',
      summary: 'Overvalknop toonbank',
      cameras: ['shop-2'],
    });
    expect(h.live.alarm(alarm.id)).toMatchObject({ state: 'open', incident: incident.id });
    const other = raise(h, { key: 'zone-2' });
    const told = { type: 'violence', summary: 'a fight', cameras: [], alarm: other.id } as const;
    expect(h.live.openIncident(OPERATOR, told)).toMatchObject({
      type: 'violence',
      summary: 'a fight',
      cameras: [],
    });
  });

  it.each<[AlarmKind, string]>([
    ['burglary', 'burglary'],
    ['fire', 'fire'],
    ['medical', 'medical'],
    ['motion', 'other'],
    ['tamper', 'other'],
  ])('of the kind %s is of the type %s', (kind, type) => {
    const alarm = raise(h, { kind });
    expect(h.live.openIncident(OPERATOR, { alarm: alarm.id }).type).toBe(type);
  });

  it('says that nobody has verified it, and then that somebody has', () => {
    const alarm = raise(h, { occurredAt: '2025-12-31T23:59:59Z', details: { zone: '1' } });
    const { id, alarms } = h.live.openIncident(OPERATOR, { alarm: alarm.id });
    expect(alarms).toEqual([
      {
        id: alarm.id,
        kind: 'hold-up',
        text: alarm.text,
        source: 'dc09',
        at: alarm.at,
        occurredAt: '2025-12-31T23:59:59Z',
        verification: { status: 'unverified' },
      },
    ]);
    h.live.judging.judge(OPERATOR, alarm.id, {
      status: 'verified',
      method: 'camera',
      note: 'they are armed',
    });
    const verification = { status: 'verified', method: 'camera', by: 'olga', at: alarm.at };
    expect(h.live.incident(id)?.alarms?.[0]?.verification).toEqual(verification);
    h.restart();
    expect(h.live.incident(id)?.alarms?.[0]?.verification).toEqual(verification);
  });

  it('tells the control rooms with which it is shared how its alarm was verified', () => {
    const alarm = raise(h);
    const { id } = h.live.openIncident(OPERATOR, { alarm: alarm.id });
    h.live.grant(OPERATOR, id, 'rotterdam', { cameras: ['shop-1'], rights: ['view'] });
    h.live.judging.judge(OPERATOR, alarm.id, { status: 'verified', method: 'several-buttons' });
    expect(h.live.visibleIncident(DISPATCHER, id)?.alarms?.[0]).toMatchObject({
      kind: 'hold-up',
      verification: { status: 'verified', method: 'several-buttons', by: 'olga', at: alarm.at },
    });
  });

  it('ends its alarms when it is closed', () => {
    const first = raise(h);
    const second = raise(h, motion('m'));
    const unrelated = raise(h, { key: 'zone-9' });
    const { id } = h.live.openIncident(OPERATOR, { alarm: first.id });
    h.live.judging.link(OPERATOR, second.id, id);
    expect(h.live.incident(id)?.alarms?.map((each) => each.id)).toEqual([first.id, second.id]);
    h.changes.length = 0;
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    for (const alarm of [first, second]) {
      expect(h.live.alarm(alarm.id)).toMatchObject({ state: 'ended', endedBy: 'olga' });
    }
    expect(h.live.alarm(unrelated.id)?.state).toBe('open');
    const told = h.changes.flatMap((each) => (each.kind === 'alarm' ? [each.alarm.id] : []));
    expect(told).toEqual([first.id, second.id]);
  });

  it('has what was told until its end counted', () => {
    const { id: alarm } = raise(h);
    const { id } = h.live.openIncident(OPERATOR, { alarm });
    for (let index = 0; index < 10; index += 1) raise(h);
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    expect(h.live.alarm(alarm)?.repeats.count).toBe(10);
  });

  it('writes what is done about its alarm as part of it', () => {
    const alarm = raise(h);
    const { id } = h.live.openIncident(OPERATOR, { alarm: alarm.id });
    raise(h);
    h.live.judging.look(OPERATOR, alarm.id);
    const kinds = [...h.journal.read({ incident: id })].map(({ kind }) => kind);
    expect(kinds).toEqual(['incident.opened', 'alarm.repeated', 'alarm.looking']);
  });

  it.each<[string, () => unknown, string]>([
    ['an alarm that is not there', () => openFrom('alarm_none'), 'unknown-alarm'],
    ['an alarm of another site', () => openFrom(raise(h).id, 'square'), 'invalid-request'],
    ['no alarm, and no type', () => h.live.openIncident(OPERATOR, {}), 'invalid-request'],
    [
      'an alarm that has one',
      () => {
        const { id } = raise(h);
        openFrom(id);
        openFrom(id);
      },
      'alarm-linked',
    ],
  ])('is refused for %s', (_, act, code) => {
    expect(codeThrownBy(act)).toBe(code);
  });

  function openFrom(alarm: string, site = 'jeweller') {
    return h.live.openIncident(OPERATOR, { alarm, site });
  }

  it('takes no alarm once it is closed', () => {
    const { id } = h.opened();
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' });
    const alarm = raise(h);
    expect(codeThrownBy(() => h.live.judging.link(OPERATOR, alarm.id, id))).toBe('incident-closed');
    expect(codeThrownBy(() => h.live.judging.link(OPERATOR, alarm.id, 'inc_none'))).toBe(
      'unknown-incident',
    );
  });

  it('has so many alarms and no more', () => {
    const { id } = h.opened();
    for (let index = 0; index < 32; index += 1) {
      h.live.judging.link(OPERATOR, raise(h, { key: `zone-${index}` }).id, id);
    }
    h.clock.advance(10_000);
    const { id: last } = raise(h, { key: 'zone-32' });
    expect(codeThrownBy(() => h.live.judging.link(OPERATOR, last, id))).toBe('not-allowed');
  });
});
