import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RECONNECT, reconnectDelayMs } from '../../src/client/backoff.ts';

describe('reconnectDelayMs', () => {
  it('doubles until the maximum and stays there', () => {
    const delays = [0, 1, 2, 5, 6, 1_000].map((attempt) =>
      reconnectDelayMs(DEFAULT_RECONNECT, attempt, () => 0),
    );
    expect(delays).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000]);
  });

  it('takes away at most the jitter', () => {
    expect(reconnectDelayMs(DEFAULT_RECONNECT, 0, () => 1)).toBe(150);
  });
});
