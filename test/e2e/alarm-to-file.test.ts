/**
 * One incident from the alarm to the closed file, on a gateway at work: a panel that encrypts, virtual
 * cameras, an operator and two control rooms as clients of the API and the live socket, and afterwards
 * an auditor with nothing but an exported file.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readEgress } from '../../src/cli/journal-egress.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { Entry } from '../../src/journal/record.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import type { AlarmView, IncidentView } from '../../src/server/views.ts';
import { VirtualPanel } from '../../src/simulator/panel/panel.ts';
import { Auditor } from '../support/auditor.ts';
import { runCli } from '../support/cli.ts';
import { OnvifCaller } from '../support/onvif-caller.ts';
import { Party } from '../support/party.ts';
import { colourOf, plain } from '../support/pictures.ts';
import { ServeRun } from '../support/serve.ts';
import { SimulateRun } from '../support/simulate.ts';
import { until } from '../support/until.ts';
import { centreConfig, DOME, ENV, FRONT, PANEL_KEY } from './alarm-to-file/centre.ts';

jest.setTimeout(240_000);

/** What only the police may know; the owner of the shop reads none of it. */
const POLICE_NOTE = 'the brother of the suspect drives a grey van';
const REASON = 'we are looking at the back door ourselves';
const CLOSING_NOTE = 'two arrested at the tram stop';

let cameras: SimulateRun;
let run: ServeRun;
let panel: VirtualPanel;
let dome: OnvifCaller;
let operator: Party;
let rotterdam: Party;
let denHaag: Party;

let alarm: AlarmView;
let incident: string;
let plan: string;
/** A request of Den Haag that nobody decides on. */
let undecided: LiveRequest;

beforeAll(async () => {
  cameras = await SimulateRun.start(['--cameras', '2', '--looped']);
  run = await ServeRun.start({ config: centreConfig(cameras), env: ENV });
  operator = await Party.connect(await run.operator());
  rotterdam = await Party.connect(await run.dispatcher('rotterdam'));
  denHaag = await Party.connect(await run.dispatcher('den-haag'));
  dome = new OnvifCaller(cameras.camera(DOME).onvifUrl, 'liveview', 'virtual');
  panel = new VirtualPanel({
    ...{ clock: systemClock, log: silentLogger, account: '1409', transport: 'tcp' },
    ...{ host: '127.0.0.1', port: (await run.panelPorts()).tcp, secret: PANEL_KEY },
  });
});

afterAll(async () => {
  for (const each of [operator, rotterdam, denHaag]) each?.peer.cut();
  panel?.stop();
  await run?.stop('SIGKILL');
  await cameras?.stop('SIGKILL');
});

const inIncident = (path: string) => `/v1/incidents/${incident}${path}`;
const goto = (pan: number) => ({ action: 'ptz.goto', camera: DOME, args: { pan } }) as const;
const asks = (room: Party, wish: Parameters<Party['asks']>[1]) =>
  room.asks(incident, wish, operator);
const accept = ({ id }: LiveRequest) => operator.call('POST', `/v1/requests/${id}/accept`, {});
/** Nothing that was sent to a control room so far is of the incident. */
const knowsNothing = ({ peer }: Party) =>
  expect(peer.messages.map(({ type }) => type)).toEqual(['welcome']);

describe('an alarm', () => {
  it('comes from a panel that a hold-up button was pressed, and the police know nothing of it', async () => {
    const { reply } = await panel.report({ name: 'hold-up', number: 1 });
    expect(reply).toMatchObject({ kind: 'ACK', isEncrypted: true });
    ({ alarm } = await operator.peer.hears('alarm'));
    expect(alarm).toMatchObject({
      ...{ site: 'jeweller', kind: 'hold-up', priority: 1, cameras: [DOME, FRONT] },
      text: { nl: 'Overvalalarm, zone 1 (Kassa)', en: 'Hold-up alarm, zone 1 (Kassa)' },
      verification: { status: 'unverified' },
    });
    for (const room of [rotterdam, denHaag]) {
      knowsNothing(room);
      expect(await room.call('GET', '/v1/incidents')).toEqual([]);
    }
  });

  it('is looked at, with its cameras, and verified by what they show', async () => {
    await operator.call('POST', `/v1/alarms/${alarm.id}/look`);
    operator.peer.say({ type: 'watch', channel: 0, camera: DOME, quality: 'main' });
    await operator.peer.pictures(10);
    const judged = { status: 'verified', method: 'camera', note: 'two men with a hammer' };
    await operator.call('POST', `/v1/alarms/${alarm.id}/verification`, judged);
    const isIt = (told: { alarm: AlarmView }) => told.alarm.verification.status === 'verified';
    ({ alarm } = await operator.peer.hears('alarm', isIt));
    expect(alarm.verification).toMatchObject({ method: 'camera', by: expect.any(String) });
  });
});

