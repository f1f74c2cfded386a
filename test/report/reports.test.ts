import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/journal/record.ts';
import type { ReportOptions } from '../../src/report/context.ts';
import * as full from '../../src/report/full-report.ts';
import { Gathering, type IncidentRecord } from '../../src/report/incident-record.ts';
import * as short from '../../src/report/short-report.ts';
import {
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from '../liveview/harness.ts';

const SECRET = 'his brother drives the grey van';

function incidentRecord(id: string, entries: readonly Entry[]): IncidentRecord {
  const gathering = new Gathering(id);
  for (const entry of entries) gathering.add(entry);
  return gathering.record();
}
const fullReport = (...args: Parameters<typeof full.fullReport>) =>
  [...full.fullReport(...args)].join('');
const shortReport = (...args: Parameters<typeof short.shortReport>) =>
  [...short.shortReport(...args)].join('');

describe('an incident as the journal tells it', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.live.stop();
    harness.dispose();
  });

  const entries = (): Entry[] => [...harness.journal.read({ incident: harness.incident })];
  const record = () => incidentRecord(harness.incident, entries());
  const options = (language: ReportOptions['language'] = 'en'): ReportOptions => ({
    ...{ language, centreName: 'Toezichtcentrale Voorbeeld', timeZone: 'Europe/Amsterdam' },
    names: {
      camera: (id) => ({ 'shop-1': 'Shop <front>' })[id],
      site: (id) => (id === 'jeweller' ? { name: 'Juwelier', address: 'Lijnbaan 1' } : undefined),
      controlRoom: (id) => ({ rotterdam: 'Meldkamer Rotterdam' })[id],
    },
    alarms: harness.live.alarms(),
    madeUnixUs: harness.clock.unixUs(),
  });

  /** Two rooms, a movement declined, one accepted, one that nobody decided on, and the end. */
  async function play(): Promise<void> {
    const { live, clock } = harness;
    live.raise(
      { user: 'panel', role: 'source' },
      {
        source: { type: 'dc09', id: '1409' },
        ...{ site: 'jeweller', kind: 'hold-up', priority: 1, key: '1' },
        text: { nl: 'Overvalknop', en: 'Hold-up button' },
      },
    );
    await clock.advanceAsync(5_000);
    harness.incident = live.openIncident(OPERATOR, {
      ...{ type: 'robbery', site: 'jeweller', summary: 'two men', cameras: ['shop-1', 'shop-2'] },
    }).id;
    await clock.advanceAsync(7_000);
    const rights = ['view', 'ptz', 'switch'] as const;
    live.grant(OPERATOR, harness.incident, 'rotterdam', { cameras: ['shop-1'], rights });
    live.grant(OPERATOR, harness.incident, 'den-haag', { cameras: ['shop-2'], rights: ['view'] });
    await clock.advanceAsync(3_000);
    const permit = live.gate.permit('rotterdam', harness.incident, 'shop-1');
    const viewing = live.viewings.begin(DISPATCHER, {
      ...{ camera: 'shop-1', incident: harness.incident, permit },
    });
    live.updateIncident(DISPATCHER, harness.incident, { note: SECRET });
    live.decline(OPERATOR, harness.ask(DISPATCHER).id, 'we need it ourselves');
    await clock.advanceAsync(4_000);
    const asked = harness.ask(DISPATCHER, 'ptz.preset', { preset: '1' });
    await clock.advanceAsync(2_500);
    await live.accept(SECOND_OPERATOR, asked.id);
    harness.ask(DISPATCHER, 'ptz.home', {});
    await clock.advanceAsync(61_000);
    live.withdraw(OPERATOR, harness.incident, 'den-haag');
    const saidByViewer = {
      ...{ reports: 3, delayP50Ms: 42, delayP95Ms: 80, delayMaxMs: 131, decoded: 75, dropped: 0 },
    };
    viewing.end({ bytes: 1_234_567, pictures: 250, dropped: 3, reason: 'left', saidByViewer });
    await clock.advanceAsync(1_000);
    live.close(OPERATOR, harness.incident, { outcome: 'handed-over', note: 'arrested <two>' });
  }

  it('has each share from when to when, and how it ended', async () => {
    await play();
    const shares = record().shares.map(
      ({ controlRoom, cameras, endedBy, untilUnixUs = 0, fromUnixUs }) => [
        ...[controlRoom, cameras.join(), endedBy],
        (untilUnixUs - fromUnixUs) / 1_000_000,
      ],
    );
    expect(shares).toEqual([
      ['rotterdam', 'shop-1', 'incident.closed', 71.5],
      ['den-haag', 'shop-2', 'grant.withdrawn', 70.5],
    ]);
  });

  it('has a share that was offered, widened, reduced and taken from all, act by act', async () => {
    const { live, clock } = harness;
    const { id } = harness.opened();
    harness.incident = id;
    const rights = ['view', 'switch'] as const;
    const { offers, grants } = live.casework;
    offers.make(OPERATOR, id, 'rotterdam', { cameras: ['shop-1', 'shop-2'], rights });
    await clock.advanceAsync(1_000);
    offers.accept(DISPATCHER, id);
    live.grant(OPERATOR, id, 'den-haag', { cameras: ['shop-1'], rights });
    await clock.advanceAsync(1_000);
    const args = { tile: 0, camera: 'shop-3' };
    await live.accept(OPERATOR, harness.ask(DISPATCHER, 'camera.switch', args).id);
    await clock.advanceAsync(1_000);
    grants.withdraw(OPERATOR, id, { camera: 'shop-1' });
    await clock.advanceAsync(1_000);
    grants.withdraw(OPERATOR, id, {});
    const shares = record().shares.map(({ controlRoom, cameras, endedBy, by }) => [
      ...[controlRoom, cameras.join(), endedBy, by],
    ]);
    expect(shares).toEqual([
      ['rotterdam', 'shop-1,shop-2', 'request.accepted', 'daan'],
      ['den-haag', 'shop-1', 'grant.withdrawn', 'olga'],
      ['rotterdam', 'shop-1,shop-2,shop-3', 'grant.withdrawn', 'olga'],
      ['rotterdam', 'shop-2,shop-3', 'grant.withdrawn', 'olga'],
    ]);
    expect(fullReport(record(), options('nl'))).toContain('aanbod aanvaard');
  });

  it('begins with the question of a control room, and ends with its refusal', async () => {
    const { live, clock, directory } = harness;
    const requestable = { by: ['rotterdam'], name: 'Plein' };
    const site = { id: 'square', name: 'square', contacts: [], requestable };
    (directory.sites as Map<string, typeof site>).set('square', site);
    const args = { site: 'square', text: 'a fight', type: 'violence' };
    const ask = () => live.request(DISPATCHER, { incident: null, action: 'view', args });
    const first = ask();
    harness.incident = first.incident ?? '';
    await clock.advanceAsync(2_000);
    live.decline(OPERATOR, first.id, 'nothing there');
    expect(record()).toMatchObject({
      ...{ site: 'square', type: 'violence', summary: 'a fight', opened: undefined },
      closed: { by: 'olga', note: 'nothing there' },
      asked: [{ action: 'view', state: 'declined', by: 'olga', reason: 'nothing there' }],
    });
    const second = ask();
    harness.incident = second.incident ?? '';
    await live.accept(OPERATOR, second.id, { cameras: ['square-1'], rights: ['view'] });
    expect(record()).toMatchObject({
      ...{ opened: { by: 'olga' }, closed: undefined, asked: [{ state: 'done' }] },
      shares: [{ controlRoom: 'rotterdam', cameras: ['square-1'], by: 'olga' }],
    });
    expect(fullReport(record(), options())).toContain('images granted');
  });

  it('has who read which note, who answered for it, and the steps before closing', async () => {
    await harness.live.stop();
    harness.dispose();
    const text = { nl: 'De eigenaar is gebeld', en: 'The owner was called' };
    const closingSteps = [{ id: 'owner', text, required: true }];
    harness = new Harness({ ...directory(), closingSteps });
    const { live, clock } = harness;
    const id = harness.shared();
    const { readings, handovers, steps } = live.casework;
    live.updateIncident(OPERATOR, id, { note: 'one' });
    readings.mark(DISPATCHER, id, 1);
    live.updateIncident(DISPATCHER, id, { note: 'two' });
    await clock.advanceAsync(2_000);
    readings.mark(DISPATCHER, id, 2);
    readings.mark(OPERATOR, id, 2);
    handovers.offer(OPERATOR, id, SECOND_OPERATOR.user);
    handovers.accept(SECOND_OPERATOR, id);
    steps.mark(OPERATOR, id, 'owner', 'done');
    steps.mark(SECOND_OPERATOR, id, 'owner', 'explained', 'nobody answers');
    const told = record();
    const reads = told.notes.map(({ text, reads: all }) => [
      text,
      ...all.map(({ actor, atUnixUs }) => `${actor.user} ${atUnixUs % 60_000_000}`),
    ]);
    expect(reads).toEqual([
      ['one', 'daan 0', 'olga 2000000'],
      ['two', 'daan 2000000', 'olga 2000000'],
    ]);
    expect(told.inCharge.map(({ user }) => user)).toEqual(['olga', 'otto']);
    expect(told.steps).toMatchObject([{ step: 'owner', state: 'explained', by: 'otto' }]);
    const page = fullReport(told, options());
    expect(page).toContain('The owner was called');
    expect(page).toMatch(/In charge<\/dt><dd>olga \(.*\), otto \(/);
    expect(fullReport(told, options('nl'))).toMatch(
      /De eigenaar is gebeld[\s\S]*niet gedaan, toegelicht/,
    );
    expect(shortReport(told, options())).not.toMatch(/\b(otto|daan)\b|nobody answers/);
  });

  it('has who watched which camera, how long, and what they measured', async () => {
    await play();
    const [watched, ...others] = record().watched;
    expect(others).toEqual([]);
    expect(watched).toMatchObject({
      ...{ camera: 'shop-1', actor: DISPATCHER, bytes: 1_234_567, pictures: 250, dropped: 3 },
      ...{ reason: 'left', delayP50Ms: 42, delayP95Ms: 80, delayMaxMs: 131 },
    });
    expect((watched?.untilUnixUs ?? 0) - (watched?.fromUnixUs ?? 0)).toBe(67_500_000);
  });

  it('has every request with its decision, by whom, after how long and why', async () => {
    await play();
    const asked = record().asked.map(({ action, state, by, reason, decidedUnixUs, atUnixUs }) => [
      ...[action, state, by, reason],
      decidedUnixUs === undefined ? undefined : (decidedUnixUs - atUnixUs) / 1_000,
    ]);
    expect(asked).toEqual([
      ['ptz.move', 'declined', OPERATOR.user, 'we need it ourselves', 0],
      ['ptz.preset', 'done', SECOND_OPERATOR.user, undefined, 2_500],
      ['ptz.home', 'expired', undefined, 'nobody decided in time', undefined],
    ]);
    expect([...record().moved.keys()]).toEqual(['shop-1']);
  });

  it.each([
    ['camera.switch', 'done'],
    ['plan.show', 'done'],
    ['ptz.home', 'accepted'],
  ])('has %s as %s when it is accepted, by a person or by policy', (action, state) => {
    harness.shared();
    const like = entries()[0] as Entry;
    const made = (request: string, decided: string) => ({
      ...{ ...like, kind: 'request.made', data: { request, action, args: {}, decided } },
    });
    const accepted = { ...like, kind: 'request.accepted', data: { request: 'by a person' } };
    const all = [made('by policy', 'accepted'), made('by a person', 'pending'), accepted];
    const states = incidentRecord(harness.incident, all).asked.map((each) => each.state);
    expect(states).toEqual([state, state]);
  });

  it('is told in full, in both languages, with every entry of it in the timeline', async () => {
    await play();
    const dutch = fullReport(record(), options('nl'));
    for (const { kind } of entries()) expect(dutch).not.toContain(`<td>${kind}`);
    for (const said of ['<html lang="nl">', 'Overvalknop', 'geweigerd', 'overgedragen', SECRET]) {
      expect(dutch).toContain(said);
    }
    const english = fullReport(record(), options());
    const { user: dispatcher } = DISPATCHER;
    for (const said of [
      ...['<html lang="en">', 'Hold-up button', 'Juwelier', 'Lijnbaan 1', 'armed robbery'],
      ...['we need it ourselves', `${dispatcher} of Meldkamer Rotterdam`, '42 / 80 / 131 ms'],
      ...['1.2 MB', '250 pictures', '3 missed', 'withdrawn', 'handed over'],
    ]) {
      expect(english).toContain(said);
    }
    for (const { seq } of entries()) expect(english).toContain(`<td class="number">${seq}</td>`);
    expect(english).toContain(entries().at(-1)?.hash ?? 'no entry');
  });

  it('is made row by row as it is written, so that a long one lets others have their turn', async () => {
    await play();
    const told = options();
    const named: string[] = [];
    const camera = (id: string) => {
      named.push(id);
      return told.names.camera(id);
    };
    const pieces = full.fullReport(record(), { ...told, names: { ...told.names, camera } });
    const [first] = pieces;
    expect(first).toContain('<!doctype html>');
    expect(named).toEqual([]);
    expect(fullReport(record(), { ...told, names: { ...told.names, camera } })).toContain('Shop');
    expect(named).toContain('shop-1');
  });

  it('counts how long each step took from the alarm', async () => {
    await play();
    const cells = [
      ...fullReport(record(), options()).matchAll(/<td class="number">([\d.:]+ ?s?)<\/td>/g),
    ];
    const spans = cells.map(([, span]) => span);
    // Opened, shared, watched and moved after the alarm; then the incident's end.
    expect(spans.slice(0, 5)).toEqual(['5 s', '12 s', '15 s', '21.5 s', '0:01:24']);
  });

  it('escapes what people and cameras are called and write', async () => {
    await play();
    const text = fullReport(record(), options());
    expect(text).toContain('Shop &lt;front&gt;');
    expect(text).toContain('arrested &lt;two&gt;');
    expect(text).not.toContain('<two>');
    expect(text).not.toMatch(/<script|<img|<link|javascript:|https?:/i);
  });

  it('tells the owner what happened, without anything of the police and without names', async () => {
    await play();
    for (const language of ['nl', 'en'] as const) {
      const text = shortReport(record(), options(language));
      const people = [OPERATOR, SECOND_OPERATOR, DISPATCHER, OTHER_ROOM].map(({ user }) => user);
      for (const hidden of [
        ...people,
        SECRET,
        'otterdam',
        'den-haag',
        'two men',
        'arrested',
        'ourselves',
        'Overvalknop',
        'Hold-up button',
      ]) {
        expect(bodyOf(text)).not.toContain(hidden);
      }
      expect(text).toContain('Shop &lt;front&gt;');
      expect(text).toContain('Juwelier');
      expect(text).toContain(language === 'nl' ? 'overval' : 'hold-up');
      expect(text).toContain(language === 'nl' ? 'met 2 meldkamers' : 'with 2 control rooms');
    }
  });

  it('counts for the owner what overlaps once, and what goes on until now', async () => {
    const { live, clock } = harness;
    harness.shared();
    const permit = live.gate.permit('rotterdam', harness.incident, 'shop-1');
    const watch = () =>
      live.viewings.begin(DISPATCHER, { camera: 'shop-1', incident: harness.incident, permit });
    const first = watch();
    await clock.advanceAsync(10_000);
    watch();
    await clock.advanceAsync(10_000);
    first.end({ bytes: 1_000, pictures: 10, dropped: 0, reason: 'left' });
    await clock.advanceAsync(5_000);
    expect(shortReport(record(), options())).toContain('<td class="number">25 s</td>');
  });

  it('is made of an incident that goes on', () => {
    harness.shared();
    const text = fullReport(record(), options());
    expect(text).toContain('not closed yet');
    expect(text).toContain('goes on');
    expect(shortReport(record(), options())).toContain('goes on');
  });

  it('shows what it does not know as it is', () => {
    harness.shared();
    const strange = {
      ...(entries()[0] as Entry),
      kind: 'incident.sung',
      data: { note: 7, counts: [] },
    };
    const text = fullReport(incidentRecord(harness.incident, [...entries(), strange]), options());
    expect(text).toContain('incident.sung');
  });
});

/** Without the style. */
function bodyOf(page: string): string {
  return page.slice(page.indexOf('</head>'));
}
