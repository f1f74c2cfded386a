import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraInfo, ControlRoom } from '../../src/liveview/model.ts';
import {
  codeThrownBy,
  DISPATCHER,
  directory,
  Harness,
  OPERATOR,
  OTHER_ROOM,
  SECOND_OPERATOR,
} from './harness.ts';

let h: Harness;
let cameras: Map<string, CameraInfo>;
let controlRooms: Map<string, ControlRoom>;
let id: string;
beforeEach(() => {
  const world = directory();
  cameras = new Map(world.cameras);
  controlRooms = new Map(world.controlRooms);
  h = new Harness({ ...world, cameras, controlRooms });
  id = h.opened().id;
});
afterEach(() => h.dispose());

const TERMS = { cameras: ['shop-1', 'shop-2'], rights: ['view', 'ptz'] } as const;
const offer = (room = 'rotterdam', change: object = {}) =>
  h.live.casework.offers.make(OPERATOR, id, room, { ...TERMS, ...change });
const offers = () => h.live.casework.offers;
const stateOf = (room = 'rotterdam') =>
  h.live.incident(id)?.offers?.find(({ controlRoom }) => controlRoom === room);
const accept = (actor = DISPATCHER) => codeThrownBy(() => offers().accept(actor, id));
const watch = (room = 'rotterdam', camera = 'shop-1') =>
  codeThrownBy(() => h.live.gate.permit(room, id, camera));

