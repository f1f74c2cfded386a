import type { Actor } from '../../src/journal/record.ts';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import type { AlarmReport } from '../../src/liveview/alarms.ts';
import type { Harness } from './harness.ts';

export const PANEL: Actor = { user: 'panel-1', role: 'source' };

export const HOLD_UP: AlarmReport = {
  source: { type: 'dc09', id: '1409' },
  site: 'jeweller',
  kind: 'hold-up',
  priority: 1,
  text: { nl: 'Overvalknop toonbank', en: 'Hold-up button at the counter' },
  key: 'zone-1',
};

/** A hold-up, or what is said of it. */
export function raise(h: Harness, told: Partial<AlarmReport> = {}): Alarm {
  return h.live.raise(PANEL, { ...HOLD_UP, ...told });
}

/** What is told of a camera that sees somebody move. */
export const motion = (key: string): Partial<AlarmReport> => ({
  source: { type: 'onvif', id: 'shop-1' },
  kind: 'motion',
  priority: 4,
  key,
});
