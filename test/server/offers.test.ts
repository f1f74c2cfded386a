import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { incidentAnswer, offerAnswer } from '../../src/server/incident-schemas.ts';
import { requestAnswer, sessionAnswer } from '../../src/server/schemas.ts';
import { DIRECTORY, Harness, OPERATOR } from './harness.ts';

let harness: Harness;
beforeEach(async () => {
  const sites = new Map(DIRECTORY.sites);
  const square = sites.get('square');
  if (square) {
    sites.set('square', {
      ...square,
      contacts: [{ name: 'Beheerder', phone: '+31 10 000 00 00' }],
      requestable: { by: ['rotterdam'], name: 'Schouwburgplein' },
    });
  }
  harness = await new Harness({ directory: { ...DIRECTORY, sites } }).start();
});
afterEach(() => harness.stop());

const centre = async (method: string, path: string, json?: unknown) => {
  const token = harness.token('operator');
  const response = await harness.fetch('centre', path, { method, token, json });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const police = async (method: string, path: string, json?: unknown, room = 'rotterdam') => {
  const token = harness.token('dispatcher', room);
  const response = await harness.fetch('police', path, { method, token, json });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
};
const opened = () =>
  harness.liveview.openIncident(OPERATOR, {
    ...{ type: 'disturbance', site: 'square', summary: 'vechtpartij' },
    cameras: ['square-1'],
  }).id;
const TERMS = { cameras: ['square-1'], rights: ['view', 'switch'] };
const offer = (id: string, room = 'rotterdam') =>
  centre('PUT', `/v1/incidents/${id}/offers/${room}`, TERMS);

describe('what is offered', () => {
  it('is seen by its headline, accepted, and shared from then on', async () => {
    const id = opened();
    const made = await offer(id);
    expect(incidentAnswer.parse(made.body)).toMatchObject({
      state: 'offered',
      offers: [{ controlRoom: 'rotterdam', state: 'pending', minutes: 60 }],
    });
    const listed = await police('GET', '/v1/offers');
    const [headline] = offerAnswer.strict().array().parse(listed.body);
    expect(headline).toMatchObject({
      ...{ incident: id, site: { name: 'Plein' }, summary: 'vechtpartij', offeredBy: 'operator' },
    });
    expect(listed.text).not.toMatch(/square-1|Beheerder|gate code/);
    expect((await police('GET', `/v1/incidents/${id}`)).status).toBe(404);
    const accepted = await police('POST', `/v1/offers/${id}/accept`, {});
    expect(incidentAnswer.parse(accepted.body)).toMatchObject({
      ...{ id, state: 'shared', cameras: ['square-1'] },
      siteDetails: { contacts: [{ name: 'Beheerder' }] },
    });
    expect(accepted.body.offers).toBeUndefined();
    expect((await police('GET', '/v1/offers')).body).toEqual([]);
  });

  it('is declined with a reason that the centre reads', async () => {
    const id = opened();
    await offer(id);
    const declined = await police('POST', `/v1/offers/${id}/decline`, { reason: 'geen eenheid' });
    expect([declined.status, declined.text]).toEqual([204, '']);
    const { body } = await centre('GET', `/v1/incidents/${id}`);
    expect(incidentAnswer.parse(body)).toMatchObject({
      state: 'open',
      offers: [{ state: 'declined', reason: 'geen eenheid', by: 'dispatcher-rotterdam' }],
    });
  });

  it('is taken back, and then is like what never was', async () => {
    const id = opened();
    await offer(id);
    const { body } = await centre('DELETE', `/v1/incidents/${id}/offers/rotterdam`);
    expect(body.offers).toMatchObject([{ state: 'withdrawn' }]);
    const [late, other, nothing] = [
      await police('POST', `/v1/offers/${id}/accept`, {}),
      await police('POST', `/v1/offers/${id}/accept`, {}, 'den-haag'),
      await police('POST', '/v1/offers/inc_nothing/accept', {}),
    ];
    expect(late.status).toBe(404);
    expect([late.text, other.text]).toEqual([nothing.text, nothing.text]);
  });

  it('comes over the live socket, to the control room alone, and so does its end', async () => {
    const [theirs, others] = [
      await harness.live('police', 'dispatcher', 'rotterdam'),
      await harness.live('police', 'dispatcher', 'den-haag'),
    ];
    const id = opened();
    await offer(id);
    await theirs.next('offer', ({ offer: { state } }) => state === 'pending');
    harness.liveview.updateIncident(OPERATOR, id, { priority: 2 });
    await theirs.next('offer', ({ offer: { priority } }) => priority === 2);
    harness.liveview.updateIncident(OPERATOR, id, { note: 'of the centre alone' });
    harness.liveview.casework.grants.withdraw(OPERATOR, id, {});
    const over = await theirs.next('offer', ({ offer: { state } }) => state !== 'pending');
    expect(over.offer).toMatchObject({ incident: id, state: 'withdrawn', priority: 2 });
    expect(theirs.of('offer')).toHaveLength(3);
    expect(theirs.of('incident')).toEqual([]);
    await others.settled();
    expect(others.of('offer')).toEqual([]);
  });

  it('waits for whoever connects later', async () => {
    const id = opened();
    await offer(id);
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    expect((await socket.next('offer')).offer.incident).toBe(id);
  });

  it('is for dispatchers to answer, and for no program', async () => {
    const id = opened();
    await offer(id);
    const token = harness.token('consumer', 'rotterdam');
    const read = await harness.fetch('police', '/v1/offers', { token });
    expect(await read.json()).toHaveLength(1);
    const accept = await harness.fetch('police', `/v1/offers/${id}/accept`, {
      ...{ method: 'POST', token, json: {} },
    });
    expect(accept.status).toBe(404);
  });
});

describe('images that are asked for', () => {
  const ask = (site: string, room = 'rotterdam') => {
    const args = { site, text: 'vechtpartij gemeld', type: 'disturbance' };
    return police('POST', '/v1/requests', { action: 'view', args }, room);
  };

  it('are of sites that the session names', async () => {
    const session = async (room: string) =>
      sessionAnswer.parse((await police('GET', '/v1/session', undefined, room)).body);
    expect((await session('rotterdam')).requestableSites).toEqual([
      { id: 'square', name: 'Schouwburgplein' },
    ]);
    expect((await session('den-haag')).requestableSites).toEqual([]);
  });

  it('are granted by accepting with the terms of a share', async () => {
    const made = await ask('square');
    expect(made.status).toBe(201);
    const request = requestAnswer.parse(made.body);
    expect(request).toMatchObject({ action: 'view', state: 'pending' });
    const bare = await centre('POST', `/v1/requests/${request.id}/accept`, {});
    expect([bare.status, bare.body.code]).toEqual([400, 'invalid-request']);
    const { body } = await centre('POST', `/v1/requests/${request.id}/accept`, TERMS);
    expect(requestAnswer.parse(body).state).toBe('done');
    const shared = await police('GET', `/v1/incidents/${request.incident}`);
    expect(incidentAnswer.parse(shared.body)).toMatchObject({
      ...{ state: 'shared', summary: 'vechtpartij gemeld' },
      requestedBy: { controlRoom: 'rotterdam' },
    });
  });

  it('are declined with a reason that the control room reads, also on its socket', async () => {
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({
      ...{ type: 'request', id: 'mine', action: 'view' },
      args: { site: 'square', text: 'vechtpartij gemeld' },
    });
    const pending = await socket.next('request');
    expect(pending).toMatchObject({ id: 'mine', state: 'pending' });
    await centre('POST', `/v1/requests/${pending.request.id}/decline`, { reason: 'niets te zien' });
    const over = await socket.next('request', ({ state }) => state === 'declined');
    expect(over).toMatchObject({ id: 'mine', reason: 'niets te zien' });
    expect(socket.of('incident')).toEqual([]);
  });

  it('have the same answer for every site of which the control room may not know', async () => {
    const [existing, nothing, others] = [
      await ask('jeweller'),
      await ask('nowhere'),
      await ask('square', 'den-haag'),
    ];
    expect(existing.status).toBe(404);
    expect([existing.text, others.text]).toEqual([nothing.text, nothing.text]);
  });

  it('wait on when the socket goes, and are told to the next one', async () => {
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    const message = { type: 'request', id: 'mine', action: 'view' };
    socket.send({ ...message, args: { site: 'square', text: 'vechtpartij' } });
    const { request } = await socket.next('request');
    socket.ws.terminate();
    const later = await harness.live('police', 'dispatcher', 'rotterdam');
    expect(await later.next('request')).toMatchObject({ id: request.id, state: 'pending' });
  });

  it('are answered to a room that was away as well, and to no other', async () => {
    const asked = await ask('square');
    const path = `/v1/requests/${asked.body.id}/decline`;
    await centre('POST', path, { reason: 'niets te zien' });
    const later = await harness.live('police', 'dispatcher', 'rotterdam');
    const told = await later.next('request');
    expect(told).toMatchObject({ state: 'declined', reason: 'niets te zien' });
    const other = await harness.live('police', 'dispatcher', 'den-haag');
    await other.settled();
    expect(other.of('request')).toEqual([]);
  });
});
