/**
 * Time is injected everywhere, so that tests neither sleep nor guess.
 *
 * Two times exist: a monotonic one for measuring (`nowMs`) and the wall clock for what people and
 * other machines read (`unixUs`). Only the first may be subtracted.
 */
export interface Clock {
  /** Milliseconds since an arbitrary moment, monotonic, with a fraction. */
  nowMs(): number;
  /** Microseconds since 1970-01-01 UTC; a safe integer until the year 2255. */
  unixUs(): number;
  /** Runs `task` once after `delayMs`. The timer does not keep the process alive. */
  setTimer(delayMs: number, task: () => void): Timer;
}

export interface Timer {
  /** Harmless when the timer has fired or was cancelled before. */
  cancel(): void;
}

/** Node's own clocks. `unixUs` follows steps of the wall clock and has sub-millisecond resolution. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  unixUs: () => steadyUnixUs(),
  setTimer(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, Math.min(delayMs, MAX_TIMER_MS)));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Node turns longer delays into 1 ms; owners of longer terms check again when the timer fires. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A step of the wall clock larger than this is believed; smaller differences are rounding. */
const STEP_US = 2_000;
/** `timeOrigin` has fractions of a millisecond, so that processes on one machine agree. */
let offsetUs = performance.timeOrigin * 1000;

/**
 * `Date.now()` has whole milliseconds; the monotonic clock adds the fraction. When both disagree by
 * more than `STEP_US`, somebody set the clock, and the wall clock wins.
 */
function steadyUnixUs(): number {
  const wallUs = Date.now() * 1000;
  const us = Math.round(performance.now() * 1000 + offsetUs);
  if (Math.abs(us - wallUs) <= STEP_US) return us;
  offsetUs = wallUs - performance.now() * 1000;
  return wallUs;
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** RFC 3339 UTC with milliseconds, the form of every time in the API and the journal. */
export function rfc3339(unixUs: number): string {
  return new Date(unixUs / 1000).toISOString();
}