describe('an incident', () => {
  it('is opened from it, and a control room sees nothing before it is shared', async () => {
    const opened = await operator.call<IncidentView>('POST', '/v1/incidents', { alarm: alarm.id });
    incident = opened.id;
    expect(opened).toMatchObject({
      ...{ type: 'robbery', site: 'jeweller', state: 'open', cameras: [DOME, FRONT] },
      alarms: [{ id: alarm.id, verification: { status: 'verified', method: 'camera' } }],
    });
    rotterdam.peer.say({ type: 'watch', channel: 1, camera: DOME, incident });
    await rotterdam.peer.hears('error');
    expect(rotterdam.mediaBytes).toBe(0);
    knowsNothing(denHaag);
  });

  it('is shared with one control room, offered to another that accepts, and both see it', async () => {
    const rights = ['view', 'ptz', 'switch', 'plan'];
    const shared = { cameras: [DOME, FRONT], rights, expiresInMinutes: 30 };
    await operator.call('PUT', inIncident('/grants/rotterdam'), shared);
    await operator.call('PUT', inIncident('/offers/den-haag'), {
      ...{ cameras: [DOME], rights: ['view', 'ptz'], expiresInMinutes: 30 },
    });
    const { offer } = await denHaag.peer.hears('offer');
    expect(offer).toMatchObject({
      ...{ incident, type: 'robbery', site: { name: 'Juwelier Lijnbaan' } },
      alarms: [{ verification: { method: 'camera' } }],
    });
    expect(await denHaag.status(inIncident(''))).toBe(404);
    await denHaag.call('POST', `/v1/offers/${incident}/accept`);
    for (const room of [rotterdam, denHaag]) {
      expect(await room.call('GET', inIncident(''))).toMatchObject({
        ...{ state: 'shared', siteDetails: { address: 'Lijnbaan 1, Rotterdam' } },
      });
      await room.watches(incident, DOME);
    }
  });

  it('has a screen that both follow', async () => {
    for (const room of [rotterdam, denHaag]) room.peer.say({ type: 'follow', incident });
    await operator.call('PUT', inIncident('/screen'), { tiles: [{ camera: DOME }], focus: 0 });
    for (const room of [rotterdam, denHaag]) {
      const screen = await room.peer.hears('screen', ({ tiles }) => tiles.length === 1);
      expect(screen).toMatchObject({ tiles: [{ camera: DOME }], focus: 0 });
    }
  });
});

describe('a request', () => {
  it('is declined, with a reason, and nothing turns', async () => {
    undecided = await asks(denHaag, { action: 'ptz.home', camera: DOME, args: {} });
    const request = await asks(rotterdam, goto(-0.5));
    await operator.call('POST', `/v1/requests/${request.id}/decline`, { reason: REASON });
    expect(await rotterdam.hearsEnd(request, 'declined')).toMatchObject({ reason: REASON });
    expect(await dome.status()).toMatchObject({ pan: 0, moving: false });
  });

  it('is overtaken by a newer one of the same hand, which is accepted, and the camera turns', async () => {
    const first = await asks(rotterdam, goto(-0.5));
    const second = await asks(rotterdam, goto(0.5));
    expect(await rotterdam.hearsEnd(first, 'expired')).toMatchObject({ reasonCode: 'replaced' });
    await accept(second);
    await rotterdam.hearsEnd(second, 'done');
    await until('the camera is there', async () => (await dome.status()).pan > 0.45);
  });

  it('for the camera itself is accepted, and overtaken by the operator', async () => {
    const take = await asks(rotterdam, { action: 'ptz.take', camera: DOME, args: {} });
    await accept(take);
    await rotterdam.hearsEnd(take, 'running');
    await denHaag.peer.hears('control', ({ holder }) => holder?.who === 'other');
    await operator.call('POST', `/v1/cameras/${DOME}/ptz`, { action: 'ptz.take' });
    expect(await rotterdam.hearsEnd(take, 'failed')).toMatchObject({ reasonCode: 'taken-over' });
    await rotterdam.peer.hears('control', ({ holder }) => holder?.who === 'centre');
    await operator.call('POST', `/v1/cameras/${DOME}/release`, {});
    await rotterdam.peer.hears('control', ({ holder }) => holder === null);
  });

  it('for another camera on the screen is accepted, and both control rooms see it there', async () => {
    const request = await asks(rotterdam, {
      ...{ action: 'camera.switch', args: { tile: 0, camera: FRONT } },
    });
    await accept(request);
    await rotterdam.hearsEnd(request, 'done');
    const isFront = ({ tiles }: { tiles: readonly object[] }) =>
      JSON.stringify(tiles) === JSON.stringify([{ camera: FRONT }]);
    await rotterdam.peer.hears('screen', isFront);
    await rotterdam.watches(incident, FRONT);
  });

  it('expires when nobody decides', async () => {
    expect(await denHaag.hearsEnd(undecided, 'expired')).toMatchObject({ reasonCode: 'expired' });
    expect((await dome.status()).pan).toBeGreaterThan(0.45);
  });
});

