import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Site } from '../../src/liveview/model.ts';
import {
  COLLEAGUE,
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
} from './harness.ts';

let h: Harness;
let sites: Map<string, Site>;
beforeEach(() => {
  const world = directory();
  sites = new Map(world.sites);
  sites.set('square', {
    ...{ id: 'square', name: 'Schouwburgplein', contacts: [] },
    requestable: { by: ['rotterdam'], name: 'Plein' },
  });
  h = new Harness({ ...world, sites });
});
afterEach(() => h.dispose());

const TERMS = { cameras: ['square-1'], rights: ['view', 'switch'] } as const;
const ask = (actor = DISPATCHER, args: object = {}) =>
  h.live.request(actor, {
    ...{ incident: null, action: 'view' },
    args: { site: 'square', text: 'a fight on the square', ...args },
  });
const refused = (actor = DISPATCHER, args: object = {}) => codeThrownBy(() => ask(actor, args));

describe('a control room that asks for images', () => {
  it('makes a request and an incident that waits for the answer', () => {
    const request = ask(DISPATCHER, { type: 'disturbance' });
    expect(request).toMatchObject({
      ...{ action: 'view', state: 'pending', user: 'daan', controlRoom: 'rotterdam' },
      args: { site: 'square', text: 'a fight on the square', type: 'disturbance' },
    });
    expect(h.live.incidents()).toMatchObject([
      {
        ...{ id: request.incident, state: 'requested', type: 'disturbance', site: 'square' },
        summary: 'a fight on the square',
        requestedBy: { user: 'daan', controlRoom: 'rotterdam', request: request.id },
        grants: [],
      },
    ]);
    expect(h.live.visibleTo(DISPATCHER)).toEqual([]);
    expect(h.live.wakefulSites().size).toBe(0);
  });

  it('gets the same answer for a site of which it may not ask and for one that is not there', () => {
    expect(refused(DISPATCHER, { site: 'jeweller' })).toBe('not-shared');
    expect(refused(DISPATCHER, { site: 'nowhere' })).toBe('not-shared');
    expect(refused(OTHER_ROOM)).toBe('not-shared');
    expect(refused({ user: 'x', role: 'dispatcher', controlRoom: 'gone' })).toBe('not-shared');
    expect(h.kinds()).toEqual([]);
  });

  it.each([
    ['no text', { text: '' }],
    ['no site', { site: undefined }],
    ['too long a text', { text: 'x'.repeat(1_001) }],
    ['half a character', { text: '\ud800' }],
    ['another type', { type: 'party' }],
    ['what nobody knows', { camera: 'square-1' }],
  ])('is refused with %s', (_, args) => {
    expect(refused(DISPATCHER, args)).toBe('invalid-request');
  });

  it('asks once: its colleague waits for the same answer', () => {
    ask();
    expect(refused(COLLEAGUE)).toBe('already-asked');
    h.live.decline(OPERATOR, h.live.requests()[0]?.id ?? '', 'nothing to see');
    expect(refused(COLLEAGUE)).toBe('nothing was thrown');
  });

  it('asks no faster than a hand can', () => {
    const asked = Array.from({ length: 30 }, () => refused(DISPATCHER, { site: 'jeweller' }));
    expect(asked).toContain('too-many-requests');
  });

  it('is no operator', () => {
    expect(refused(OPERATOR)).toBe('invalid-request');
  });

  it('goes on waiting when whoever asked is no longer connected', () => {
    const request = ask();
    h.live.abandon(DISPATCHER, request.id);
    expect(h.stateOf(request)?.state).toBe('pending');
  });
});

