import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PermitEnd } from '../../src/core/permit.ts';
import { codeThrownBy, Harness, OPERATOR } from './harness.ts';

describe('the gate', () => {
  let h: Harness;
  let incident: string;
  const ends: (PermitEnd['code'] | 'told')[] = [];
  beforeEach(() => {
    h = new Harness();
    incident = h.shared(['view'], ['shop-1', 'shop-2']);
    ends.length = 0;
  });
  afterEach(() => h.dispose());

  const permit = (camera = 'shop-1') => {
    const issued = h.live.gate.permit('rotterdam', incident, camera);
    issued.onEnd((end) => ends.push(end.code));
    return issued;
  };
  const terms = (cameras: string[]) => ({ cameras, rights: ['view'] as const });
  const watchOrder = () => h.live.subscribe(() => ends.push('told'));

  it.each<[string, [string, string, string]]>([
    ['another control room', ['den-haag', 'INCIDENT', 'shop-1']],
    ['an unknown control room', ['nowhere', 'INCIDENT', 'shop-1']],
    ['a camera that is not shared', ['rotterdam', 'INCIDENT', 'shop-3']],
    ['a camera that does not exist', ['rotterdam', 'INCIDENT', 'nothing']],
    ['another incident', ['rotterdam', 'inc_unknown', 'shop-1']],
  ])('gives %s the same answer: not shared', (_, [room, id, camera]) => {
    const ask = () => h.live.gate.permit(room, id.replace('INCIDENT', incident), camera);
    expect(codeThrownBy(ask)).toBe('not-shared');
  });

  it('lets nothing through without the right to view', () => {
    // Grants without it cannot be given; this one is written past the checks.
    const data = {
      controlRoom: 'den-haag',
      cameras: ['shop-1'],
      rights: ['ptz'],
      expiresAt: '2027-01-01T00:00:00.000Z',
    };
    h.journal.append({ kind: 'grant.given', actor: OPERATOR, incident, data });
    h.restart();
    expect(codeThrownBy(() => h.live.gate.permit('den-haag', incident, 'shop-1'))).toBe(
      'not-shared',
    );
  });

  it('ends permits when the incident closes, before anybody is told', () => {
    permit();
    permit('shop-2');
    watchOrder();
    h.live.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    // Of the incident, and of its screen, which ends with it.
    expect(ends).toEqual(['incident-closed', 'incident-closed', 'told', 'told']);
  });

  it('ends permits when the share is withdrawn, before anybody is told', () => {
    permit();
    watchOrder();
    h.live.withdraw(OPERATOR, incident, 'rotterdam');
    expect(ends).toEqual(['grant-withdrawn', 'told']);
    expect(codeThrownBy(() => permit())).toBe('not-shared');
  });

  it('ends only the permit of the camera that a new grant leaves out', () => {
    const kept = permit('shop-1');
    permit('shop-2');
    h.live.grant(OPERATOR, incident, 'rotterdam', terms(['shop-1']));
    expect(ends).toEqual(['grant-withdrawn']);
    expect(kept.ended).toBeUndefined();
  });

  it('ends permits at the expiry, by the timer', () => {
    permit();
    h.clock.advance(60 * 60_000 - 1);
    expect(ends).toEqual([]);
    h.clock.advance(1);
    expect(ends).toEqual(['grant-expired']);
    expect(h.live.incident(incident)?.grants).toEqual([]);
    expect(h.kinds().at(-1)).toBe('grant.expired');
  });

  it('ends permits at the first look after the expiry, when the clock was stepped', () => {
    const issued = permit();
    h.clock.stepWall(60 * 60_000_000);
    expect(codeThrownBy(() => issued.check())).toBe('grant-expired');
    expect(codeThrownBy(() => permit())).toBe('not-shared');
  });

  it('ends permits at the expiry when the clock was set back', () => {
    permit();
    h.clock.stepWall(-30 * 60_000_000);
    h.clock.advance(60 * 60_000);
    expect(ends).toEqual(['grant-expired']);
    expect(h.kinds().at(-1)).toBe('grant.expired');
  });

  it('notices a step of the clock within a second, when nobody looks', () => {
    permit();
    h.clock.stepWall(60 * 60_000_000);
    h.clock.advance(1_000);
    expect(ends).toEqual(['grant-expired']);
  });

  it('keeps a permit over a renewal, and ends it when the renewal ends', () => {
    permit();
    h.clock.advance(30 * 60_000);
    h.live.grant(OPERATOR, incident, 'rotterdam', terms(['shop-1']));
    h.clock.advance(59 * 60_000);
    expect(ends).toEqual([]);
    h.live.grant(OPERATOR, incident, 'rotterdam', { ...terms(['shop-1']), expiresInMinutes: 0.5 });
    h.clock.advance(30_000);
    expect(ends).toEqual(['grant-expired']);
  });

  it('is not kept from ending the others by a listener that fails', () => {
    h.live.gate.permit('rotterdam', incident, 'shop-1').onEnd(() => {
      throw new Error('broken');
    });
    permit();
    h.live.withdraw(OPERATOR, incident, 'rotterdam');
    expect(ends).toEqual(['grant-withdrawn']);
  });

  it('shows the centre every camera there is, incident or not, until the gateway stops', async () => {
    const issued = h.live.gate.centrePermit('square-1');
    issued.onEnd((end) => ends.push(end.code));
    permit();
    expect(codeThrownBy(() => h.live.gate.centrePermit('nothing'))).toBe('unknown-camera');
    const stopped = h.live.stop();
    expect(ends).toEqual(['gateway-stopping', 'gateway-stopping']);
    await stopped;
    expect(codeThrownBy(() => permit())).toBe('not-shared');
    expect(codeThrownBy(() => h.live.gate.centrePermit('shop-1'))).toBe('gateway-stopping');
  });
});
