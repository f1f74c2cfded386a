import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { colleagueAnswer } from '../../src/server/casework-schemas.ts';
import { incidentAnswer } from '../../src/server/incident-schemas.ts';
import { until } from '../support/until.ts';
import { DIRECTORY, Harness, OPERATOR } from './harness.ts';

let harness: Harness;
let id: string;
beforeEach(async () => {
  const closingSteps = [
    { id: 'owner', text: { nl: 'Eigenaar gebeld', en: 'Owner called' }, required: true },
  ];
  harness = await new Harness({ directory: { ...DIRECTORY, closingSteps } }).start();
  for (const [username, role] of [
    ['olga', 'operator'],
    ['sanne', 'supervisor'],
    ['ada', 'auditor'],
  ] as const) {
    await harness.addUser(username, role);
  }
  id = harness.liveview.openIncident(OPERATOR, {
    ...{ type: 'robbery', site: 'jeweller', summary: 'two men', cameras: ['shop-1'] },
  }).id;
});
afterEach(() => harness.stop());

type Json = Record<string, unknown>;
const ask = async (
  side: 'centre' | 'police',
  token: string,
  [method, path]: readonly [string, string],
  json?: unknown,
): Promise<{ status: number; body: Json }> => {
  const response = await harness.fetch(side, path, { method, token, json });
  return { status: response.status, body: JSON.parse(await response.text()) as Json };
};
const centre = (method: string, path: string, json?: unknown, role = 'operator' as const) =>
  ask('centre', harness.token(role), [method, path], json);
const supervisor = (method: string, path: string, json?: unknown) =>
  ask('centre', harness.token('supervisor'), [method, path], json);
const police = (method: string, path: string, json?: unknown) =>
  ask('police', harness.token('dispatcher', 'rotterdam'), [method, path], json);
const of = (rest: string) => `/v1/incidents/${id}${rest}`;
const share = () =>
  harness.liveview.grant(OPERATOR, id, 'rotterdam', { cameras: ['shop-1'], rights: ['view'] });

describe('the running log', () => {
  it('is written and read on both sides', async () => {
    share();
    await centre('POST', of('/notes'), { text: 'one knife' });
    const written = await police('POST', of('/notes'), { text: 'a car is on its way' });
    expect(incidentAnswer.parse(written.body)).toMatchObject({
      cameras: ['shop-1'],
      notes: [{ text: 'one knife' }, { text: 'a car is on its way', controlRoom: 'rotterdam' }],
    });
    const read = await police('POST', of('/read'), { upTo: 2 });
    expect(read).toMatchObject({ status: 200, body: { reads: [{ upTo: 2 }] } });
    expect((await centre('GET', of(''))).body).toMatchObject({
      reads: [{ user: 'dispatcher-rotterdam', controlRoom: 'rotterdam', upTo: 2 }],
    });
  });

  it('is as nothing to a control room with which the incident is not shared', async () => {
    const note = await police('POST', of('/notes'), { text: 'hello?' });
    expect(note).toMatchObject({ status: 404, body: { code: 'not-shared' } });
    const nowhere = await police('POST', '/v1/incidents/inc_none/read', { upTo: 1 });
    const read = await police('POST', of('/read'), { upTo: 1 });
    expect(read).toEqual({
      ...nowhere,
      body: { ...nowhere.body, instance: read.body['instance'] },
    });
  });

  it('changes nothing else for a control room', async () => {
    share();
    expect((await police('PATCH', of(''), { note: 'x' })).status).toBe(404);
  });
});

describe('a hand-over', () => {
  it('is offered to those who can take it', async () => {
    const { body } = await centre('GET', '/v1/colleagues');
    expect(colleagueAnswer.array().parse(body)).toEqual([
      { user: 'olga', role: 'operator' },
      { user: 'sanne', role: 'supervisor' },
    ]);
    for (const to of ['ada', 'nobody']) {
      const refused = await supervisor('PUT', of('/handover'), { to });
      expect(refused).toMatchObject({ status: 404, body: { code: 'unknown-colleague' } });
    }
  });

  it('is answered, and taken by a supervisor alone', async () => {
    const refused = await centre('POST', of('/handover/take'), {});
    expect(refused).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    const taken = await supervisor('POST', of('/handover/take'), { note: 'shift change' });
    expect(taken).toMatchObject({ status: 200, body: { responsible: 'supervisor' } });
    const offered = await supervisor('PUT', of('/handover'), { to: 'OLGA' });
    expect(incidentAnswer.parse(offered.body).handover).toMatchObject({
      ...{ from: 'supervisor', to: 'olga', state: 'offered' },
    });
    const other = await centre('POST', of('/handover/accept'), {});
    expect(other).toMatchObject({ status: 409, body: { code: 'not-offered-to-you' } });
    const decline = await centre('POST', of('/handover/decline'), { reason: 'no' });
    expect(decline.status).toBe(409);
    const back = await supervisor('DELETE', of('/handover'));
    expect(back.body).toMatchObject({ handover: { state: 'withdrawn' } });
    const again = await supervisor('DELETE', of('/handover'));
    expect(again).toMatchObject({ status: 409, body: { code: 'handover-ended' } });
  });
});

describe('steps before closing', () => {
  it('block it, and are shown and marked at the centre alone', async () => {
    share();
    const blocked = await centre('POST', of('/close'), { outcome: 'resolved' });
    expect(blocked).toMatchObject({ status: 409, body: { code: 'steps-open' } });
    expect((await police('GET', of(''))).body).not.toHaveProperty('closingSteps');
    const bare = await centre('PUT', of('/steps/owner'), { state: 'explained' });
    expect(bare).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    const explained = await centre('PUT', of('/steps/owner'), {
      ...{ state: 'explained', note: 'no answer' },
    });
    expect(incidentAnswer.parse(explained.body).closingSteps).toMatchObject([
      { id: 'owner', required: true, state: 'explained', by: 'operator', note: 'no answer' },
    ]);
    expect((await centre('PUT', of('/steps/none'), { state: 'done' })).body).toMatchObject({
      code: 'unknown-step',
    });
    const closed = await centre('POST', of('/close'), { outcome: 'resolved' });
    expect(closed).toMatchObject({ status: 200, body: { state: 'closed' } });
  });
});

describe('the live socket', () => {
  it('tells a control room of notes and of what the centre has read, as it happens', async () => {
    share();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    await centre('POST', of('/notes'), { text: 'one knife' });
    await centre('POST', of('/read'), { upTo: 1 });
    await until('the socket tells of it', () =>
      socket.received.some((each) => each.type === 'incident' && each.incident.reads),
    );
    expect(socket.received.filter(({ type }) => type === 'incident').at(-1)).toMatchObject({
      incident: { notes: [{ text: 'one knife' }], reads: [{ user: 'operator', upTo: 1 }] },
    });
  });
});
