import type { State } from '../../src/liveview/state.ts';

/** Before the first event; a test replaces what it is about. */
export const emptyState = (): State => ({
  incidents: new Map(),
  requests: new Map(),
  askers: new Map(),
  viewings: new Map(),
  cameras: new Map(),
  alarms: new Map(),
  alarmKeys: new Map(),
  plans: new Map(),
});
