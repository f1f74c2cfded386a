import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraInfo, ControlRoom, Policy } from '../../src/liveview/model.ts';
import { settle } from '../support/manual-clock.ts';
import { codeThrownBy, DISPATCHER, DOME, directory, Harness, OPERATOR } from './harness.ts';

/** A reload of the configuration takes away at once what it no longer allows. */
describe('when the directory changes', () => {
  let h: Harness;
  let cameras: Map<string, CameraInfo>;
  let controlRooms: Map<string, ControlRoom>;
  let ended: string[];
  beforeEach(() => {
    const world = directory();
    cameras = new Map(world.cameras);
    controlRooms = new Map(world.controlRooms);
    h = new Harness({ ...world, cameras, controlRooms });
    h.shared(['view', 'ptz', 'switch'], ['shop-1', 'shop-2']);
    ended = [];
  });
  afterEach(() => h.dispose());

  const watch = (camera: string) => {
    const permit = h.live.gate.permit('rotterdam', h.incident, camera);
    permit.onEnd(({ code }) => ended.push(`${camera} ${code}`));
    return permit;
  };
  const setPolicy = (camera: string, ptz: Policy, change: Policy = 'confirm') => {
    const info = cameras.get(camera);
    if (info) cameras.set(camera, { ...info, requests: { ptz, switch: change } });
  };
  const moving = async () => {
    const request = h.ask(DISPATCHER);
    await h.live.accept(OPERATOR, request.id);
    expect(h.stateOf(request)?.state).toBe('running');
    return request;
  };
  const calls = () => h.control('shop-1').calls;

  it('ends what a control room had that is gone, and tells those who saw it', async () => {
    const request = await moving();
    watch('shop-1');
    h.changes.length = 0;
    controlRooms.delete('rotterdam');
    h.live.directoryChanged();
    expect(ended).toEqual(['shop-1 grant-withdrawn']);
    expect(calls().at(-1)).toBe('stop');
    expect(h.live.visibleTo(DISPATCHER)).toEqual([]);
    expect(h.changes.find(({ kind }) => kind === 'incident')).toMatchObject({
      kind: 'incident',
      before: { grants: [{ controlRoom: 'rotterdam' }] },
      incident: { grants: [] },
    });
    await settle();
    expect(h.stateOf(request)).toMatchObject({
      state: 'done',
      reason: 'the configuration no longer allows it',
    });
    controlRooms.set('rotterdam', { id: 'rotterdam', name: 'rotterdam', service: 'police' });
    h.live.directoryChanged();
    expect(codeThrownBy(() => watch('shop-1'))).toBe('not-shared');
  });

  it('takes a camera that is gone out of the shares, and leaves the others', () => {
    watch('shop-1');
    const kept = watch('shop-2');
    const centre = h.live.gate.centrePermit('shop-1');
    cameras.delete('shop-1');
    h.live.directoryChanged();
    expect(ended).toEqual(['shop-1 grant-withdrawn']);
    expect(centre.ended?.code).toBe('camera-changed');
    expect(kept.ended).toBeUndefined();
    expect(h.live.visibleIncident(DISPATCHER, h.incident)?.cameras).toEqual(['shop-2']);
    h.restart();
    expect(h.live.incident(h.incident)?.grants).toMatchObject([{ cameras: ['shop-2'] }]);
  });

  it('has everybody look at every open incident anew: names and policies are part of what they see', () => {
    const other = h.opened();
    h.live.close(OPERATOR, other.id, { outcome: 'resolved', note: '' });
    h.changes.length = 0;
    setPolicy('shop-1', 'auto');
    h.live.directoryChanged();
    expect(h.changes).toMatchObject([{ kind: 'incident', incident: { id: h.incident } }]);
  });

  it('asks the directory at every look, told of the change or not', () => {
    const permit = watch('shop-1');
    cameras.delete('shop-1');
    expect(codeThrownBy(() => permit.check())).toBe('grant-withdrawn');
    controlRooms.delete('rotterdam');
    expect(codeThrownBy(() => watch('shop-2'))).toBe('not-shared');
    expect(h.live.visibleTo(DISPATCHER)).toEqual([]);
    expect(codeThrownBy(() => h.ask(DISPATCHER))).toBe('not-shared');
  });

  it('finds at a start what was taken away while it did not run', () => {
    controlRooms.delete('rotterdam');
    h.restart();
    expect(h.live.incident(h.incident)?.grants).toEqual([]);
    expect(h.kinds().at(-1)).toBe('grant.withdrawn');
  });

  it('takes away also when that cannot be journalled', () => {
    watch('shop-1');
    h.journal.full = true;
    controlRooms.delete('rotterdam');
    h.live.directoryChanged();
    expect(ended).toEqual(['shop-1 grant-withdrawn']);
    expect(h.live.incident(h.incident)?.grants).toEqual([]);
  });

  it('stops what a policy of never no longer allows, and answers what waits', async () => {
    const request = await moving();
    const waiting = h.ask(DISPATCHER, 'ptz.home', {});
    const other = h.ask(DISPATCHER, 'camera.switch', { tile: 0, camera: 'shop-2' });
    setPolicy('shop-1', 'never');
    h.live.directoryChanged();
    expect(calls().at(-1)).toBe('stop');
    await settle();
    expect(h.stateOf(request)?.state).toBe('done');
    expect(h.stateOf(waiting)).toMatchObject({
      state: 'declined',
      reason: 'the centre does not let others send this camera home',
    });
    expect(h.stateOf(other)?.state).toBe('pending');
    expect(h.ask(DISPATCHER).state).toBe('declined');
  });

  it('leaves the hand of the operator alone', async () => {
    const request = h.ask(OPERATOR);
    await settle();
    setPolicy('shop-1', 'never');
    h.live.directoryChanged();
    await settle();
    expect(h.stateOf(request)?.state).toBe('running');
  });

  it('forgets what was accepted, and what cameras can do', async () => {
    const request = await moving();
    await h.live.release(DISPATCHER, request.id);
    h.live.directoryChanged();
    h.control('shop-1').abilities = { ...DOME, home: false };
    expect(h.ask(DISPATCHER).state).toBe('pending');
    const home = h.ask(OPERATOR, 'ptz.home', {});
    await settle();
    expect(h.stateOf(home)).toMatchObject({
      state: 'failed',
      reason: 'this camera has no home position',
    });
  });
});
