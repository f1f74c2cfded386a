import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settle } from '../support/manual-clock.ts';
import { raise } from './alarm-reports.ts';
import { codeThrownBy, DISPATCHER, Harness, OPERATOR, OTHER_ROOM } from './harness.ts';

describe('LiveView', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });
  afterEach(() => h.dispose());

  it('shows a control room nothing before it is shared, and nothing after it is closed', () => {
    const { id } = h.opened();
    expect(h.live.visibleTo(DISPATCHER)).toEqual([]);
    h.live.grant(OPERATOR, id, 'rotterdam', { cameras: ['shop-1'], rights: ['view'] });
    expect(h.live.visibleIncident(DISPATCHER, id)).toMatchObject({ id, cameras: ['shop-1'] });
    expect(h.live.visibleIncident(OTHER_ROOM, id)).toBeUndefined();
    h.live.close(OPERATOR, id, { outcome: 'resolved', note: 'arrested' });
    expect(h.live.visibleIncident(DISPATCHER, id)).toBeUndefined();
    expect(h.live.incident(id)).toMatchObject({ state: 'closed', outcome: 'resolved' });
  });

  it('knows where something is going on, and says when that changes', () => {
    const told: string[][] = [];
    h.live.subscribe(({ kind }) => {
      if (kind === 'incident') told.push([...h.live.wakefulSites()]);
    });
    expect([...h.live.wakefulSites()]).toEqual([]);
    const first = h.opened();
    const second = h.opened();
    h.live.close(OPERATOR, first.id, { outcome: 'false-alarm', note: '' });
    expect([...h.live.wakefulSites()]).toEqual([first.site]);
    h.live.close(OPERATOR, second.id, { outcome: 'resolved', note: '' });
    expect([told[0], told.at(-1)]).toEqual([[first.site], []]);
    const alarm = raise(h);
    expect([...h.live.wakefulSites()]).toEqual([alarm.site]);
    h.live.judging.end(OPERATOR, alarm.id, '');
    expect([...h.live.wakefulSites()]).toEqual([]);
  });

  it('moves a camera for a dispatcher who holds on until the operator accepts', async () => {
    const incident = h.shared();
    const request = h.live.request(DISPATCHER, {
      incident,
      action: 'ptz.move',
      camera: 'shop-1',
      args: { pan: 0.5 },
    });
    expect(request.state).toBe('pending');
    await h.clock.advanceAsync(400);
    h.live.hold(DISPATCHER, request.id);
    await h.clock.advanceAsync(400);
    expect((await h.live.accept(OPERATOR, request.id)).state).toBe('running');
    expect(h.control('shop-1').calls).toEqual(['move {"pan":0.5} 2000']);
    await h.live.release(DISPATCHER, request.id);
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    expect(h.live.requests()).toMatchObject([{ id: request.id, state: 'done' }]);
  });

  it('begins to stop at once, however often it is told to', async () => {
    const incident = h.shared();
    const request = h.ask(OPERATOR);
    await settle();
    const permit = h.live.gate.permit('rotterdam', incident, 'shop-1');
    h.live.beginStop();
    expect(permit.ended?.code).toBe('gateway-stopping');
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    h.live.beginStop();
    await h.live.stop();
    expect(h.control('shop-1').calls.filter((call) => call === 'stop')).toHaveLength(1);
    expect(h.stateOf(request)?.state).toBe('done');
  });

  it('ends the movement of a camera that is about to change', async () => {
    h.shared();
    const request = h.ask(OPERATOR);
    await settle();
    await h.live.stopCamera('shop-1');
    expect(h.control('shop-1').calls.at(-1)).toBe('stop');
    expect(h.stateOf(request)).toMatchObject({ state: 'done', reason: 'the camera changes' });
  });

  it('switches a tile and shares the camera when the operator accepts', async () => {
    const incident = h.shared();
    const ask = { incident, action: 'camera.switch', args: { tile: 0, camera: 'shop-3' } } as const;
    const request = h.live.request(DISPATCHER, ask);
    expect(codeThrownBy(() => h.live.gate.permit('rotterdam', incident, 'shop-3'))).toBe(
      'not-shared',
    );
    expect((await h.live.accept(OPERATOR, request.id)).state).toBe('done');
    expect(h.live.gate.permit('rotterdam', incident, 'shop-3').ended).toBeUndefined();
    expect(h.live.incident(incident)?.screen.tiles[0]).toEqual({ camera: 'shop-3' });
  });
});
