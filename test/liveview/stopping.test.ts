import { describe, expect, it } from '@jest/globals';
import { stopUntilConfirmed } from '../../src/liveview/stopping.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

describe('stopping a camera', () => {
  const setUp = (failures: number) => {
    const clock = new ManualClock();
    const sentAtMs: number[] = [];
    const refusals: string[] = [];
    const newer = new AbortController();
    const options = {
      clock,
      send: async () => {
        sentAtMs.push(clock.nowMs());
        if (sentAtMs.length <= failures) throw new Error('no answer');
      },
      superseded: newer.signal,
      attempts: 4,
      onRefusal: (error: Error) => refusals.push(error.message),
    };
    return { clock, sentAtMs, refusals, newer, options };
  };

  it('sends Stop before it returns', () => {
    const { sentAtMs, options } = setUp(0);
    void stopUntilConfirmed(options);
    expect(sentAtMs).toEqual([0]);
  });

  it('goes on, ever more slowly, until the camera confirms', async () => {
    const { clock, sentAtMs, refusals, options } = setUp(3);
    const stopped = stopUntilConfirmed(options);
    await clock.advanceAsync(10_000);
    await expect(stopped).resolves.toBe('confirmed');
    expect(sentAtMs).toEqual([0, 200, 600, 1_400]);
    expect(refusals).toHaveLength(3);
  });

  it('gives up with the last error', async () => {
    const { clock, sentAtMs, options } = setUp(9);
    const stopped = stopUntilConfirmed(options);
    await clock.advanceAsync(10_000);
    await expect(stopped).resolves.toMatchObject({ message: 'no answer' });
    expect(sentAtMs).toHaveLength(4);
  });

  it('leaves the camera to a newer movement, at once and unconfirmed', async () => {
    const { clock, sentAtMs, newer, options } = setUp(9);
    const stopped = stopUntilConfirmed(options);
    await settle();
    newer.abort();
    await expect(stopped).resolves.toBe('superseded');
    await clock.advanceAsync(10_000);
    expect(sentAtMs).toEqual([0]);
  });

  it('has nothing confirmed while a velocity is on its way that the newer movement overtakes', async () => {
    const { sentAtMs, newer, options } = setUp(0);
    newer.abort();
    const inFlight = Promise.resolve();
    await expect(stopUntilConfirmed({ ...options, inFlight })).resolves.toBe('superseded');
    expect(sentAtMs).toHaveLength(1);
  });

  it('repeats Stop when a velocity was on its way, once that is answered', async () => {
    const { sentAtMs, options } = setUp(0);
    let answer: () => void = () => undefined;
    const inFlight = new Promise<void>((_, reject) => {
      answer = () => reject(new Error('timeout'));
    });
    const stopped = stopUntilConfirmed({ ...options, inFlight });
    await settle();
    expect(sentAtMs).toHaveLength(1);
    answer();
    await expect(stopped).resolves.toBe('confirmed');
    expect(sentAtMs).toHaveLength(2);
  });
});
