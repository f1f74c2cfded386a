import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rfc3339 } from '../../src/core/clock.ts';
import { settle } from '../support/manual-clock.ts';
import { DISPATCHER, directory, Harness, OPERATOR } from './harness.ts';

const PAN = { pan: 1 };

/** What is not recorded does not happen. */
describe('when the journal cannot be written', () => {
  let h: Harness;
  let ended: string[];
  beforeEach(() => {
    ended = [];
    h = new Harness(directory('confirm', 'confirm'));
    h.shared();
    h.live.gate.permit('rotterdam', h.incident, 'shop-1').onEnd(({ code }) => ended.push(code));
  });
  afterEach(() => h.dispose());

  const snapshot = () => JSON.stringify([h.live.incidents(), h.live.requests(), h.kinds()]);
  const calls = () => [...h.controls.values()].flatMap((control) => control.calls);
  const request = (
    action: 'ptz.move' | 'ptz.home' | 'camera.switch',
    args: object,
    actor = DISPATCHER,
  ) => h.ask(actor, action, args as Record<string, unknown>);

  const commands: [string, () => unknown][] = [
    ['opening', () => h.opened()],
    ['a note', () => h.live.updateIncident(OPERATOR, h.incident, { note: 'x' })],
    [
      'sharing',
      () =>
        h.live.grant(OPERATOR, h.incident, 'den-haag', { cameras: ['shop-1'], rights: ['view'] }),
    ],
    [
      'sharing less',
      () =>
        h.live.grant(OPERATOR, h.incident, 'rotterdam', { cameras: ['shop-2'], rights: ['view'] }),
    ],
    ['composing', () => h.live.setScreen(OPERATOR, h.incident, { tiles: [], focus: null })],
    ['asking', () => request('ptz.move', PAN)],
    ['moving', () => request('ptz.move', PAN, OPERATOR)],
    ['switching', () => request('camera.switch', { tile: 0, camera: 'shop-3' }, OPERATOR)],
    ['watching', () => watch('rotterdam')],
  ];

  function watch(room: string) {
    const permit = h.live.gate.permit(room, h.incident, 'shop-1');
    return h.live.viewings.begin(DISPATCHER, { camera: 'shop-1', incident: h.incident, permit });
  }

  it.each(commands)('%s fails, and nothing has changed', async (_, work) => {
    const before = snapshot();
    h.changes.length = 0;
    h.journal.full = true;
    expect(work).toThrow(expect.objectContaining({ code: 'journal-unwritable' }));
    await settle();
    expect(snapshot()).toBe(before);
    expect(h.changes).toEqual([]);
    expect(calls()).toEqual([]);
    expect(ended).toEqual([]);
    expect(() => h.live.gate.permit('den-haag', h.incident, 'shop-1')).toThrow();
  });

  it.each<[string, 'ptz.move' | 'ptz.home' | 'camera.switch', object]>([
    ['a movement', 'ptz.move', PAN],
    ['a way home', 'ptz.home', {}],
    ['a switch', 'camera.switch', { tile: 0, camera: 'shop-3' }],
  ])('accepting or declining %s fails, and it goes on waiting', async (_, action, args) => {
    const { id } = request(action, args);
    await settle();
    const before = snapshot();
    h.journal.full = true;
    const unwritable = expect.objectContaining({ code: 'journal-unwritable' });
    await expect(h.live.accept(OPERATOR, id)).rejects.toEqual(unwritable);
    expect(() => h.live.decline(OPERATOR, id, '')).toThrow(unwritable);
    expect(snapshot()).toBe(before);
    expect(calls()).toEqual([]);
    expect(() => h.live.gate.permit('rotterdam', h.incident, 'shop-3')).toThrow();
    h.journal.full = false;
    expect((await h.live.accept(OPERATOR, id)).state).not.toBe('pending');
  });

  it.each<[string, string, () => unknown]>([
    [
      'closing',
      'incident.closed',
      () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' }),
    ],
    ['withdrawing', 'grant.withdrawn', () => h.live.withdraw(OPERATOR, h.incident, 'rotterdam')],
  ])('%s holds at once and for good, and is recorded when it can be', async (_, kind, work) => {
    const { id } = request('ptz.move', PAN);
    await h.live.accept(OPERATOR, id);
    h.journal.full = true;
    const at = rfc3339(h.clock.unixUs());
    work();
    expect(ended).toHaveLength(1);
    expect(calls().at(-1)).toBe('stop');
    expect(() => watch('rotterdam')).toThrow(expect.objectContaining({ code: 'not-shared' }));
    expect(h.kinds()).not.toContain(kind);
    h.clock.advance(5_000);
    h.journal.mend();
    await settle();
    expect(() => watch('rotterdam')).toThrow(expect.objectContaining({ code: 'not-shared' }));
    const entry = [...h.journal.read()].find((each) => each.kind === kind);
    expect(entry).toMatchObject({ actor: { user: OPERATOR.user }, data: { happenedAt: at } });
    const before = h.live.incidents();
    h.restart();
    expect(h.live.incidents()).toEqual(before);
    expect(() => watch('rotterdam')).toThrow(expect.objectContaining({ code: 'not-shared' }));
  });

  it('closing is refused for what it is always refused for', () => {
    h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
    h.journal.full = true;
    const again = () => h.live.close(OPERATOR, h.incident, { outcome: 'resolved', note: '' });
    expect(again).toThrow(expect.objectContaining({ code: 'incident-closed' }));
    const withdraw = () => h.live.withdraw(OPERATOR, h.incident, 'nowhere');
    expect(withdraw).toThrow(expect.objectContaining({ code: 'unknown-control-room' }));
  });

  it('between the request and the intent, nothing moves', async () => {
    request('ptz.home', {}, OPERATOR);
    await settle();
    h.journal.left = 1;
    const moving = request('ptz.move', PAN, OPERATOR);
    await settle();
    expect(h.stateOf(moving)).toMatchObject({ state: 'failed', reason: 'the disk is full' });
    expect(calls()).toEqual(['home']);
  });

  it('while steering on, the camera stops', async () => {
    const first = request('ptz.move', PAN, OPERATOR);
    await settle();
    expect(h.stateOf(first)?.state).toBe('running');
    h.journal.left = 1;
    const second = request('ptz.move', { tilt: 1 }, OPERATOR);
    await settle();
    expect(calls()).toEqual(['move {"pan":1} 2000', 'stop']);
    expect([first, second].map((each) => h.stateOf(each)?.state)).toEqual(['done', 'failed']);
  });

  it('Stop is sent, and what it ends is over', async () => {
    const moving = request('ptz.move', PAN, OPERATOR);
    await settle();
    h.journal.full = true;
    await h.live.release(OPERATOR, moving.id);
    expect(calls().at(-1)).toBe('stop');
    expect(h.stateOf(moving)?.state).toBe('done');
    h.journal.full = false;
    h.restart();
    expect(h.stateOf(moving)?.state).toBe('failed');
  });

  it('what ended meanwhile is recorded when it can be again, before all else, with the time at which it did', async () => {
    const viewing = watch('rotterdam');
    h.journal.full = true;
    const reason = 'unwatched';
    viewing.end({ bytes: 10, pictures: 1, dropped: 0, reason });
    await settle();
    h.clock.advance(60 * 60_000);
    const endedAt = rfc3339(h.clock.unixUs());
    h.clock.advance(60_000);
    h.journal.full = false;
    h.opened();
    const late = [...h.journal.read()].slice(-3);
    expect(late.map(({ kind }) => kind)).toEqual([
      'viewing.ended',
      'grant.expired',
      'incident.opened',
    ]);
    expect(late[0]?.data).toMatchObject({ bytes: 10, reason });
    expect(late[1]?.data['happenedAt']).toBe(endedAt);
    expect(late[2]?.data['happenedAt']).toBeUndefined();
    const before = h.live.incidents();
    h.restart();
    expect(h.live.incidents()).toEqual(before);
    expect(h.kinds().at(-1)).toBe('incident.opened');
  });

  it('the centre is told, and what is owed is recorded without anybody doing anything', async () => {
    h.journal.full = true;
    h.clock.advance(60 * 60_000);
    h.changes.length = 0;
    h.journal.mend();
    expect(h.changes.map(({ kind }) => kind)).toEqual(['recording']);
    await settle();
    expect(h.kinds().at(-1)).toBe('grant.expired');
    h.journal.mend();
    await settle();
    expect(h.kinds().filter((kind) => kind === 'grant.expired')).toHaveLength(1);
  });

  it('what is owed waits on when it cannot be recorded yet', async () => {
    h.journal.full = true;
    h.clock.advance(60 * 60_000);
    h.journal.mend();
    h.journal.full = true;
    await settle();
    expect(h.kinds()).not.toContain('grant.expired');
    h.journal.mend();
    await settle();
    expect(h.kinds().at(-1)).toBe('grant.expired');
  });

  it('a share still ends at its time', () => {
    h.journal.full = true;
    h.clock.advance(60 * 60_000);
    expect(ended).toEqual(['grant-expired']);
    h.journal.full = false;
    h.restart();
    expect(h.live.incident(h.incident)?.grants).toEqual([]);
    expect(h.kinds().at(-1)).toBe('grant.expired');
  });
});