describe('images that are granted', () => {
  it('are shared with the control room that asked, in an incident that is the operator’s', async () => {
    const request = ask();
    const incident = request.incident ?? '';
    h.clock.advance(60_000);
    const granted = await h.live.accept(OPERATOR, request.id, {
      ...TERMS,
      ...{ expiresInMinutes: 10, type: 'violence' },
    });
    expect(granted).toMatchObject({ state: 'done', by: 'olga' });
    expect(h.live.incident(incident)).toMatchObject({
      ...{ state: 'shared', type: 'violence', openedBy: 'olga', cameras: ['square-1'] },
      openedAt: '2026-01-01T00:01:00.000Z',
      screen: { tiles: [{ camera: 'square-1' }], focus: null },
      grants: [{ controlRoom: 'rotterdam', expiresAt: '2026-01-01T00:11:00.000Z' }],
    });
    expect(h.live.visibleIncident(DISPATCHER, incident)?.cameras).toEqual(['square-1']);
    expect(h.live.visibleIncident(OTHER_ROOM, incident)).toBeUndefined();
    const permit = h.live.gate.permit('rotterdam', incident, 'square-1');
    expect(permit.ended).toBeUndefined();
    const [entry] = [...h.journal.read()].filter(({ kind }) => kind === 'images.granted');
    expect(entry?.data).toMatchObject({ request: request.id, cameras: ['square-1'] });
  });

  it('are those of the site, by the rules of every share', async () => {
    const request = ask();
    const grant = (change: object) => h.live.accept(OPERATOR, request.id, { ...TERMS, ...change });
    await expect(grant({ cameras: ['shop-1'] })).rejects.toMatchObject({
      code: 'camera-not-at-site',
    });
    await expect(grant({ rights: ['ptz'] })).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(h.live.accept(DISPATCHER, request.id, TERMS)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(h.stateOf(request)?.state).toBe('pending');
  });

  it('are shared or not at all', async () => {
    const request = ask();
    h.journal.full = true;
    await expect(h.live.accept(OPERATOR, request.id, TERMS)).rejects.toMatchObject({
      code: 'journal-unwritable',
    });
    expect(h.live.incident(request.incident ?? '')?.state).toBe('requested');
  });
});

describe('images that are not granted', () => {
  it('are declined with a reason, which the control room reads, and the incident is over', async () => {
    const request = ask();
    expect(h.live.decline(OPERATOR, request.id, 'no cameras there')).toMatchObject({
      ...{ state: 'declined', reason: 'no cameras there', by: 'olga' },
    });
    expect(h.live.incident(request.incident ?? '')).toMatchObject({ state: 'closed', grants: [] });
    await expect(h.live.accept(OPERATOR, request.id, TERMS)).rejects.toMatchObject({
      code: 'request-decided',
    });
    expect(codeThrownBy(() => h.live.decline(OPERATOR, request.id, 'x'))).toBe('request-decided');
  });

  it('expire, whatever happens to the wall clock', () => {
    const request = ask();
    h.clock.stepWall(-3_600_000_000);
    h.clock.advance(5 * 60_000 - 1);
    expect(h.stateOf(request)?.state).toBe('pending');
    h.clock.advance(1);
    expect(h.stateOf(request)).toMatchObject({ state: 'expired', reasonCode: 'expired' });
    expect(h.live.incident(request.incident ?? '')?.state).toBe('closed');
  });

  it('wait on after a restart, and expire in what was left', () => {
    const request = ask();
    h.clock.advance(4 * 60_000);
    const before = [h.live.incidents(), h.live.requests()];
    h.restart();
    expect([h.live.incidents(), h.live.requests()]).toEqual(before);
    h.clock.advance(60_000);
    expect(h.stateOf(request)?.state).toBe('expired');
  });

  it('are over when the configuration no longer lets the control room ask', () => {
    const request = ask();
    sites.set('square', { id: 'square', name: 'Schouwburgplein', contacts: [] });
    h.live.directoryChanged();
    expect(h.stateOf(request)).toMatchObject({
      ...{ state: 'declined', reasonCode: 'not-allowed-by-policy' },
    });
    expect(h.live.incident(request.incident ?? '')?.state).toBe('closed');
  });

  it('leave nothing that can be worked on', () => {
    const { incident } = ask();
    const id = incident ?? '';
    const acts: [string, () => unknown][] = [
      ['share', () => h.live.grant(OPERATOR, id, 'rotterdam', TERMS)],
      ['offer', () => h.live.casework.offers.make(OPERATOR, id, 'rotterdam', TERMS)],
      ['update', () => h.live.updateIncident(OPERATOR, id, { priority: 1 })],
      ['screen', () => h.live.setScreen(OPERATOR, id, { tiles: [], focus: null })],
      ['close', () => h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' })],
    ];
    for (const [name, act] of acts) {
      expect([name, codeThrownBy(act)]).toEqual([name, 'incident-requested']);
    }
    expect(codeThrownBy(() => h.live.gate.permit('rotterdam', id, 'square-1'))).toBe('not-shared');
  });
});
