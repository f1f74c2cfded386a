import { describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.ts';
import { type Harness, OPERATOR } from '../harness.ts';
import { Dome } from './dome.ts';
import { domeBench } from './dome-bench.ts';

/** Time stands still: a movement stops because of what is said, never because a hold came late. */
describe('requests on the live socket', () => {
  let harness: Harness;
  let dome: Dome;
  let incident: string;
  domeBench(
    () => new Dome(),
    (bench) => {
      ({ harness, dome, incident } = bench);
    },
  );

  const dispatcher = () => harness.live('police', 'dispatcher', 'rotterdam');
  const move = (id: string) => ({
    ...{ type: 'request', id, incident, camera: 'shop-1' },
    ...{ action: 'ptz.move', args: { pan: 0.5 } },
  });

  it('carry the id of their client, and the gateway’s own to everybody else', async () => {
    const asker = await dispatcher();
    const operator = await harness.live('centre', 'operator');
    const other = await harness.live('police', 'dispatcher', 'den-haag');
    asker.send(move('mine'));
    const { request } = await asker.next('request', ({ id }) => id === 'mine');
    expect(request).toMatchObject({ state: 'pending', controlRoom: 'rotterdam' });
    await operator.next('request', ({ id }) => id === request.id);
    const token = harness.token('operator');
    const path = `/v1/requests/${request.id}`;
    const json = { reason: 'police on the roof' };
    await harness.fetch('centre', `${path}/decline`, { method: 'POST', token, json });
    const declined = await asker.next('request', ({ state }) => state === 'declined');
    expect(declined).toMatchObject({ id: 'mine', reason: json.reason, by: 'operator' });
    const again = await harness.fetch('centre', `${path}/accept`, {
      method: 'POST',
      token,
      json: {},
    });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'request-decided' });
    await other.settled();
    expect(other.of('request')).toEqual([]);
  });

  it('move while they are held, and stop on release', async () => {
    const asker = await dispatcher();
    asker.send(move('m'));
    const { request } = await asker.next('request');
    asker.send({ type: 'hold', id: 'm' });
    await asker.settled();
    await harness.liveview.accept(OPERATOR, request.id);
    await asker.next('request', ({ state }) => state === 'running');
    expect(dome.commands).toEqual(['move 0.5']);
    asker.send({ type: 'hold', id: 'm' });
    asker.send({ type: 'release', id: 'm' });
    await asker.next('request', ({ state }) => state === 'done');
    expect(dome.commands.at(-1)).toBe('stop');
    asker.send({ type: 'hold', id: 'm' });
    asker.send({ type: 'release', id: 'm' });
    await asker.settled();
    expect(asker.of('error')).toEqual([]);
  });

  it('stop when the socket of the asker is cut', async () => {
    const asker = await dispatcher();
    asker.send(move('m'));
    const { request } = await asker.next('request');
    asker.send({ type: 'hold', id: 'm' });
    await asker.settled();
    await harness.liveview.accept(OPERATOR, request.id);
    asker.ws.terminate();
    await until('stopped', () => dome.commands.includes('stop'));
  });

  it('of an operator need nobody’s leave, and an operator stops those of others', async () => {
    const asker = await dispatcher();
    asker.send(move('m'));
    const { request } = await asker.next('request');
    asker.send({ type: 'hold', id: 'm' });
    await asker.settled();
    await harness.liveview.accept(OPERATOR, request.id);
    const operator = await harness.live('centre', 'operator');
    operator.send({ type: 'release', id: request.id });
    await asker.next('request', ({ state }) => state === 'done');
    expect(dome.commands).toEqual(['move 0.5', 'stop']);
    operator.send({ type: 'request', id: 'h', action: 'ptz.home', camera: 'shop-1' });
    await operator.next('request', ({ id, state }) => id === 'h' && state === 'done');
    expect(dome.commands.at(-1)).toBe('home');
  });

  it('that are refused say why, with the id of their client', async () => {
    const asker = await dispatcher();
    const refusals: [string, object][] = [
      ['not-shared', { ...move('a'), camera: 'shop-2' }],
      ['not-shared', { ...move('b'), incident: 'nothing' }],
      ['invalid-request', { ...move('c'), args: { pan: 2 } }],
      ['invalid-request', { ...move('d'), args: {} }],
    ];
    for (const [code, message] of refusals) {
      asker.send(message);
      const ref = 'id' in message ? message.id : undefined;
      expect(await asker.next('error', (error) => error.ref === ref)).toMatchObject({ code });
    }
    asker.send(move('same'));
    await asker.next('request', ({ id }) => id === 'same');
    asker.send(move('same'));
    expect((await asker.next('error', ({ ref }) => ref === 'same')).code).toBe('duplicate-id');
  });

  it('are told to whoever connects while they wait', async () => {
    const asker = await dispatcher();
    asker.send(move('m'));
    const { request } = await asker.next('request');
    const operator = await harness.live('centre', 'operator');
    await operator.next('request', ({ id, state }) => id === request.id && state === 'pending');
  });

  it('write a note, on both sides, into the log that all who work on the incident read', async () => {
    const asker = await dispatcher();
    const operator = await harness.live('centre', 'operator');
    const note = (id: string, text: unknown, within: string | undefined = incident) => ({
      ...{ type: 'request', id, action: 'note', args: { text } },
      ...(within === undefined ? {} : { incident: within }),
    });
    asker.send(note('n', ' a car is on its way '));
    const done = await asker.next('request', ({ id }) => id === 'n');
    expect(done).toMatchObject({
      state: 'done',
      request: { action: 'note', incident, args: { text: 'a car is on its way' } },
    });
    operator.send(note('o', 'one knife'));
    await operator.next('request', ({ id, state }) => id === 'o' && state === 'done');
    const told = await asker.next('incident', (message) => message.incident.notes.length === 2);
    expect(told.incident.notes).toMatchObject([
      { text: 'a car is on its way', controlRoom: 'rotterdam' },
      { text: 'one knife', by: 'operator' },
    ]);
    // It is a note in the journal, and a request nowhere.
    expect(harness.liveview.requests()).toEqual([]);
    await operator.settled();
    expect(operator.of('request').map(({ id }) => id)).toEqual(['o']);
    // The id is free again.
    asker.send(note('n', 'it is there'));
    await operator.next('incident', (message) => message.incident.notes.length === 3);
    const token = harness.token('dispatcher', 'rotterdam');
    const json = { action: 'note', incident, args: { text: 'by HTTP' } };
    const posted = await harness.fetch('police', '/v1/requests', { method: 'POST', token, json });
    expect([posted.status, await posted.json()]).toMatchObject([201, { state: 'done' }]);
  });

  it('for a note that may not be written say why, and write nothing', async () => {
    const asker = await dispatcher();
    const other = await harness.live('police', 'dispatcher', 'den-haag');
    const note = (id: string, args: object, more: object = { incident }) => ({
      ...{ type: 'request', id, action: 'note', args, ...more },
    });
    const refused: [typeof asker, string, object][] = [
      [other, 'not-shared', note('a', { text: 'hello?' })],
      [asker, 'not-shared', note('b', { text: 'x' }, { incident: 'nothing' })],
      [asker, 'invalid-request', note('c', { text: '  ' })],
      [asker, 'invalid-request', note('d', { text: 'x'.repeat(4_001) })],
      [asker, 'invalid-request', note('e', { text: 'x', by: 'somebody' })],
      [asker, 'invalid-request', note('f', { text: 'x' }, {})],
    ];
    for (const [peer, code, message] of refused) {
      peer.send(message);
      const ref = 'id' in message ? message.id : undefined;
      expect(await peer.next('error', (error) => error.ref === ref)).toMatchObject({ code });
    }
    expect(harness.liveview.incident(incident)?.notes).toEqual([]);
  });

  it('without the right are a conflict with the share, not a secret', async () => {
    const id = harness.shared(['shop-1'], ['view']);
    const asker = await dispatcher();
    asker.send({ ...move('m'), incident: id });
    expect((await asker.next('error')).code).toBe('not-allowed');
    const token = harness.token('dispatcher', 'rotterdam');
    const json = { incident: id, camera: 'shop-1', action: 'ptz.home' };
    const response = await harness.fetch('police', '/v1/requests', { method: 'POST', token, json });
    expect(response.status).toBe(409);
  });
});
