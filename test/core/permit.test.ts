import { describe, expect, it } from '@jest/globals';
import { Permit, type PermitEnd } from '../../src/core/permit.ts';
import { ManualClock } from '../support/manual-clock.ts';

const CLOSED: PermitEnd = { code: 'incident-closed', reason: 'closed' };

describe('Permit', () => {
  it('tells every listener in the tick in which it ends, and once', () => {
    const permit = new Permit(new ManualClock(), 'shop-1');
    const heard: string[] = [];
    permit.onEnd((end) => heard.push(`a ${end.code}`));
    permit.onEnd((end) => heard.push(`b ${end.code}`));
    permit.end(CLOSED);
    permit.end({ code: 'grant-withdrawn', reason: 'later' });
    expect(heard).toEqual(['a incident-closed', 'b incident-closed']);
    expect(permit.ended).toBe(CLOSED);
    expect(() => permit.check()).toThrow('closed');
  });

  it('is over at its expiry although nobody ended it', () => {
    const clock = new ManualClock();
    const permit = new Permit(clock, 'shop-1', clock.unixUs() + 1_000_000);
    clock.advance(999);
    expect(() => permit.check()).not.toThrow();
    clock.advance(1);
    expect(() => permit.check()).toThrow(expect.objectContaining({ code: 'grant-expired' }));
  });

  it('stays over when the wall clock is set back', () => {
    const clock = new ManualClock();
    const permit = new Permit(clock, 'shop-1', clock.unixUs() + 1_000_000);
    clock.advance(1000);
    expect(permit.ended?.code).toBe('grant-expired');
    clock.stepWall(-3_600_000_000);
    expect(permit.ended?.code).toBe('grant-expired');
  });

  it('tells a late listener at once, and a forgotten one never', () => {
    const permit = new Permit(new ManualClock(), 'shop-1');
    const heard: string[] = [];
    permit.onEnd(() => heard.push('forgotten'))();
    permit.end(CLOSED);
    permit.onEnd(() => heard.push('late'));
    expect(heard).toEqual(['late']);
  });
});
