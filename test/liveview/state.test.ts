import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/journal/record.ts';
import type { DomainEvent, EventData, EventKind } from '../../src/liveview/events.ts';
import type { Incident, LiveRequest } from '../../src/liveview/model.ts';
import { apply, type Delta, type State } from '../../src/liveview/state.ts';
import { emptyState } from './empty-state.ts';
import { codeThrownBy, DISPATCHER, OPERATOR, OTHER_ROOM } from './harness.ts';

const AT = '2026-01-01T00:00:00.000Z';
const event = <K extends EventKind>(kind: K, data: EventData<K>, actor: Actor = OPERATOR) =>
  ({ kind, data, actor, incident: 'inc_1', at: AT }) as DomainEvent;

/** The state after these events. */
function stateAfter(events: readonly DomainEvent[]): State & { last: Delta } {
  const incidents = new Map<string, Incident>();
  const requests = new Map<string, LiveRequest>();
  const askers = new Map<string, Actor>();
  const state: State = { ...emptyState(), incidents, requests, askers };
  let last: Delta = {};
  for (const each of events) {
    last = apply(state, each);
    if (last.incident) incidents.set(last.incident.id, last.incident);
    for (const request of last.requests ?? []) requests.set(request.id, request);
    if (last.asked) askers.set(last.asked.request, last.asked.actor);
  }
  return { ...state, last };
}

const grant = (controlRoom: string, cameras: string[]) =>
  event('grant.given', { controlRoom, cameras, rights: ['view', 'ptz', 'switch'], expiresAt: AT });
const asked = (request: string, camera: string, actor: Actor) =>
  event(
    'request.made',
    { request, camera, action: 'ptz.home', args: {}, decided: 'pending' },
    actor,
  );
const SHARED = [
  event('incident.opened', { type: 'fire', site: 's', summary: '', cameras: ['a'], tiles: [] }),
  grant('rotterdam', ['a']),
  grant('den-haag', ['a']),
];

describe('what an event does to the state', () => {
  it('is nothing to the state before it', () => {
    const state = stateAfter(SHARED);
    const before = JSON.stringify([...state.incidents]);
    apply(state, event('incident.closed', { outcome: 'resolved', note: '' }));
    apply(state, event('screen.set', { tiles: [{ camera: 'a' }], focus: 0 }));
    expect(JSON.stringify([...state.incidents])).toBe(before);
  });

  it('shares a camera, switched to on request, with the room that asked and no other', () => {
    const { incidents } = stateAfter([
      ...SHARED,
      event(
        'request.made',
        {
          request: 'req_1',
          camera: 'b',
          action: 'camera.switch',
          args: { tile: 1, camera: 'b' },
          decided: 'pending',
        },
        DISPATCHER,
      ),
      event('request.accepted', { request: 'req_1', shares: 'b' }),
    ]);
    const incident = incidents.get('inc_1');
    const cameras = incident?.grants.map((each) => [each.controlRoom, each.cameras]);
    expect(cameras).toEqual([
      ['rotterdam', ['a', 'b']],
      ['den-haag', ['a']],
    ]);
    expect(incident?.screen.tiles).toEqual([{ empty: true }, { camera: 'b' }]);
  });

  const again = (request: string, replaces: string) =>
    event(
      'request.made',
      { request, camera: 'a', action: 'ptz.home', args: {}, decided: 'pending', replaces },
      DISPATCHER,
    );

  it('puts a question in the place of the one that it replaces', () => {
    const { requests, last } = stateAfter([
      ...SHARED,
      asked('req_1', 'a', DISPATCHER),
      again('req_2', 'req_1'),
    ]);
    expect(last.requests?.map(({ id, state }) => [id, state])).toEqual([
      ['req_2', 'pending'],
      ['req_1', 'expired'],
    ]);
    expect(requests.get('req_1')).toMatchObject({ reasonCode: 'replaced' });
  });

  it('knows that something is on when it came on later than it was switched off', () => {
    const place = { request: 'req_1', camera: 'a', output: 'barrier' };
    const came = (on: boolean, stays: boolean) =>
      stateAfter([event('output.outcome', { ...place, on, ok: true, stays })]).last.camera?.now;
    expect(came(true, true)?.outputs).toMatchObject([{ output: 'barrier', request: 'req_1' }]);
    expect([came(true, false)?.outputs, came(false, true)]).toEqual([[], undefined]);
  });

  it('ends the questions of the room whose share ends, and leaves those of others', () => {
    const { requests } = stateAfter([
      ...SHARED,
      asked('req_1', 'a', DISPATCHER),
      asked('req_2', 'a', OTHER_ROOM),
      event('grant.withdrawn', { controlRoom: 'rotterdam' }),
    ]);
    expect(requests.get('req_1')).toMatchObject({
      state: 'expired',
      reason: 'the share has ended',
    });
    expect(requests.get('req_2')?.state).toBe('pending');
  });

  it('ends what was accepted but not begun when the incident closes, and leaves movements to the desk', () => {
    const steering = (request: string, actor: Actor) =>
      event(
        'request.made',
        { request, camera: 'a', action: 'ptz.move', args: { pan: 1 }, decided: 'accepted' },
        actor,
      );
    const { requests } = stateAfter([
      ...SHARED,
      steering('req_1', DISPATCHER),
      steering('req_2', OTHER_ROOM),
      event('desk.intent', { request: 'req_2', camera: 'a', command: 'move', args: { pan: 1 } }),
      event('incident.closed', { outcome: 'resolved', note: '' }),
    ]);
    expect(requests.get('req_1')).toMatchObject({
      state: 'failed',
      reason: 'the incident was closed',
    });
    expect(requests.get('req_2')?.state).toBe('running');
  });

  const closed = [...SHARED, event('incident.closed', { outcome: 'resolved', note: '' })];
  const pending = [...SHARED, asked('req_1', 'a', DISPATCHER)];
  it.each<[string, readonly DomainEvent[], DomainEvent, string]>([
    [
      'a second end',
      closed,
      event('incident.closed', { outcome: 'resolved', note: '' }),
      'incident-closed',
    ],
    ['a share after the end', closed, grant('rotterdam', ['a']), 'incident-closed'],
    ['a note after the end', closed, event('incident.updated', { note: 'x' }), 'incident-closed'],
    ['a request after the end', closed, asked('req_1', 'a', DISPATCHER), 'incident-closed'],
    [
      'a screen of nothing',
      [],
      event('screen.set', { tiles: [], focus: null }),
      'unknown-incident',
    ],
    [
      'a decision on nothing',
      SHARED,
      event('request.accepted', { request: 'req_1' }),
      'unknown-request',
    ],
    [
      'the place of what is decided',
      [...pending, event('request.declined', { request: 'req_1', reason: 'no' })],
      again('req_2', 'req_1'),
      'request-decided',
    ],
    ['the place of nothing', SHARED, again('req_2', 'req_1'), 'unknown-request'],
    [
      'an end before the decision',
      pending,
      event('request.done', { request: 'req_1' }),
      'request-decided',
    ],
    [
      'a movement before the decision',
      pending,
      event('desk.intent', { request: 'req_1', command: 'move', args: {} }),
      'request-decided',
    ],
  ])('is forbidden for %s', (_, before, next, code) => {
    expect(codeThrownBy(() => apply(stateAfter(before), next))).toBe(code);
  });
});
