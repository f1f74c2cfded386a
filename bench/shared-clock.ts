import { type Clock, systemClock } from '../src/core/clock.ts';

/**
 * One clock for the camera, which stamps, and the viewer, which reads the stamps, in two processes.
 *
 * Linux gives all processes the same CLOCK_MONOTONIC, in nanoseconds; the wall clock of Node has
 * whole milliseconds, which is more than what is to be measured. `offsetUs` moves it to Unix time,
 * because that is what a camera's sender reports hold; it is taken once and given to the other process.
 */
export function sharedClock(offsetUs: number): Clock {
  return { ...systemClock, unixUs: () => monotonicUs() + offsetUs };
}

export function unixOffsetUs(): number {
  return Date.now() * 1_000 - monotonicUs();
}

function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
