import { type Clock, systemClock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import { VirtualPanel } from '../../simulator/panel/panel.ts';

/** The panel at the jeweller's: its account, and where its two hold-up buttons are. */
export const PANEL_ACCOUNT = '1409';
export const PANEL_ZONES = { '1': { name: 'Toonbank' }, '2': { name: 'Kassa' } };
/** How often the panel says that it is there, and how long the gateway believes so. */
const POLL_MS = 30_000;
export const SUPERVISION_SECONDS = 120;

/** A panel that is connected to the receiver on this port of loopback, and says so now and then. */
export function plugInPanel(port: number, log: Logger, clock: Clock = systemClock): VirtualPanel {
  const panel = new VirtualPanel({
    ...{ clock, log, account: PANEL_ACCOUNT },
    ...{ transport: 'tcp', host: '127.0.0.1', port },
  });
  panel.supervise(POLL_MS);
  return panel;
}

export interface Dispatcher {
  readonly username: string;
  readonly password: Secret;
}

/**
 * What a dispatcher does who has had a call: logs in at the police listener and asks for images of a site.
 *
 * @throws LiveViewError `demonstration-failed` with what the gateway answered.
 */
export async function askForImages(
  policeUrl: string,
  { username, password }: Dispatcher,
  args: { readonly site: string; readonly text: string },
): Promise<void> {
  const { origin } = new URL(policeUrl);
  const login = await post(
    policeUrl,
    '/v1/session',
    { origin },
    { username, password: password.reveal() },
  );
  const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  await post(policeUrl, '/v1/requests', { origin, cookie }, { action: 'view', args });
  await fetch(new URL('/v1/session', policeUrl), { method: 'DELETE', headers: { origin, cookie } });
}

async function post(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Response> {
  const response = await fetch(new URL(path, base), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return response;
  throw new LiveViewError(
    'demonstration-failed',
    `the gateway answered ${response.status} to ${path}: ${await response.text()}`,
  );
}
