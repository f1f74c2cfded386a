import type { Browser } from 'playwright-core';
import type { CallerRole } from '../../src/access/role.ts';
import { UserStore } from '../../src/access/users.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Incident, Right } from '../../src/liveview/model.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from './api-caller.ts';
import { launchBrowser, logIn, openPage, type WatchedPage } from './browser.ts';
import { ServeRun } from './serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from './simulate.ts';

/** Chromium without a graphics card on a busy machine. */
export const PATIENCE_MS = 90_000;
const PASSWORD = 'een lang wachtwoord';

export interface OneDomeOptions {
  /** Beside the camera itself. */
  readonly config?: Omit<ConfigInput, 'gateway' | 'cameras'>;
  readonly outputs?: ConfigInput['cameras'][number]['outputs'];
  /** Who may log in; dispatchers are of Rotterdam. */
  readonly users: Readonly<Record<string, CallerRole>>;
  /** What Rotterdam may do with the camera. */
  readonly rights: readonly Right[];
}

/**
 * A gateway at work with one virtual dome in this process, `shop-1`, an incident that is shared with
 * Rotterdam, and people who log in on the consoles.
 */
export class OneDome {
  readonly simulator: RunningSimulator;
  readonly browser: Browser;
  readonly run: ServeRun;
  readonly operator: ApiCaller;
  readonly incident: string;

  private constructor(
    parts: Pick<OneDome, 'simulator' | 'browser' | 'run' | 'operator' | 'incident'>,
  ) {
    ({ simulator: this.simulator, browser: this.browser, run: this.run } = parts);
    ({ operator: this.operator, incident: this.incident } = parts);
  }

  static async start({ config, outputs, users, rights }: OneDomeOptions): Promise<OneDome> {
    const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
    const [simulator, browser] = await Promise.all([
      startSimulator({ cameras: 1, looped: true, password }),
      launchBrowser(),
    ]);
    const { hostname, port } = new URL(simulator.cameras[0]?.onvifUrl ?? '');
    const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
    const camera = { id: 'shop-1', name: 'Winkel', onvif, ...(outputs ? { outputs } : {}) };
    const run = await ServeRun.start({
      config: { cameras: [camera], ...config },
      env: CAMERA_PASSWORD_ENV,
    });
    await addUsers(run, users);
    const operator = await run.operator();
    const facts = { type: 'robbery', site: 'site', summary: '', cameras: ['shop-1'] };
    const { id: incident } = await operator.call<Incident>('POST', '/v1/incidents', facts);
    const share = { cameras: ['shop-1'], rights, expiresInMinutes: 60 };
    await operator.call('PUT', `/v1/incidents/${incident}/grants/rotterdam`, share);
    return new OneDome({ simulator, browser, run, operator, incident });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.run.stop('SIGKILL');
    await this.simulator.stop();
  }

  get camera() {
    return this.simulator.camera('shop-1');
  }

  /** The console of one of the users, at the page that it opens with. */
  async logIn(username: string): Promise<WatchedPage> {
    const { centre, police } = await this.run.ready();
    const { controlRoom } = new UserStore(this.run.dataDir, systemClock).find(username) ?? {};
    const watched = await openPage(this.browser);
    watched.page.setDefaultTimeout(PATIENCE_MS);
    const url = controlRoom === undefined ? centre : police;
    await logIn(watched.page, url, { username, password: PASSWORD });
    return watched;
  }

  /** The same with the incident open. */
  async openIncident(username: string): Promise<WatchedPage> {
    const watched = await this.logIn(username);
    await watched.page.getByTestId(`incident-${this.incident}`).click();
    return watched;
  }
}

async function addUsers(run: ServeRun, roles: OneDomeOptions['users']): Promise<void> {
  const users = new UserStore(run.dataDir, systemClock);
  for (const [username, role] of Object.entries(roles)) {
    const room = role === 'dispatcher' ? { controlRoom: 'rotterdam' } : {};
    await users.add({ username, role, password: new Secret(PASSWORD), ...room });
  }
}
