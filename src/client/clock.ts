/** Time as this library sees it; given in tests, `browserClock` otherwise. */
export interface ClientClock {
  /** Milliseconds since 1970-01-01 UTC with a fraction; does not step while the client lives. */
  unixMs(): number;
  /** Runs `task` once after `delayMs`. */
  setTimer(delayMs: number, task: () => void): ClientTimer;
}

export interface ClientTimer {
  /** Harmless when the timer has fired or was cancelled before. */
  cancel(): void;
}

/**
 * Monotonic, from the moment the page or the process began: a step of the computer's wall clock
 * changes nothing here, and the offset to the gateway is measured anyway.
 */
export const systemClock: ClientClock = {
  unixMs: () => performance.timeOrigin + performance.now(),
  setTimer(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
