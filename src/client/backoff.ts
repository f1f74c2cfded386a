export interface ReconnectOptions {
  firstMs: number;
  maxMs: number;
  /** Share of each delay that is random, 0…1, so that a room full of screens does not return at once. */
  jitter: number;
}

export const DEFAULT_RECONNECT: ReconnectOptions = { firstMs: 250, maxMs: 10_000, jitter: 0.4 };

/** Milliseconds to wait before attempt number `attempt` (from 0) after a failure. */
export function reconnectDelayMs(
  { firstMs, maxMs, jitter }: ReconnectOptions,
  attempt: number,
  random: () => number,
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return fullMs * (1 - jitter * random());
}