describe('an incident that is offered', () => {
  it('shows a control room its headline and nothing else', () => {
    h.live.updateIncident(OPERATOR, id, { priority: 1, note: 'not for others yet' });
    expect(offer().state).toBe('offered');
    expect(offers().visibleTo(DISPATCHER)).toEqual([
      {
        ...{ incident: id, state: 'pending', type: 'robbery', priority: 1, summary: 'two men' },
        site: { id: 'jeweller', name: 'jeweller' },
        alarms: [],
        rights: ['view', 'ptz'],
        offeredAt: '2026-01-01T00:00:00.000Z',
        offeredBy: 'olga',
        expiresAt: '2026-01-01T00:05:00.000Z',
      },
    ]);
    expect(offers().visibleTo(OTHER_ROOM)).toEqual([]);
    expect(h.live.visibleTo(DISPATCHER)).toEqual([]);
    expect(watch()).toBe('not-shared');
    expect(codeThrownBy(() => h.live.updateIncident(DISPATCHER, id, { note: 'x' }))).toBe(
      'not-shared',
    );
  });

  it('is shared from the moment at which the control room accepts, for as long as was offered', () => {
    offer('rotterdam', { expiresInMinutes: 20, requests: { ptz: 'auto' } });
    h.clock.advance(60_000);
    expect(accept()).toBe('nothing was thrown');
    expect(h.live.incident(id)).toMatchObject({
      state: 'shared',
      grants: [
        {
          ...{ controlRoom: 'rotterdam', cameras: ['shop-1', 'shop-2'], rights: ['view', 'ptz'] },
          requests: { ptz: 'auto' },
          grantedBy: 'olga',
          grantedAt: '2026-01-01T00:01:00.000Z',
          expiresAt: '2026-01-01T00:21:00.000Z',
        },
      ],
      offers: [{ state: 'accepted', by: 'daan', decidedAt: '2026-01-01T00:01:00.000Z' }],
    });
    expect(watch()).toBe('nothing was thrown');
    expect(offers().visibleTo(DISPATCHER)).toEqual([]);
    expect(accept()).toBe('not-shared');
  });

  it('says in the journal what the share covers, with whoever accepted', () => {
    offer();
    accept();
    const [accepted] = [...h.journal.read()].filter(({ kind }) => kind === 'offer.accepted');
    expect(accepted).toMatchObject({
      actor: { user: 'daan', controlRoom: 'rotterdam' },
      data: { controlRoom: 'rotterdam', cameras: ['shop-1', 'shop-2'] },
    });
  });

  it('is open again when it is declined with a reason, which the centre reads', () => {
    offer();
    offers().decline(DISPATCHER, id, 'no unit free');
    expect(h.live.incident(id)?.state).toBe('open');
    expect(stateOf()).toMatchObject({ state: 'declined', by: 'daan', reason: 'no unit free' });
    expect([accept(), watch()]).toEqual(['not-shared', 'not-shared']);
  });

  it('expires, by whichever clock is first', () => {
    offer();
    h.clock.stepWall(-3_600_000_000);
    h.clock.advance(5 * 60_000 - 1);
    expect(offers().visibleTo(DISPATCHER)).toHaveLength(1);
    h.clock.advance(1);
    expect(stateOf()?.state).toBe('expired');
    expect(h.live.incident(id)?.state).toBe('open');
    offer();
    h.clock.stepWall(300_000_000);
    expect(offers().visibleTo(DISPATCHER)).toEqual([]);
    expect(accept()).toBe('not-shared');
  });

  it('may be offered anew, to several, each with its own answer', () => {
    offer();
    offer('den-haag', { cameras: ['shop-3'] });
    offer('rotterdam', { cameras: ['shop-2'] });
    expect(accept(OTHER_ROOM)).toBe('nothing was thrown');
    expect(h.live.incident(id)?.state).toBe('shared');
    expect(offers().visibleTo(DISPATCHER)).toHaveLength(1);
    expect(accept()).toBe('nothing was thrown');
    expect(h.live.incident(id)?.grants).toMatchObject([
      { controlRoom: 'den-haag', cameras: ['shop-3'] },
      { controlRoom: 'rotterdam', cameras: ['shop-2'] },
    ]);
  });

  it('gives an offer that was made anew its own time', () => {
    offer();
    h.clock.advance(4 * 60_000);
    offer();
    h.clock.advance(4 * 60_000);
    expect(stateOf()?.state).toBe('pending');
    h.clock.advance(60_000);
    expect(stateOf()?.state).toBe('expired');
  });

  it('is taken back by the operator', () => {
    offer();
    offers().withdraw(SECOND_OPERATOR, id, 'rotterdam');
    const count = h.kinds().length;
    offers().withdraw(SECOND_OPERATOR, id, 'rotterdam');
    expect(stateOf()?.state).toBe('withdrawn');
    expect(h.kinds()).toHaveLength(count);
    expect(accept()).toBe('not-shared');
  });

  it.each<[string, () => unknown]>([
    [
      'sharing directly',
      () => h.live.grant(OPERATOR, id, 'rotterdam', { ...TERMS, cameras: ['shop-3'] }),
    ],
    ['withdrawing everything', () => h.live.casework.grants.withdraw(OPERATOR, id, {})],
    [
      'withdrawing from the control room',
      () => h.live.casework.grants.withdraw(OPERATOR, id, { controlRoom: 'rotterdam' }),
    ],
    ['closing', () => h.live.close(OPERATOR, id, { outcome: 'resolved', note: '' })],
  ])('is overtaken by %s', (_, act) => {
    offer();
    act();
    expect(stateOf()?.state).toBe('withdrawn');
    expect(accept()).toBe('not-shared');
    expect(watch()).toBe('not-shared');
  });

  it('loses a camera that is withdrawn from all, and with the last one itself', () => {
    offer();
    h.live.casework.grants.withdraw(OPERATOR, id, { camera: 'shop-1' });
    expect(stateOf()).toMatchObject({ state: 'pending', cameras: ['shop-2'] });
    h.live.casework.grants.withdraw(OPERATOR, id, { camera: 'shop-2' });
    expect(stateOf()?.state).toBe('withdrawn');
    expect(h.live.incident(id)?.state).toBe('open');
  });

  it('becomes a share of what may be shared when it is accepted', () => {
    offer();
    const camera = cameras.get('shop-1');
    if (camera) cameras.set('shop-1', { ...camera, sharing: { timezone: 'UTC', never: true } });
    accept();
    expect(h.live.incident(id)?.grants).toMatchObject([{ cameras: ['shop-2'] }]);
  });

  it('is over when nothing of it may be shared any more', () => {
    offer('rotterdam', { cameras: ['shop-1'] });
    cameras.delete('shop-1');
    expect(accept()).toBe('not-shared');
    expect(stateOf()?.state).toBe('withdrawn');
  });

  it('is offered to nobody when the control room is no longer configured', () => {
    offer();
    controlRooms.delete('rotterdam');
    expect(offers().visibleTo(DISPATCHER)).toEqual([]);
    h.live.directoryChanged();
    expect(stateOf()?.state).toBe('withdrawn');
  });

  it('is refused where it is shared, and with what a share is refused with', () => {
    const make = (room: string, change: object = {}) => codeThrownBy(() => offer(room, change));
    expect(make('nowhere')).toBe('unknown-control-room');
    expect(make('rotterdam', { cameras: ['nothing'] })).toBe('unknown-camera');
    expect(make('rotterdam', { cameras: ['square-1'] })).toBe('camera-not-at-site');
    expect(make('rotterdam', { rights: ['ptz'] })).toBe('invalid-request');
    expect(make('rotterdam', { expiresInMinutes: 1_441 })).toBe('invalid-request');
    h.live.grant(OPERATOR, id, 'rotterdam', TERMS);
    expect(make('rotterdam')).toBe('already-shared');
  });

  it('waits on after a restart, and expires in what was left', () => {
    offer();
    h.clock.advance(60_000);
    const before = h.live.incident(id);
    h.restart();
    expect(h.live.incident(id)).toEqual(before);
    h.clock.advance(4 * 60_000);
    expect(stateOf()?.state).toBe('expired');
    expect(h.kinds().at(-1)).toBe('offer.expired');
  });

  it('is withdrawn although that cannot be written, and stays so', () => {
    offer();
    h.journal.full = true;
    offers().withdraw(OPERATOR, id, 'rotterdam');
    expect(accept()).toBe('not-shared');
    h.journal.full = false;
    expect(accept()).toBe('not-shared');
    h.opened();
    h.restart();
    expect(accept()).toBe('not-shared');
  });

  it('is not accepted when that cannot be written', () => {
    offer();
    h.journal.full = true;
    expect(accept()).toBe('journal-unwritable');
    expect(watch()).toBe('not-shared');
    h.journal.full = false;
    expect(accept()).toBe('nothing was thrown');
  });
});