describe('a plan', () => {
  const show = ({ caller }: Party) => caller.fetch(inIncident(`/plans/${plan}`));

  it('stays at the centre until it is on the screen', async () => {
    const form = new FormData();
    form.set('site', 'jeweller');
    form.set('name', 'Begane grond');
    const bytes = await plain('png', { width: 400, height: 300 })([20, 160, 40]);
    form.set('file', new Blob([new Uint8Array(bytes)]), 'plan.png');
    const added = await operator.caller.fetch('/v1/plans', { method: 'POST', body: form });
    plan = ((await added.json()) as { id: string }).id;
    expect(await operator.status(`/v1/plans/${plan}/content`)).toBe(200);
    for (const room of [rotterdam, denHaag]) expect((await show(room)).status).toBe(404);
  });

  it('is asked for and shown, and its bytes arrive at whoever may see plans', async () => {
    const request = await asks(rotterdam, { action: 'plan.show', args: { tile: 1, plan } });
    expect((await show(rotterdam)).status).toBe(404);
    await accept(request);
    await rotterdam.peer.hears('screen', ({ tiles }) => tiles.some((tile) => 'plan' in tile));
    const answer = await show(rotterdam);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(await colourOf(Buffer.from(await answer.arrayBuffer()))).toEqual([20, 160, 40]);
    expect((await show(denHaag)).status).toBe(404);
  });
});

describe('the end', () => {
  it('is withdrawal from one control room, which gets nothing more, while the other does', async () => {
    await rotterdam.call('POST', inIncident('/notes'), { text: POLICE_NOTE });
    await operator.call('DELETE', inIncident('/grants/den-haag'));
    await denHaag.peer.hears('ended', ({ code }) => code === 'grant-withdrawn');
    const bytes = denHaag.mediaBytes;
    await rotterdam.peer.pictures(25, 1);
    await operator.peer.pictures(25);
    expect(denHaag.mediaBytes).toBe(bytes);
    expect(await denHaag.status(inIncident(''))).toBe(404);
    expect(await rotterdam.call('GET', inIncident(''))).toMatchObject({ state: 'shared' });
  });

  it('waits for what has to be done before: one step is done, another is explained', async () => {
    const closing = operator.call('POST', inIncident('/close'), { outcome: 'handed-over' });
    await expect(closing).rejects.toThrow(/409 .*"steps-open"/);
    await operator.call('PUT', inIncident('/steps/keyholder'), { state: 'done' });
    const note = 'the police keep the place shut until tomorrow';
    await operator.call('PUT', inIncident('/steps/panel'), { state: 'explained', note });
  });

  it('is the closing of the incident: everything ends, and the camera goes home', async () => {
    await operator.call('POST', inIncident('/close'), {
      outcome: 'handed-over',
      note: CLOSING_NOTE,
    });
    await rotterdam.peer.hears('ended', ({ code }) => code === 'incident-closed');
    const bytes = rotterdam.mediaBytes;
    await operator.peer.pictures(25);
    expect(rotterdam.mediaBytes).toBe(bytes);
    for (const path of ['', `/plans/${plan}`]) {
      expect(await rotterdam.status(inIncident(path))).toBe(404);
    }
    expect(await operator.call('GET', `/v1/alarms/${alarm.id}`)).toMatchObject({ state: 'ended' });
    expect(await operator.call('GET', inIncident(''))).toMatchObject({
      ...{ state: 'closed', outcome: 'handed-over', grants: [] },
    });
    await until('the camera is home', async () => {
      const { pan, moving } = await dome.status();
      return pan === 0 && !moving;
    });
  });
});

