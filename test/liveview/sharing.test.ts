import { describe, expect, it } from '@jest/globals';
import type { Grant, Incident, LiveRequest } from '../../src/liveview/model.ts';
import { because } from '../../src/liveview/reasons.ts';
import { farewell, isPolice, sharedRequest, sharedView } from '../../src/liveview/sharing.ts';
import { DISPATCHER, OPERATOR } from './harness.ts';

const grant = (controlRoom: string, cameras: string[]): Grant => ({
  controlRoom,
  cameras,
  rights: ['view'],
  grantedAt: '2026-01-01T11:00:00.000Z',
  grantedBy: 'olga',
  expiresAt: '2026-01-01T12:00:00.000Z',
});
const rotterdam: Grant = { ...grant('rotterdam', ['shop-1']), rights: ['view', 'plan'] };
const incident: Incident = {
  id: 'inc_1',
  type: 'robbery',
  site: 'jeweller',
  summary: 'two men',
  priority: 1,
  counts: { robbers: 2 },
  cameras: ['shop-1', 'shop-2'],
  state: 'open',
  openedAt: '2026-01-01T10:00:00.000Z',
  openedBy: 'olga',
  grants: [rotterdam, grant('den-haag', ['shop-2'])],
  screen: { tiles: [{ camera: 'shop-2' }, { camera: 'shop-1' }, { plan: 'floor' }], focus: 1 },
  notes: [{ at: '2026-01-01T10:01:00.000Z', by: 'olga', text: 'one is armed' }],
};

describe('what a control room sees', () => {
  it('is its own grant, its cameras and the notes, and every tile in its place', () => {
    const view = sharedView({ ...incident, closingNote: 'for the centre' }, rotterdam);
    expect(view).toMatchObject({
      cameras: ['shop-1'],
      grants: [rotterdam],
      notes: incident.notes,
      screen: { tiles: [{ empty: true }, { camera: 'shop-1' }, { plan: 'floor' }], focus: 1 },
    });
    expect(JSON.stringify(view)).not.toMatch(/den-haag|shop-2|for the centre/);
  });

  it('names the writer of a note to its own room and to the centre, to no other room', () => {
    const at = incident.openedAt;
    const notes = [
      { at, by: 'olga', text: 'of the centre' },
      { at, by: 'daan', controlRoom: 'rotterdam', text: 'of Rotterdam' },
      { at, by: 'hanna', controlRoom: 'den-haag', text: 'of The Hague' },
    ];
    const noted = { ...incident, notes };
    const [centre, ours, theirs] = notes;
    expect(sharedView(noted, rotterdam).notes).toEqual([
      ...[centre, ours, { at, text: 'of The Hague' }],
    ]);
    expect(sharedView(noted, grant('den-haag', ['shop-2'])).notes).toEqual([
      ...[centre, { at, text: 'of Rotterdam' }, theirs],
    ]);
    const last = farewell(noted, { ...noted, state: 'closed' }, rotterdam);
    expect(JSON.stringify(last)).not.toMatch(/hanna|den-haag/);
  });

  it('ends with the fact that it ended, and nothing that came with it', () => {
    const after: Incident = {
      ...incident,
      state: 'closed',
      closedAt: '2026-01-01T12:00:00.000Z',
      outcome: 'resolved',
      closingNote: 'for the centre',
      summary: 'changed at the last moment',
      grants: [],
    };
    const last = farewell(incident, after, rotterdam);
    expect(last).toMatchObject({ state: 'closed', outcome: 'resolved', cameras: [], grants: [] });
    expect(last.screen.tiles).toEqual([]);
    expect(JSON.stringify(last)).not.toMatch(/last moment|for the centre|shop-/);
  });

  it('ends without a word on whether others still see it', () => {
    const [ours, ...others] = incident.grants;
    for (const state of ['shared', 'offered', 'open'] as const) {
      const after: Incident = { ...incident, state, grants: others };
      expect(farewell(incident, after, ours ?? rotterdam).state).toBe('open');
    }
  });
});

describe('what a control room is told of its request', () => {
  const request: LiveRequest = {
    ...{ id: 'req_1', incident: 'inc_1', action: 'ptz.home', camera: 'shop-1', args: {} },
    ...{ user: 'daan', controlRoom: 'rotterdam', createdAt: incident.openedAt, state: 'failed' },
  };

  it('is the code, and words that name nobody and no address', () => {
    const failed = { ...request, ...because('camera-unreachable', 'no answer of 10.0.0.7:80') };
    expect(sharedRequest(failed)).toEqual({
      ...request,
      reason: 'the camera cannot be reached',
      reasonCode: 'camera-unreachable',
    });
  });

  it('is what the operator wrote to it', () => {
    const declined = { ...request, state: 'declined', reason: 'police on the roof' } as const;
    expect(sharedRequest(declined)).toEqual(declined);
  });

  it('is not what was recorded before there were codes', () => {
    expect(sharedRequest({ ...request, reason: 'dirk is moving it' })).toEqual(request);
    expect(sharedRequest(request)).toEqual(request);
  });
});

describe('the police side', () => {
  it('is whoever belongs to a control room, and a dispatcher of none', () => {
    expect(isPolice(DISPATCHER)).toBe(true);
    expect(isPolice({ user: 'x', role: 'consumer', controlRoom: 'rotterdam' })).toBe(true);
    expect(isPolice({ user: 'x', role: 'dispatcher' })).toBe(true);
    expect(isPolice(OPERATOR)).toBe(false);
  });
});
