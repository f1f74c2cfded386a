import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PermitEnd } from '../../src/core/permit.ts';
import type { CameraInfo, OwnerRule } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
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
/** `camera room` of each permit that has ended, in order. */
let ended: string[];
beforeEach(() => {
  const world = directory();
  cameras = new Map(world.cameras);
  h = new Harness({ ...world, cameras });
  ended = [];
});
afterEach(() => h.dispose());

const rule = (camera: string, sharing: Partial<OwnerRule>) => {
  const before = cameras.get(camera);
  if (!before) throw new Error(`no such camera: ${camera}`);
  cameras.set(camera, { ...before, sharing: { timezone: 'UTC', ...sharing } });
};
const watch = (camera: string, room = 'rotterdam') => {
  const permit = h.live.gate.permit(room, h.incident, camera);
  permit.onEnd(({ code }: PermitEnd) => ended.push(`${camera} ${room} ${code}`));
  return permit;
};
const share = (room: string, shared: string[]) =>
  h.live.grant(OPERATOR, h.incident, room, {
    cameras: shared,
    rights: ['view', 'ptz', 'switch'],
  });
const dataOf = (kind: string) => [...h.journal.read()].filter((entry) => entry.kind === kind);

describe('a share that is extended', () => {
  beforeEach(() => {
    h.shared();
  });

  it('lasts so many minutes from then, by an act that says who did it', () => {
    h.clock.advance(50 * 60_000);
    const [grant] = h.live.casework.grants.extend(
      SECOND_OPERATOR,
      h.incident,
      'rotterdam',
      30,
    ).grants;
    expect(grant).toMatchObject({
      grantedBy: 'olga',
      grantedAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T01:20:00.000Z',
    });
    expect(dataOf('grant.extended')).toMatchObject([
      { actor: { user: 'otto' }, data: { expiresAt: '2026-01-01T01:20:00.000Z' } },
    ]);
    const permit = watch('shop-1');
    h.clock.advance(30 * 60_000 - 1);
    expect(permit.ended).toBeUndefined();
    h.clock.advance(1);
    expect(ended).toEqual(['shop-1 rotterdam grant-expired']);
  });

  it('lasts as long as a new one unless told, and is never made shorter', () => {
    h.live.casework.grants.extend(OPERATOR, h.incident, 'rotterdam', 5);
    expect(dataOf('grant.extended')).toEqual([]);
    h.clock.advance(60_000);
    h.live.casework.grants.extend(OPERATOR, h.incident, 'rotterdam');
    expect(h.live.incident(h.incident)?.grants[0]?.expiresAt).toBe('2026-01-01T01:01:00.000Z');
  });

  it('is not brought back by that, and lasts no longer than a day', () => {
    const extend = (room: string, minutes?: number) =>
      codeThrownBy(() => h.live.casework.grants.extend(OPERATOR, h.incident, room, minutes));
    expect(extend('rotterdam', 1_441)).toBe('invalid-request');
    expect(extend('den-haag')).toBe('grant-expired');
    expect(extend('nowhere')).toBe('unknown-control-room');
    h.clock.stepWall(3_600_000_000);
    expect(extend('rotterdam')).toBe('grant-expired');
    h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
    expect(extend('rotterdam')).toBe('grant-expired');
  });

  it('is extended after a restart', () => {
    h.clock.advance(60_000);
    const before = h.live.casework.grants.extend(OPERATOR, h.incident, 'rotterdam', 90);
    expect(h.restart().incident(h.incident)).toEqual(before);
  });

  it('is not prolonged by watching', () => {
    const { expiresAt } = h.live.incident(h.incident)?.grants[0] ?? {};
    watch('shop-1');
    h.clock.advance(59 * 60_000);
    watch('shop-1');
    expect(h.live.incident(h.incident)?.grants[0]?.expiresAt).toBe(expiresAt);
  });
});

