import { systemClock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import { VirtualPanel } from '../../simulator/panel/panel.ts';

/** The panel at the jeweller's: its account, and where its two hold-up buttons are. */
export const PANEL_ACCOUNT = '1409';
export const PANEL_ZONES = { '1': { name: 'Toonbank' }, '2': { name: 'Kassa' } };
/** How often the panel says that it is there, and how long the gateway believes so. */
const POLL_MS = 30_000;
export const SUPERVISION_SECONDS = 120;

/** A panel that is connected to the receiver on this port of loopback, and says so now and then. */
export function plugInPanel(port: number, log: Logger): VirtualPanel {
  const panel = new VirtualPanel({
    ...{ clock: systemClock, log, account: PANEL_ACCOUNT },
    ...{ transport: 'tcp', host: '127.0.0.1', port },
  });
  panel.supervise(POLL_MS);
  return panel;
}
