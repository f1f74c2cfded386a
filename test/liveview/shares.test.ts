import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CameraInfo, ControlRoom, Grant, Incident } from '../../src/liveview/model.ts';
import { Shares } from '../../src/liveview/shares.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { directory, Harness } from './harness.ts';

const MINUTE_US = 60_000_000;

describe('the grants in force', () => {
  let clock: ManualClock;
  let shares: Shares;
  let cameras: Map<string, CameraInfo>;
  let controlRooms: Map<string, ControlRoom>;
  beforeEach(() => {
    clock = new ManualClock(Date.UTC(2026, 0, 1, 12) * 1000);
    const world = directory();
    cameras = new Map(world.cameras);
    controlRooms = new Map(world.controlRooms);
    shares = new Shares({ clock, directory: { ...world, cameras, controlRooms } });
  });

  const grant: Grant = {
    controlRoom: 'rotterdam',
    cameras: ['shop-1', 'shop-2'],
    rights: ['view'],
    grantedAt: '2026-01-01T12:00:00.000Z',
    grantedBy: 'olga',
    expiresAt: '2026-01-01T12:05:00.000Z',
  };
  const template = () => {
    const h = new Harness();
    const incident = h.opened();
    h.dispose();
    return { ...incident, grants: [grant] };
  };
  const incident: Incident = template();

  it('hold up to their end, for the control room that has them', () => {
    shares.applied(undefined, incident);
    clock.advance(5 * 60_000 - 1);
    expect(shares.inForce(incident, 'rotterdam')).toBe(grant);
    expect(shares.inForce(incident, 'den-haag')).toBeUndefined();
    expect(shares.inForce(incident, undefined)).toBeUndefined();
    clock.advance(1);
    expect(shares.inForce(incident, 'rotterdam')).toBeUndefined();
  });

  it('do not hold in a closed or an unknown incident', () => {
    expect(shares.inForce({ ...incident, state: 'closed' }, 'rotterdam')).toBeUndefined();
    expect(shares.inForce(undefined, 'rotterdam')).toBeUndefined();
  });

  it('end after their time even when the wall clock was set back, and sooner when it was set forward', () => {
    shares.applied(undefined, incident);
    clock.stepWall(-60 * MINUTE_US);
    clock.advance(5 * 60_000 - 1);
    expect(shares.isExpired(grant)).toBe(false);
    clock.advance(1);
    expect(shares.isExpired(grant)).toBe(true);
    const next = { ...grant, expiresAt: '2026-01-01T12:05:00.001Z' };
    shares.applied(incident, { ...incident, grants: [next] });
    expect(shares.isExpired(next)).toBe(false);
    clock.stepWall(61 * MINUTE_US);
    expect(shares.isExpired(next)).toBe(true);
  });

  it('keep their deadline when they are changed and not renewed', () => {
    shares.applied(undefined, incident);
    clock.stepWall(-60 * MINUTE_US);
    const wider = { ...grant, cameras: ['shop-1', 'shop-2', 'shop-3'] };
    shares.applied(incident, { ...incident, grants: [wider] });
    expect(shares.leftMs(wider)).toBe(5 * 60_000);
  });

  it('hold for what is configured', () => {
    cameras.delete('shop-1');
    expect(shares.inForce(incident, 'rotterdam')?.cameras).toEqual(['shop-2']);
    controlRooms.delete('rotterdam');
    expect(shares.inForce(incident, 'rotterdam')).toBeUndefined();
  });
});