describe('what is taken away', () => {
  beforeEach(() => {
    h.shared(['view', 'ptz', 'switch'], ['shop-1', 'shop-2']);
    share('den-haag', ['shop-1', 'shop-3']);
    for (const camera of ['shop-1', 'shop-2']) watch(camera);
    for (const camera of ['shop-1', 'shop-3']) watch(camera, 'den-haag');
  });

  it('is one camera of one room, at once', () => {
    h.live.casework.grants.withdraw(OPERATOR, h.incident, {
      controlRoom: 'rotterdam',
      camera: 'shop-1',
    });
    expect(ended).toEqual(['shop-1 rotterdam grant-withdrawn']);
    expect(h.live.visibleIncident(DISPATCHER, h.incident)?.cameras).toEqual(['shop-2']);
    expect(h.live.visibleIncident(OTHER_ROOM, h.incident)?.cameras).toEqual(['shop-1', 'shop-3']);
  });

  it('is one camera of every room, in one act and one entry', () => {
    h.live.casework.grants.withdraw(OPERATOR, h.incident, { camera: 'shop-1' });
    expect(ended.sort()).toEqual([
      'shop-1 den-haag grant-withdrawn',
      'shop-1 rotterdam grant-withdrawn',
    ]);
    expect(dataOf('grant.withdrawn').map(({ data }) => data)).toEqual([{ cameras: ['shop-1'] }]);
    expect(h.live.incident(h.incident)?.grants.map((grant) => grant.cameras)).toEqual([
      ['shop-2'],
      ['shop-3'],
    ]);
  });

  it('is everything, in one act and one entry', () => {
    const incident = h.live.casework.grants.withdraw(OPERATOR, h.incident, {});
    expect(ended).toHaveLength(4);
    expect(incident).toMatchObject({ state: 'open', grants: [] });
    expect(dataOf('grant.withdrawn').map(({ data }) => data)).toEqual([{}]);
    h.live.casework.grants.withdraw(OPERATOR, h.incident, {});
    expect(dataOf('grant.withdrawn')).toHaveLength(1);
  });

  it('is the share, with its last camera', () => {
    h.live.casework.grants.withdraw(OPERATOR, h.incident, {
      controlRoom: 'rotterdam',
      camera: 'shop-1',
    });
    const incident = h.live.casework.grants.withdraw(OPERATOR, h.incident, {
      controlRoom: 'rotterdam',
      camera: 'shop-2',
    });
    expect(incident.grants.map(({ controlRoom }) => controlRoom)).toEqual(['den-haag']);
    const before = h.live.incident(h.incident);
    expect(h.restart().incident(h.incident)).toEqual(before);
  });

  it('is nothing where it was not shared, and nothing is written', () => {
    const count = h.kinds().length;
    h.live.casework.grants.withdraw(OPERATOR, h.incident, {
      controlRoom: 'rotterdam',
      camera: 'shop-3',
    });
    h.live.casework.grants.withdraw(OPERATOR, h.incident, { camera: 'square-1' });
    expect([ended, h.kinds().length]).toEqual([[], count]);
  });

  it('takes the movement of that camera with it, and no other', async () => {
    const [mine, other] = [h.ask(DISPATCHER), h.ask(DISPATCHER, 'ptz.move', { pan: 1 }, 'shop-2')];
    await h.live.accept(OPERATOR, mine.id);
    await h.live.accept(OPERATOR, other.id);
    h.live.casework.grants.withdraw(OPERATOR, h.incident, { camera: 'shop-1' });
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    await settle();
    expect([h.stateOf(mine)?.state, h.stateOf(other)?.state]).toEqual(['done', 'running']);
  });

  it('ends although it cannot be written, and only what it was to take', () => {
    h.journal.full = true;
    h.live.casework.grants.withdraw(OPERATOR, h.incident, { camera: 'shop-1' });
    expect(ended.sort()).toEqual([
      'shop-1 den-haag grant-withdrawn',
      'shop-1 rotterdam grant-withdrawn',
    ]);
  });
});

