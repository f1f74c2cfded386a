import { describe, expect, it } from '@jest/globals';
import { withDeadline } from '../../src/core/deadline.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('withDeadline', () => {
  it('gives what the work gives, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    await expect(withDeadline(clock, 'camera', 100, async () => 7)).resolves.toBe(7);
    expect(clock.timers).toBe(0);
  });

  it('rejects at the deadline even when the work ignores its signal', async () => {
    const clock = new ManualClock();
    let seen: AbortSignal | undefined;
    const result = withDeadline(clock, 'camera', 100, (signal) => {
      seen = signal;
      return new Promise(() => undefined);
    });
    const outcome = expect(result).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('camera'),
    });
    await clock.advanceAsync(100);
    await outcome;
    expect(seen?.aborted).toBe(true);
  });

  it('rejects with the reason of the caller', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const result = withDeadline(
      clock,
      'x',
      100,
      () => new Promise(() => undefined),
      controller.signal,
    );
    controller.abort(new Error('stopped'));
    await expect(result).rejects.toThrow('stopped');
    expect(clock.timers).toBe(0);
  });

  it('passes on a failure, thrown at once or later', async () => {
    const clock = new ManualClock();
    const failing = () => {
      throw new Error('broken');
    };
    await expect(withDeadline(clock, 'x', 100, failing)).rejects.toThrow('broken');
    expect(clock.timers).toBe(0);
  });
});
