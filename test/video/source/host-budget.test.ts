import { describe, expect, it } from '@jest/globals';
import { HostBudget } from '../../../src/video/source/host-budget.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

function budget(limit: number) {
  const clock = new ManualClock();
  return { clock, budget: new HostBudget({ clock, limit, waitMs: 1_000 }) };
}

describe('HostBudget', () => {
  it('gives as many sessions as the limit says, to each host', async () => {
    const { budget: sessions } = budget(2);
    await sessions.take('recorder');
    await sessions.take('recorder');
    await sessions.take('other');
    await expect(sessions.take('recorder', AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it('lets one more wait for another to end, first come, first served', async () => {
    const { budget: sessions } = budget(1);
    const giveBack = await sessions.take('recorder');
    const order: string[] = [];
    const first = sessions.take('recorder').then((give) => {
      order.push('first');
      return give;
    });
    void sessions.take('recorder').then(() => order.push('second'));
    await settle();
    expect(order).toEqual([]);
    giveBack();
    giveBack();
    await settle();
    expect(order).toEqual(['first']);
    (await first)();
    await settle();
    expect(order).toEqual(['first', 'second']);
  });

  it('says that the host is busy when none ends in time, and what to do', async () => {
    const { clock, budget: sessions } = budget(1);
    const giveBack = await sessions.take('recorder');
    const refused = expect(sessions.take('recorder')).rejects.toMatchObject({
      code: 'host-busy',
      message: expect.stringContaining('gateway.sessionsPerHost'),
      context: { host: 'recorder', open: 1 },
    });
    await clock.advanceAsync(1_000);
    await refused;
    giveBack();
    await sessions.take('recorder');
  });

  it('hands a session on that was given back in the moment of giving up', async () => {
    const { budget: sessions } = budget(1);
    const giveBack = await sessions.take('recorder');
    const abort = new AbortController();
    const gaveUp = sessions.take('recorder', abort.signal).catch((error: unknown) => error);
    giveBack();
    abort.abort(new Error('enough'));
    const outcome = await gaveUp;
    if (typeof outcome === 'function') outcome();
    await sessions.take('recorder');
  });

  it('believes a recorder that says it is full, for a minute', async () => {
    const { clock, budget: sessions } = budget(8);
    const first = await sessions.take('recorder');
    const refused = await sessions.take('recorder');
    sessions.full('recorder');
    refused();
    let got = false;
    const waiting = sessions.take('recorder').then((give) => {
      got = true;
      return give;
    });
    await settle();
    expect(got).toBe(false);
    first();
    await waiting;
    const another = expect(sessions.take('recorder')).rejects.toMatchObject({ code: 'host-busy' });
    await clock.advanceAsync(1_000);
    await another;
    await clock.advanceAsync(60_000);
    await sessions.take('recorder');
  });

  it('believes it also when its last session has ended meanwhile, and forgets it after the minute', async () => {
    const { clock, budget: sessions } = budget(8);
    const first = await sessions.take('recorder');
    const refused = await sessions.take('recorder');
    sessions.full('recorder');
    refused();
    first();
    const again = await sessions.take('recorder');
    const another = expect(sessions.take('recorder')).rejects.toMatchObject({ code: 'host-busy' });
    await clock.advanceAsync(1_000);
    await another;
    again();
    expect(sessions.hosts).toBe(1);
    await clock.advanceAsync(59_000);
    // Whoever is new finds no room taken by those of whom nothing counts any more.
    const other = await sessions.take('other');
    expect(sessions.hosts).toBe(1);
    other();
    expect(sessions.hosts).toBe(0);
  });
});