describe('a camera whose owner', () => {
  beforeEach(() => {
    h.shared(['view', 'ptz', 'switch'], ['shop-1']);
  });

  it('shares it with nobody is refused to the operator with the reason', () => {
    rule('shop-3', { never: true });
    expect(codeThrownBy(() => share('rotterdam', ['shop-1', 'shop-3']))).toBe(
      'camera-never-shared',
    );
    expect(h.live.incident(h.incident)?.grants[0]?.cameras).toEqual(['shop-1']);
  });

  it.each<[string, Partial<OwnerRule>]>([
    ['shares it with nobody', { never: true }],
    ['shares it at other hours', { hours: [{ from: 60, to: 120 }] }],
    ['shares it on other days', { days: [0] }],
    ['shares it for other types', { types: ['fire'] }],
  ])('%s does not exist for a control room that asks for it', (_, sharing) => {
    rule('shop-3', sharing);
    const ask = () => h.ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-3' });
    expect(codeThrownBy(ask)).toBe('not-shared');
    const nothing = () => h.ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'nothing' });
    expect(codeThrownBy(nothing)).toBe('not-shared');
  });

  it('changes the word meanwhile is asked again when a switch is accepted', async () => {
    const request = h.ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-3' });
    rule('shop-3', { hours: [{ from: 60, to: 120 }] });
    await expect(h.live.accept(OPERATOR, request.id)).rejects.toMatchObject({
      code: 'camera-outside-hours',
    });
    expect(h.stateOf(request)?.state).toBe('pending');
    expect(codeThrownBy(() => watch('shop-3'))).toBe('not-shared');
  });

  // The harness begins on Thursday 1 January 2026, 00:00 UTC.
  it('shares it until a given hour loses its viewers with that minute, and it comes back by an act alone', () => {
    rule('shop-1', { hours: [{ from: 0, to: 30 }] });
    const permit = watch('shop-1');
    h.clock.advance(30 * 60_000 - 1);
    expect(permit.ended).toBeUndefined();
    h.clock.advance(1);
    expect(ended).toEqual(['shop-1 rotterdam grant-withdrawn']);
    expect(dataOf('grant.withdrawn')).toMatchObject([
      {
        actor: { role: 'gateway' },
        data: { controlRoom: 'rotterdam', cameras: ['shop-1'], reason: 'owner-rule' },
      },
    ]);
    expect(h.live.incident(h.incident)?.state).toBe('open');
    rule('shop-1', { hours: [{ from: 0, to: 60 }] });
    expect(codeThrownBy(() => watch('shop-1'))).toBe('not-shared');
    share('rotterdam', ['shop-1']);
    watch('shop-1');
  });

  it('shares it until a given hour leaves the shares of all rooms in one write', () => {
    share('den-haag', ['shop-1', 'shop-2']);
    rule('shop-1', { hours: [{ from: 0, to: 30 }] });
    const before = h.journal.writes.length;
    h.clock.advance(30 * 60_000);
    expect(dataOf('grant.withdrawn')).toHaveLength(2);
    expect(h.journal.writes.slice(before)).toEqual([2]);
    expect(h.live.incident(h.incident)?.grants).toMatchObject([{ cameras: ['shop-2'] }]);
  });

  it('is not shared longer because the wall clock was set back, and shorter when it was set forward', () => {
    rule('shop-1', { hours: [{ from: 0, to: 30 }] });
    const permit = watch('shop-1');
    h.clock.stepWall(-20 * 60_000_000);
    // By that clock it is 23:40 of the day before.
    expect(permit.ended?.code).toBe('grant-withdrawn');
    h.clock.stepWall(20 * 60_000_000);
    h.clock.advance(1_000);
    rule('shop-1', { hours: [{ from: 0, to: 30 }] });
    share('rotterdam', ['shop-1']);
    h.clock.advance(20 * 60_000);
    h.clock.stepWall(-15 * 60_000_000);
    const later = watch('shop-1');
    h.clock.advance(10 * 60_000 - 1_000);
    expect(later.ended?.code).toBe('grant-withdrawn');
    share('rotterdam', ['shop-1']);
    const last = watch('shop-1');
    h.clock.stepWall(30 * 60_000_000);
    expect(last.ended?.code).toBe('grant-withdrawn');
  });

  it('is asked at every picture, not only when somebody looks', () => {
    rule('shop-1', { hours: [{ from: 0, to: 30 }] });
    const permit = watch('shop-1');
    h.clock.stepWall(30 * 60_000_000);
    expect(codeThrownBy(() => permit.check())).toBe('grant-withdrawn');
    expect(h.live.visibleIncident(DISPATCHER, h.incident)?.cameras).toEqual([]);
    expect(codeThrownBy(() => h.ask(DISPATCHER))).toBe('not-shared');
  });

  it('shares it for one type loses its viewers when the incident becomes another', () => {
    rule('shop-1', { types: ['robbery', 'violence'] });
    share('rotterdam', ['shop-1', 'shop-2']);
    watch('shop-1');
    watch('shop-2');
    h.live.updateIncident(OPERATOR, h.incident, { type: 'violence' });
    expect(ended).toEqual([]);
    const incident = h.live.updateIncident(OPERATOR, h.incident, { type: 'fire' });
    expect(ended).toEqual(['shop-1 rotterdam grant-withdrawn']);
    expect(incident.grants).toMatchObject([{ cameras: ['shop-2'] }]);
    h.live.updateIncident(OPERATOR, h.incident, { type: 'robbery' });
    expect(codeThrownBy(() => watch('shop-1'))).toBe('not-shared');
  });

  it('shares it until a given hour stops the movement of it too', async () => {
    rule('shop-1', { hours: [{ from: 0, to: 1 }] });
    h.clock.advance(58_000);
    const request = h.ask(DISPATCHER);
    await h.live.accept(OPERATOR, request.id);
    await h.holdFor(DISPATCHER, request, 1_800);
    expect(h.stateOf(request)?.state).toBe('running');
    await h.holdFor(DISPATCHER, request, 200);
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    expect(h.stateOf(request)).toMatchObject({ state: 'done', reasonCode: 'share-ended' });
  });

  it.each<[string, OwnerRule['hours'], string[]]>([
    ['ended and began again', [0, 60].map((from) => ({ from, to: from + 30 })), ['shop-2']],
    ['went on', [{ from: 0, to: 120 }], ['shop-1', 'shop-2']],
  ])(
    'shares it at hours that %s while the gateway was off is found at a start',
    (_, hours, left) => {
      const terms = {
        cameras: ['shop-1', 'shop-2'],
        rights: ['view'],
        expiresInMinutes: 240,
      } as const;
      h.live.grant(OPERATOR, h.incident, 'rotterdam', terms);
      rule('shop-1', hours ? { hours } : {});
      h.clock.stepWall(70 * 60_000_000);
      h.restart();
      expect(h.live.incident(h.incident)?.grants).toMatchObject([{ cameras: left }]);
    },
  );

  it('shares it at other hours by now is found at a start', () => {
    rule('shop-1', { days: [0] });
    h.restart();
    expect(h.live.incident(h.incident)?.grants).toEqual([]);
    expect(dataOf('grant.withdrawn')).toMatchObject([{ data: { reason: 'owner-rule' } }]);
  });
});
