import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Incident } from '../../src/liveview/model.ts';
import { incidentAnswer } from '../../src/server/incident-schemas.ts';
import { requestAnswer, siteAnswer } from '../../src/server/schemas.ts';
import { Harness, OPERATOR } from './harness.ts';

describe('the HTTP API', () => {
  let harness: Harness;
  beforeAll(async () => {
    const ptz = { continuous: { panTilt: true, zoom: true }, home: true, presets: [] };
    harness = await new Harness({
      deps: { ptz: (camera) => (camera === 'shop-1' ? ptz : null) },
    }).start();
  });
  afterAll(() => harness.stop());

  const centre = async (method: string, path: string, json?: unknown) => {
    const token = harness.token('supervisor');
    const response = await harness.fetch('centre', path, { method, token, json });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), ...parsed(text) };
  };
  const police = async (path: string, room = 'rotterdam') => {
    const token = harness.token('dispatcher', room);
    const response = await harness.fetch('police', path, { token });
    return { status: response.status, ...parsed(await response.text()) };
  };
  const parsed = (text: string) => ({ text, body: text === '' ? undefined : JSON.parse(text) });
  const open = async () =>
    (
      await centre('POST', '/v1/incidents', {
        ...{ type: 'robbery', site: 'jeweller', summary: 'overval', cameras: ['shop-1'] },
      })
    ).body;

  it('carries an incident from its opening to its end', async () => {
    const opened = await centre('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'jeweller', summary: 'overval', cameras: ['shop-1'] },
    });
    expect(opened.status).toBe(201);
    const { id } = incidentAnswer.parse(opened.body);
    const path = `/v1/incidents/${id}`;
    const steps: [string, string, unknown, object][] = [
      ['PATCH', path, { counts: { robbers: 2 }, note: 'one armed', priority: 1 }, { priority: 1 }],
      ['PUT', `${path}/screen`, { tiles: [{ camera: 'shop-1' }], focus: 0 }, { state: 'open' }],
      [
        'PUT',
        `${path}/grants/rotterdam`,
        { cameras: ['shop-1'], rights: ['view', 'ptz'], expiresInMinutes: 5 },
        { grants: [expect.objectContaining({ controlRoom: 'rotterdam' })] },
      ],
      ['GET', path, undefined, { counts: { robbers: 2 }, screen: { focus: 0 } }],
      ['DELETE', `${path}/grants/rotterdam`, undefined, { grants: [] }],
      ['POST', `${path}/close`, { outcome: 'handed-over', note: 'x' }, { state: 'closed' }],
    ];
    for (const [method, at, json, expected] of steps) {
      const { status, body } = await centre(method, at, json);
      expect([method, at, status]).toEqual([method, at, 200]);
      expect(incidentAnswer.parse(body)).toMatchObject({ id, ...expected });
    }
    const late = await centre('PATCH', path, { note: 'too late' });
    expect([late.status, late.body.code]).toEqual([409, 'incident-closed']);
  });

  it('shows a control room what is shared with it, and nothing else', async () => {
    const { id } = await open();
    const cameras = ['shop-1'];
    await centre('PUT', `/v1/incidents/${id}/grants/rotterdam`, { cameras, rights: ['view'] });
    await centre('PUT', `/v1/incidents/${id}/grants/den-haag`, {
      ...{ cameras: ['shop-2'], rights: ['view'] },
    });
    const { body } = await police(`/v1/incidents/${id}`);
    expect(incidentAnswer.parse(body)).toMatchObject({
      cameras,
      grants: [expect.objectContaining({ controlRoom: 'rotterdam' })],
      siteDetails: { name: 'Juwelier', address: 'Lijnbaan 1' },
      cameraDetails: [expect.objectContaining({ id: 'shop-1', name: 'Winkel' })],
    });
    expect(JSON.stringify(body)).not.toMatch(/den-haag|shop-2/);
    expect((await police('/v1/incidents')).body).toHaveLength(1);
    await centre('DELETE', `/v1/incidents/${id}/grants/rotterdam`);
    expect((await police('/v1/incidents')).body).toEqual([]);
    const [hidden, nothing] = [
      await police(`/v1/incidents/${id}`),
      await police('/v1/incidents/x'),
    ];
    expect([hidden.status, hidden.text]).toEqual([404, nothing.text]);
  });

  it('names the other cameras of the site to a control room that may ask for them, and to no other', async () => {
    const { id } = await open();
    const share = (rights: string[]) =>
      centre('PUT', `/v1/incidents/${id}/grants/rotterdam`, { cameras: ['shop-1'], rights });
    await share(['view', 'switch']);
    const neighbours = (await police(`/v1/incidents/${id}`)).body.neighbours;
    expect(neighbours).toEqual([{ id: 'shop-2', name: expect.any(String) }]);
    await share(['view', 'ptz']);
    expect((await police(`/v1/incidents/${id}`)).body.neighbours).toEqual([]);
  });

  it('keeps the instructions of a site from the police', async () => {
    const { body } = await centre('POST', '/v1/incidents', {
      ...{ type: 'disturbance', site: 'square', cameras: ['square-1'] },
    });
    const terms = { cameras: ['square-1'], rights: ['view'] };
    await centre('PUT', `/v1/incidents/${body.id}/grants/rotterdam`, terms);
    expect(body.siteDetails.instructions).toBe('gate code 1234');
    expect((await police(`/v1/incidents/${body.id}`)).text).not.toContain('gate code');
  });

  it('lists sites and cameras with what is known of them', async () => {
    const sites = await centre('GET', '/v1/sites');
    expect(
      siteAnswer
        .array()
        .parse(sites.body)
        .map(({ id, cameras }) => [id, cameras]),
    ).toEqual([
      ['jeweller', ['shop-1', 'shop-2']],
      ['square', ['square-1']],
    ]);
    const cameras = await centre('GET', '/v1/cameras');
    expect(
      cameras.body.map(({ id, ptz }: { id: string; ptz: unknown }) => [id, ptz !== null]),
    ).toEqual([
      ['shop-1', true],
      ['shop-2', false],
      ['square-1', false],
    ]);
    expect((await centre('GET', '/v1/cameras/shop-1')).body.name).toBe('Winkel');
    expect((await centre('GET', '/v1/cameras/nothing')).body.code).toBe('unknown-camera');
  });

  it.each([
    ['POST', '/v1/incidents', { type: 'nonsense', site: 'jeweller' }, 400, 'type'],
    ['POST', '/v1/incidents', { type: 'fire', site: 'jeweller', camera: [] }, 400, 'camera'],
    ['POST', '/v1/incidents', { type: 'fire', site: 'nothing' }, 404, 'nothing'],
    ['POST', '/v1/incidents', [], 400, 'body'],
    ['GET', '/v1/requests?state=nonsense', undefined, 400, 'state'],
    ['GET', '/v1/journal?limit=0', undefined, 400, 'limit'],
    ['POST', '/v1/cameras/shop-1/ptz', { action: 'ptz.move', pan: 7 }, 400, 'pan'],
    ['POST', '/v1/cameras/shop-1/ptz', { action: 'ptz.home' }, 422, 'moved'],
    ['POST', `/v1/requests/${'x'.repeat(65)}/accept`, {}, 400, 'id'],
    ['POST', '/v1/requests/nothing/decline', { reason: 'no' }, 404, 'request'],
  ])('answers %s %s %j with %i and names %s', async (method, path, json, status, named) => {
    const answer = await centre(method, path, json);
    expect(answer.status).toBe(status);
    expect(answer.type).toMatch(/^application\/problem\+json\b/);
    expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
    expect(answer.body.detail).toContain(named);
  });

  it.each([
    ['{"type":', 'application/json', 400, 'invalid-json'],
    ['{"__proto__":{"a":1}}', 'application/json', 400, 'invalid-json'],
    ['type=fire', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['hello', 'text/plain', 415, 'unsupported-media-type'],
    [JSON.stringify('x'.repeat(70_000)), 'application/json', 413, 'body-too-large'],
  ])('refuses the body %j as %s', async (body, type, status, code) => {
    const token = harness.token('supervisor');
    const headers = { 'content-type': type };
    const init = { method: 'POST', token, body, headers };
    const response = await harness.fetch('centre', '/v1/incidents', init);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ code }),
    ]);
  });

  it('gives the journal in pages, and its head', async () => {
    const { id } = await open();
    await centre('PATCH', `/v1/incidents/${id}`, { note: 'first' });
    const all = (await centre('GET', `/v1/journal?incident=${id}`)).body;
    expect(all.map(({ kind }: { kind: string }) => kind)).toEqual([
      'incident.opened',
      'incident.updated',
    ]);
    const rest = (await centre('GET', `/v1/journal?after=${all[0].seq}&limit=1`)).body;
    expect(rest).toEqual([all[1]]);
    const head = (await centre('GET', '/v1/journal/head')).body;
    expect(head).toEqual({ seq: all[1].seq, hash: all[1].hash });
  });

  it('shows the notes of one control room to another without their writer', async () => {
    const { id } = await open();
    for (const room of ['rotterdam', 'den-haag']) {
      const terms = { cameras: ['shop-1'], rights: ['view'] };
      await centre('PUT', `/v1/incidents/${id}/grants/${room}`, terms);
      const actor = {
        user: `dispatcher of ${room}`,
        role: 'dispatcher',
        controlRoom: room,
      } as const;
      harness.deps.liveview.updateIncident(actor, id, { note: `seen by ${room}` });
    }
    const notesOf = async (room: string) => {
      const { body } = await police(`/v1/incidents/${id}`, room);
      return incidentAnswer.parse(body).notes.map(({ at: _, ...note }) => note);
    };
    const theirs = { by: 'dispatcher of den-haag', controlRoom: 'den-haag' };
    const ours = { by: 'dispatcher of rotterdam', controlRoom: 'rotterdam' };
    const [first, second] = [{ text: 'seen by rotterdam' }, { text: 'seen by den-haag' }];
    expect(await notesOf('rotterdam')).toEqual([{ ...first, ...ours }, second]);
    expect(await notesOf('den-haag')).toEqual([first, { ...second, ...theirs }]);
    const { body } = await centre('GET', `/v1/incidents/${id}`);
    expect(body.notes).toMatchObject([ours, theirs]);
  });

  it('lists what is under way and the last that are over, and those before page by page', async () => {
    const first = await open();
    const over: string[] = [];
    for (let n = 0; n < 103; n += 1) {
      const { id } = harness.liveview.openIncident(OPERATOR, { type: 'fire', site: 'jeweller' });
      harness.liveview.close(OPERATOR, id, { outcome: 'resolved', note: '' });
      over.push(id);
    }
    const last = await open();
    const list = async (query = ''): Promise<Incident[]> =>
      (await centre('GET', `/v1/incidents${query}`)).body;
    const idsOf = (incidents: Incident[]) => incidents.map(({ id }) => id);

    const newest = idsOf(await list());
    expect(newest.filter((id) => over.includes(id))).toEqual(over.slice(-100));
    expect(newest).toEqual(expect.arrayContaining([first.id, last.id]));
    expect(idsOf(await list(`?before=${over[3]}&limit=2`))).toEqual(over.slice(1, 3));
    const underWay = await list('?limit=0');
    expect(underWay.map(({ state }) => state)).not.toContain('closed');
    expect(idsOf(underWay)).toEqual(expect.arrayContaining([first.id, last.id]));
    for (const query of ['?limit=501', '?limit=-1', '?limit=x', '?before=']) {
      expect((await centre('GET', `/v1/incidents${query}`)).status).toBe(400);
    }
  });

  it('makes a request and finds it again', async () => {
    const { id } = await open();
    const terms = { cameras: ['shop-1'], rights: ['view', 'switch'] };
    await centre('PUT', `/v1/incidents/${id}/grants/rotterdam`, terms);
    const token = harness.token('dispatcher', 'rotterdam');
    const args = { tile: 0, camera: 'shop-2' };
    const json = { incident: id, action: 'camera.switch', args };
    const response = await harness.fetch('police', '/v1/requests', { method: 'POST', token, json });
    expect(response.status).toBe(201);
    const made = requestAnswer.parse(await response.json());
    expect(made.state).toBe('pending');
    const pending = await centre('GET', `/v1/requests?state=pending&incident=${id}`);
    expect(pending.body).toEqual([made]);
    const accepted = await centre('POST', `/v1/requests/${made.id}/accept`, {});
    expect(accepted.body).toMatchObject({ id: made.id, state: 'done' });
    const found = async (limit: number) =>
      (await centre('GET', `/v1/requests?incident=${id}&limit=${limit}`)).body.length;
    expect([await found(1), await found(0)]).toEqual([1, 0]);
  });
});
