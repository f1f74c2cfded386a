import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { madeOf } from '../support/made-pictures.ts';
import { codeThrownBy, DISPATCHER, Harness, OPERATOR, OTHER_ROOM } from './harness.ts';

const CLOSING = { outcome: 'handed-over', note: 'patrol is there' } as const;

describe('incidents', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  const open = (change: object = {}) =>
    h.live.openIncident(OPERATOR, {
      type: 'robbery',
      site: 'jeweller',
      summary: 'two men',
      cameras: ['shop-1', 'shop-2'],
      ...change,
    });
  const share = (id: string, change: object = {}, room = 'rotterdam') =>
    h.live.grant(OPERATOR, id, room, { cameras: ['shop-1'], rights: ['view'], ...change });

  describe('opened', () => {
    it('have an id that cannot be guessed, and show their cameras', () => {
      const incident = open();
      expect(incident.id).toMatch(/^inc_[\w-]{22}$/);
      expect(incident).toMatchObject({
        state: 'open',
        openedBy: 'olga',
        openedAt: '2026-01-01T00:00:00.000Z',
        priority: null,
        screen: { tiles: [{ camera: 'shop-1' }, { camera: 'shop-2' }], focus: null },
      });
      expect(open().id).not.toBe(incident.id);
    });

    it.each<[string, string, object]>([
      ['an unknown site', 'unknown-site', { site: 'nowhere' }],
      ['an unknown camera', 'unknown-camera', { cameras: ['nothing'] }],
      ['an unknown type', 'invalid-request', { type: 'party' }],
      ['too long a summary', 'invalid-request', { summary: 'x'.repeat(4_001) }],
      ['half a character', 'invalid-request', { summary: '\ud800' }],
    ])('are refused with %s', (_, code, change) => {
      expect(codeThrownBy(() => open(change))).toBe(code);
      expect(h.live.incidents()).toEqual([]);
    });
  });

  describe('updated', () => {
    it('keep what is not named, and gather notes', () => {
      const { id } = open();
      h.live.updateIncident(OPERATOR, id, { counts: { robbers: 2 }, priority: 1, note: 'armed' });
      const incident = h.live.updateIncident(OPERATOR, id, {
        counts: { weapons: 1 },
        note: undefined,
      });
      expect(incident).toMatchObject({
        summary: 'two men',
        priority: 1,
        counts: { robbers: 2, weapons: 1 },
      });
      expect(incident.notes).toEqual([
        { at: '2026-01-01T00:00:00.000Z', by: 'olga', text: 'armed' },
      ]);
    });

    it('take notes from the control room they are shared with, and only notes', () => {
      const { id } = open();
      share(id);
      const seen = h.live.updateIncident(DISPATCHER, id, { note: 'two cars on their way' });
      expect(seen.cameras).toEqual(['shop-1']);
      expect(h.live.incident(id)?.notes).toMatchObject([{ by: 'daan', controlRoom: 'rotterdam' }]);
      expect(codeThrownBy(() => h.live.updateIncident(DISPATCHER, id, { priority: 1 }))).toBe(
        'not-allowed',
      );
      expect(codeThrownBy(() => h.live.updateIncident(OTHER_ROOM, id, { note: 'x' }))).toBe(
        'not-shared',
      );
      expect(codeThrownBy(() => h.live.updateIncident(OTHER_ROOM, 'inc_x', { note: 'x' }))).toBe(
        'not-shared',
      );
    });
  });

  describe('shared', () => {
    it('end by default after the configured minutes, and replace what was shared before', () => {
      const { id } = open();
      share(id);
      const incident = share(id, { cameras: ['shop-2'], rights: ['view', 'ptz', 'view'] });
      expect(incident.grants).toEqual([
        {
          controlRoom: 'rotterdam',
          cameras: ['shop-2'],
          rights: ['view', 'ptz'],
          grantedAt: '2026-01-01T00:00:00.000Z',
          grantedBy: 'olga',
          expiresAt: '2026-01-01T01:00:00.000Z',
        },
      ]);
    });

    it('are `shared` as long as one share holds, and `open` again after the last', () => {
      const { id } = open();
      expect(share(id).state).toBe('shared');
      share(id, { expiresInMinutes: 5 }, 'den-haag');
      expect(h.live.withdraw(OPERATOR, id, 'rotterdam').state).toBe('shared');
      h.clock.stepWall(301_000_000);
      expect(h.live.incident(id)).toMatchObject({ state: 'open', grants: [] });
      h.clock.advance(1_000);
      expect(h.kinds().at(-1)).toBe('grant.expired');
      expect(share(id).state).toBe('shared');
    });

    it('show each control room its own share only', () => {
      const { id } = open();
      share(id);
      share(id, { cameras: ['shop-2'] }, 'den-haag');
      expect(h.live.incident(id)?.grants).toHaveLength(2);
      const [ours, theirs] = [DISPATCHER, OTHER_ROOM].map((who) => h.live.visibleIncident(who, id));
      expect(ours).toMatchObject({ cameras: ['shop-1'], grants: [{ controlRoom: 'rotterdam' }] });
      expect(ours?.screen.tiles).toEqual([{ camera: 'shop-1' }, { empty: true }]);
      expect(theirs?.screen.tiles).toEqual([{ empty: true }, { camera: 'shop-2' }]);
      expect(h.live.visibleTo(OPERATOR)).toEqual(h.live.incidents());
    });

    it('include cameras of the site, and of elsewhere when the incident names them', () => {
      expect(share(open().id, { cameras: ['shop-3'] }).grants).toHaveLength(1);
      const refused = () => share(open().id, { cameras: ['square-1'] });
      expect(codeThrownBy(refused)).toBe('camera-not-at-site');
      const { id } = open({ cameras: ['square-1'] });
      expect(share(id, { cameras: ['square-1'] }).grants).toHaveLength(1);
    });

    it.each<[string, string, object, string]>([
      ['an unknown control room', 'unknown-control-room', {}, 'nowhere'],
      ['an unknown camera', 'unknown-camera', { cameras: ['nothing'] }, 'rotterdam'],
      ['no camera', 'invalid-request', { cameras: [] }, 'rotterdam'],
      ['no right to view', 'invalid-request', { rights: ['ptz'] }, 'rotterdam'],
      ['an unknown right', 'invalid-request', { rights: ['view', 'record'] }, 'rotterdam'],
      ['no time', 'invalid-request', { expiresInMinutes: 0 }, 'rotterdam'],
      ['no number', 'invalid-request', { expiresInMinutes: Number.NaN }, 'rotterdam'],
      ['more than a day', 'invalid-request', { expiresInMinutes: 1_441 }, 'rotterdam'],
    ])('are refused with %s', (_, code, change, room) => {
      const { id } = open();
      expect(codeThrownBy(() => share(id, change, room))).toBe(code);
      expect(h.live.incident(id)?.grants).toEqual([]);
    });

    it('withdraw quietly what was not shared', () => {
      const { id } = open();
      expect(h.live.withdraw(OPERATOR, id, 'rotterdam').grants).toEqual([]);
      expect(codeThrownBy(() => h.live.withdraw(OPERATOR, id, 'nowhere'))).toBe(
        'unknown-control-room',
      );
    });
  });

  describe('on the screen', () => {
    it('show what the operator composes, and tell it', async () => {
      const { id } = open();
      const picture = madeOf('floor');
      const made = { site: 'jeweller', name: 'Floor', picture };
      const { id: plan } = await h.live.pictures.plans.add(OPERATOR, made);
      h.changes.length = 0;
      const screen = {
        tiles: [{ camera: 'shop-3' }, { empty: true as const }, { plan }],
        focus: 2,
        layout: '2x2' as const,
      };
      expect(h.live.setScreen(OPERATOR, id, screen).screen).toEqual(screen);
      expect(h.changes).toMatchObject([
        { kind: 'incident' },
        { kind: 'screen', incident: id, screen },
      ]);
    });

    it.each<[string, string, object]>([
      [
        'a camera from elsewhere',
        'camera-not-at-site',
        { tiles: [{ camera: 'square-1' }], focus: null },
      ],
      ['a focus on nothing', 'invalid-request', { tiles: [], focus: 0 }],
      ['ten tiles', 'invalid-request', { tiles: Array(10).fill({ empty: true }), focus: null }],
      [
        'two things in one tile',
        'invalid-request',
        { tiles: [{ camera: 'shop-1', plan: 'x' }], focus: null },
      ],
    ])('refuse %s', (_, code, screen) => {
      const { id } = open();
      const set = () => h.live.setScreen(OPERATOR, id, screen as never);
      expect(codeThrownBy(set)).toBe(code);
    });
  });

  describe('closed', () => {
    it('stay closed', () => {
      const { id } = open();
      share(id);
      expect(h.live.close(OPERATOR, id, CLOSING)).toMatchObject({
        state: 'closed',
        grants: [],
        closedBy: 'olga',
        outcome: 'handed-over',
        closingNote: 'patrol is there',
      });
      const forbidden = [
        () => h.live.close(OPERATOR, id, CLOSING),
        () => h.live.updateIncident(OPERATOR, id, { note: 'x' }),
        () => share(id),
        () => h.live.setScreen(OPERATOR, id, { tiles: [], focus: null }),
        () =>
          h.live.request(OPERATOR, {
            incident: id,
            action: 'ptz.home',
            camera: 'shop-1',
            args: {},
          }),
      ];
      for (const work of forbidden) expect(codeThrownBy(work)).toBe('incident-closed');
    });

    it('must have existed', () => {
      expect(codeThrownBy(() => h.live.close(OPERATOR, 'inc_x', CLOSING))).toBe('unknown-incident');
      expect(h.live.incident('inc_x')).toBeUndefined();
    });
  });

  it('tell subscribers what was before, and go on when one of them fails', () => {
    h.live.subscribe(() => {
      throw new Error('broken');
    });
    const told: unknown[] = [];
    const forget = h.live.subscribe((change) => told.push(change));
    const incident = open();
    const after = share(incident.id);
    expect(told).toEqual([
      { kind: 'incident', incident, before: undefined },
      { kind: 'incident', incident: after, before: incident },
    ]);
    forget();
    open();
    expect(told).toHaveLength(2);
  });
});
