import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/journal/record.ts';
import type { ReportOptions } from '../../src/report/context.ts';
import { fullReport } from '../../src/report/full-report.ts';
import { Gathering, type IncidentRecord } from '../../src/report/incident-record.ts';
import { shortReport } from '../../src/report/short-report.ts';
import { togetherUs } from '../../src/report/viewed.ts';
import { HOLD_UP, PANEL } from '../liveview/alarm-reports.ts';
import { DISPATCHER, Harness, OPERATOR, SECOND_OPERATOR } from '../liveview/harness.ts';

/** What a report says is from the entries of the incident alone: nothing of it is asked of a gateway. */
describe('a report of nothing but the entries of an incident', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(async () => {
    await h.live.stop();
    h.dispose();
  });

  const entries = (): Entry[] => [...h.journal.read({ incident: h.incident })];
  function record(): IncidentRecord {
    const gathering = new Gathering(h.incident);
    for (const entry of entries()) gathering.add(entry);
    return gathering.record();
  }
  const options = (language: ReportOptions['language'] = 'en'): ReportOptions => ({
    ...{ language, centreName: 'Centre', timeZone: 'UTC', alarms: [] },
    names: {
      camera: () => undefined,
      site: () => undefined,
      controlRoom: () => undefined,
      plan: (id) => (id === 'plan_1' ? 'Ground floor' : undefined),
    },
    madeUnixUs: h.clock.unixUs(),
  });
  const page = (language?: ReportOptions['language']) =>
    [...fullReport(record(), options(language))].join('');
  const shortPage = () => [...shortReport(record(), options())].join('');

  it('has the alarm, who looked at it and since when, and how it was verified', () => {
    const { id } = h.live.raise(PANEL, HOLD_UP);
    h.clock.advance(4_000);
    h.live.judging.look(OPERATOR, id);
    h.clock.advance(6_000);
    h.live.judging.judge(OPERATOR, id, { status: 'verified', method: 'camera', note: 'masked' });
    h.clock.advance(2_000);
    h.incident = h.live.openIncident(OPERATOR, { alarm: id }).id;
    expect(record().alarms).toMatchObject([
      {
        ...{ id, kind: 'hold-up', at: '2026-01-01T00:00:00.000Z', source: HOLD_UP.source },
        looked: { by: 'olga', at: '2026-01-01T00:00:04.000Z' },
        verification: { status: 'verified', method: 'camera', by: 'olga' },
      },
    ]);
    const text = page();
    expect(text).toContain('looked at by olga from 00:00:04');
    expect(text).toMatch(/alarm verified<\/td><td class="time">00:00:10/);
    expect(page('nl')).toContain('bekeken door olga vanaf 00:00:04');
    expect(shortPage()).not.toContain('olga');
  });

  it('has what became of an alarm after the incident got it', () => {
    h.incident = h.opened().id;
    const first = h.live.raise(PANEL, HOLD_UP).id;
    const second = h.live.raise(PANEL, { ...HOLD_UP, key: '2' }).id;
    for (const each of [first, second]) h.live.judging.link(OPERATOR, each, h.incident);
    h.live.judging.look(SECOND_OPERATOR, first);
    h.live.judging.judge(SECOND_OPERATOR, first, { status: 'false', cause: 'mistake' });
    h.live.judging.look(OPERATOR, second);
    h.live.judging.letGo(OPERATOR, second);
    expect(record().alarms).toMatchObject([
      { verification: { status: 'false', cause: 'mistake', by: 'otto' } },
      { looked: { by: 'olga' }, verification: { status: 'unverified' } },
    ]);
  });

  it('says what exactly was asked, shown, changed and agreed', async () => {
    h.shared();
    h.live.grant(OPERATOR, h.incident, 'rotterdam', {
      ...{ cameras: ['shop-1', 'shop-2'], rights: ['view', 'ptz', 'switch'], expiresInMinutes: 10 },
    });
    h.live.casework.grants.extend(OPERATOR, h.incident, 'rotterdam', 30);
    const { id } = h.ask(DISPATCHER, 'ptz.preset', { preset: '3' });
    await h.live.accept(OPERATOR, id);
    h.ask(DISPATCHER, 'ptz.move', { pan: -0.5, tilt: 0, zoom: 1 });
    h.live.updateIncident(OPERATOR, h.incident, { priority: 2, counts: { robbers: 3 } });
    h.live.setScreen(OPERATOR, h.incident, { tiles: [{ camera: 'shop-2' }], focus: null });
    const like = entries()[0] as Entry;
    const data = { plan: 'plan_1', name: 'Ground floor', sha256: '', bytes: 2_000 };
    const shown: Entry = { ...like, kind: 'plan.disclosed', actor: DISPATCHER, data };
    const gathering = new Gathering(h.incident);
    for (const entry of [...entries(), shown]) gathering.add(entry);
    const text = [...fullReport(gathering.record(), options())].join('');
    for (const said of [
      ...['go to a preset: preset 3', 'pan -0.5, zoom 1', 'Priority 2', 'suspects 3'],
      ...['plan to a control room: Ground floor', '<td>Ground floor</td>', '2 kB'],
      'screen composed: shop-2',
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toMatch(/request accepted: [^<]*preset 3/);
    expect(text).toMatch(/<td class="time">00:30:00<\/td>\s*<td class="time"><\/td>\s*<td>goes on/);
  });

  it('has the first picture of a control room when it left, and none where none did', () => {
    h.shared();
    const watch = () => {
      const permit = h.live.gate.permit('rotterdam', h.incident, 'shop-1');
      const about = { camera: 'shop-1', incident: h.incident, permit };
      return h.live.viewings.begin(DISPATCHER, about);
    };
    const without = watch();
    h.clock.advance(5_000);
    const seeing = watch();
    h.clock.advance(10_000);
    without.end({ bytes: 0, pictures: 0, dropped: 0, reason: 'left' });
    seeing.end({ bytes: 9, pictures: 2, dropped: 0, firstPictureMs: 1_500, reason: 'left' });
    return Promise.resolve().then(() => {
      expect(page()).toMatch(/first picture to a control room<\/td><td class="time">00:00:06/);
    });
  });

  it('counts in the short one how long a camera was watched, however many watched it', async () => {
    h.shared();
    const watch = () => {
      const permit = h.live.gate.permit('rotterdam', h.incident, 'shop-1');
      const about = { camera: 'shop-1', incident: h.incident, permit };
      return h.live.viewings.begin(DISPATCHER, about);
    };
    const [first] = [watch(), watch()];
    h.clock.advance(20_000);
    first?.end({ bytes: 9, pictures: 2, dropped: 0, reason: 'left' });
    await Promise.resolve();
    h.clock.advance(10_000);
    expect(shortPage()).toContain('<td class="number">30 s</td>');
  });
});

it.each<[string, [number, number?][], number]>([
  ['nothing', [], 0],
  ['one that ended', [[10, 20]], 10],
  ['one that goes on', [[10]], 90],
  ['two after each other', [[10, 20], [30, 40]], 20], // biome-ignore format: one line each
  [
    'two at a time',
    [
      [10, 30],
      [20, 40],
    ],
    30,
  ],
  [
    'one within another, in another order',
    [
      [20, 30],
      [10, 50],
    ],
    40,
  ],
])('the time of %s is counted once', (_, spans, us) => {
  const all = spans.map(([fromUnixUs, untilUnixUs]) => ({
    fromUnixUs,
    ...(untilUnixUs === undefined ? {} : { untilUnixUs }),
  }));
  expect(togetherUs(all, 100)).toBe(us);
});