describe('the file', () => {
  const report = async (form: string, language: string) =>
    (await operator.caller.fetch(inIncident(`/report?form=${form}&language=${language}`))).text();

  it.each([
    ['nl', ['Overvalalarm, zone 1 (Kassa)', 'geweigerd', 'verlopen', 'ingetrokken']],
    ['en', ['Hold-up alarm, zone 1 (Kassa)', 'declined', 'expired', 'withdrawn']],
  ])('is told in full, %s', async (language, words) => {
    const text = await report('full', language);
    for (const said of [
      ...['Juwelier Lijnbaan', 'Rotterdam', 'Den Haag', REASON, POLICE_NOTE, CLOSING_NOTE],
      ...words,
    ]) {
      expect(text).toContain(said);
    }
  });

  it.each(['nl', 'en'])('is told to the owner without data of the police, %s', async (language) => {
    const text = await report('short', language);
    expect(text).toContain('Lijnbaan 1, Rotterdam');
    for (const hidden of [
      ...['dispatcher', 'operator-', 'Den Haag', 'den-haag', REASON, POLICE_NOTE, CLOSING_NOTE],
      ...['hammer', 'Meldkamer', 'Begane grond'],
    ]) {
      expect(text).not.toContain(hidden);
    }
  });

  it('has every act of it, and holds', async () => {
    const entries = await (await run.auditor()).call<Entry[]>(
      'GET',
      `/v1/journal?incident=${incident}&limit=1000`,
    );
    const kinds = new Set(entries.map(({ kind }) => kind));
    for (const kind of [
      ...['incident.opened', 'incident.updated', 'incident.closed', 'step.done', 'step.explained'],
      ...['grant.given', 'offer.made', 'offer.accepted', 'grant.withdrawn', 'screen.set'],
      ...['viewing.started', 'viewing.ended', 'desk.intent', 'desk.outcome', 'control.taken'],
      ...['request.made', 'request.declined', 'request.accepted', 'request.expired'],
      ...['return.ended', 'plan.disclosed'],
    ]) {
      expect(kinds).toContain(kind);
    }
    // The ground of it too: the alarm, who looked at it, and how it was verified.
    expect(entries.find(({ kind }) => kind === 'incident.opened')?.data['ground']).toMatchObject({
      ...{ kind: 'hold-up', source: { type: 'dc09' }, at: expect.any(String) },
      looked: { by: expect.any(String), at: expect.any(String) },
      verification: { status: 'verified', method: expect.any(String) },
    });
    for (const { peer } of [operator, rotterdam, denHaag]) peer.cut();
    expect(await run.stop()).toBe(0);
    expect(await journal('verify')).toMatchObject({ code: 0 });
  });

  it('is verified by an auditor who has an export and a key, by two programs', async () => {
    const auditor = new Auditor();
    const key = auditor.keep('key.pem', (await journal('key')).stdout);
    const whole = (await journal('export')).stdout;
    const part = (await journal('export', '--incident', incident)).stdout;
    const spoilt = part.replace(POLICE_NOTE, 'all is well');
    expect(spoilt).not.toBe(part);
    const verdicts = [whole, part, spoilt].map((text, index) =>
      auditor.verdicts(auditor.keep(`${index}.jsonl`, text), key),
    );
    expect(await Promise.all(verdicts)).toEqual([
      [0, 0],
      [0, 0],
      [6, 6],
    ]);
  });

  it('holds against what left the gateway, counted at its sockets, and arrived', async () => {
    const folder = join(run.dataDir, 'egress');
    const { code, stdout } = await journal('verify', '--egress', folder, '--json');
    expect([code, JSON.parse(stdout).egress]).toMatchObject([0, { ok: true, faults: [] }]);
    const { flows } = readEgress(folder);
    for (const { controlRoom, bytes } of [
      { controlRoom: 'rotterdam', bytes: rotterdam.mediaBytes },
      { controlRoom: 'den-haag', bytes: denHaag.mediaBytes },
    ]) {
      const own = flows.filter(({ about }) => about.controlRoom === controlRoom);
      const watched = own.filter(({ about }) => about.camera !== undefined);
      expect(watched.reduce((sum, flow) => sum + flow.bytes, 0)).toBe(bytes);
    }
  });

  const journal = (...args: string[]) => runCli(['journal', ...args, '--data-dir', run.dataDir]);
});
