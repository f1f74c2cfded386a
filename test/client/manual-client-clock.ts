import type { ClientClock } from '../../src/client/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** The clock of a client, moved by the test. */
export function manualClientClock(): { manual: ManualClock; clock: ClientClock } {
  const manual = new ManualClock();
  return {
    manual,
    clock: {
      unixMs: () => manual.unixUs() / 1000,
      setTimer: (delayMs, task) => manual.setTimer(delayMs, task),
    },
  };
}
