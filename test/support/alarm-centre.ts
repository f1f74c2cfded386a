import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Entry } from '../../src/journal/record.ts';
import type { Alarm } from '../../src/liveview/alarm-model.ts';
import type { AlarmView } from '../../src/server/views.ts';
import type { OnvifDevice } from '../../src/simulator/onvif/device.ts';
import type { PanelTransport } from '../../src/simulator/panel/line.ts';
import { VirtualPanel, type VirtualPanelOptions } from '../../src/simulator/panel/panel.ts';
import { type RunningSimulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ApiCaller } from './api-caller.ts';
import { CAMERA_CA } from './certificates.ts';
import { LivePeer } from './live-peer.ts';
import { ServeRun } from './serve.ts';
import { CAMERA_CREDENTIALS, CAMERA_PASSWORD_ENV } from './simulate.ts';
import { until } from './until.ts';

type AlarmsConfig = NonNullable<ConfigInput['alarms']>;
type CameraAlarms = NonNullable<ConfigInput['cameras'][number]['alarms']>;

export interface AlarmCentreOptions {
  readonly alarms?: AlarmsConfig;
  /** Of which cameras at the site `jeweller` what is an alarm. */
  readonly cameras: Readonly<Record<string, CameraAlarms>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Certificates of test/support/certificates.ts, as the configuration names them. */
export const TLS_FILES = {
  cert: fixture('camera.crt'),
  key: fixture('camera.key'),
};

/**
 * A gateway at work and all that can tell it of alarms: virtual cameras of this process, which can be
 * pressed, virtual panels, and callers of the API. It can be killed and started again with what it left.
 */
export class AlarmCentre {
  readonly simulator: RunningSimulator;
  readonly #options: AlarmCentreOptions;
  readonly #open: { stop(): unknown }[] = [];
  #run: ServeRun;

  private constructor(options: AlarmCentreOptions, simulator: RunningSimulator, run: ServeRun) {
    this.#options = options;
    this.simulator = simulator;
    this.#run = run;
  }

  /** @param prepare what the cameras are like before anybody listens to them. */
  static async start(
    options: AlarmCentreOptions,
    prepare: (simulator: RunningSimulator) => void = () => undefined,
  ): Promise<AlarmCentre> {
    const password = new Secret(CAMERA_PASSWORD_ENV.VIRTUAL_CAMERA);
    const count = Object.keys(options.cameras).length;
    const simulator = await startSimulator({ cameras: count, looped: true, password });
    prepare(simulator);
    const run = await ServeRun.start(serveOptions(options, simulator));
    return new AlarmCentre(options, simulator, run);
  }

  get run(): ServeRun {
    return this.#run;
  }

  /**
   * Killed in the middle of whatever it does, and started again; cameras are switched off and on in
   * between, so that they know of no subscription of before.
   */
  async crash(): Promise<void> {
    await this.#run.stop('SIGKILL');
    for (const { id } of this.simulator.cameras) {
      await this.simulator.stopCamera(id);
      await this.simulator.startCamera(id);
    }
    const { dataDir } = this.#run;
    this.#run = await ServeRun.start({ ...serveOptions(this.#options, this.simulator), dataDir });
  }

  async stop(): Promise<void> {
    for (const each of this.#open.splice(0)) await each.stop();
    await this.#run.stop('SIGKILL');
    await this.simulator.stop();
  }

  /** What an operator's console hears. */
  async console(operator: ApiCaller): Promise<LivePeer> {
    const peer = await LivePeer.connect(operator);
    this.#open.push({ stop: () => peer.cut() });
    return peer;
  }

  async panel(
    account: string,
    transport: PanelTransport = 'tcp',
    more: Partial<VirtualPanelOptions> = {},
  ): Promise<VirtualPanel> {
    const { [transport]: port } = await this.#run.panelPorts();
    const panel = new VirtualPanel({
      ...{ clock: systemClock, log: silentLogger, account, transport, host: '127.0.0.1', port },
      ...(transport === 'tls' ? { ca: CAMERA_CA } : {}),
      ...more,
    });
    this.#open.push(panel);
    return panel;
  }

  /** The alarms that were raised, by the record that a crash leaves behind. */
  async journalled(kind = 'alarm.raised'): Promise<Entry[]> {
    const auditor = await this.#run.auditor();
    const found: Entry[] = [];
    for (;;) {
      const after = found.at(-1)?.seq ?? 0;
      const page = await auditor.call<Entry[]>('GET', `/v1/journal?after=${after}&limit=1000`);
      if (page.length === 0) return found.filter((entry) => entry.kind === kind);
      found.push(...page);
    }
  }

  /** The ONVIF side of a virtual camera, to press its buttons. */
  onvif(id: string): OnvifDevice {
    const device = this.simulator.camera(id).onvif;
    if (!device) throw new Error(`${id} is switched off`);
    return device;
  }

  /** A camera is listened to. */
  async heard(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await until(`events of ${id}`, () => this.simulator.camera(id).onvif?.subscriptions, 120_000);
    }
  }
}

export function alarmsOf(operator: ApiCaller): Promise<AlarmView[]> {
  return operator.call('GET', '/v1/alarms');
}

/** A program tells of an alarm; the answer as it is. */
export function tell(
  caller: ApiCaller,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return caller.fetch('/v1/alarms', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** What every alarm names. */
export type NamedAlarm = Pick<Alarm, 'source' | 'site' | 'cameras' | 'kind' | 'priority' | 'text'>;

function serveOptions(
  { alarms = {}, cameras, env }: AlarmCentreOptions,
  simulator: RunningSimulator,
) {
  const config = {
    sites: [
      {
        ...{ id: 'jeweller', name: 'Juwelier', address: 'Lijnbaan 1, Rotterdam' },
        contacts: [{ name: 'Winkelchef', phone: '+31 10 000 00 00', role: 'sleutelhouder' }],
        instructions: 'De achterdeur komt uit op de binnenplaats.',
      },
      { id: 'square', name: 'Plein' },
    ],
    cameras: simulator.cameras.map(({ id, name, onvifUrl }) => {
      const { hostname, port } = new URL(onvifUrl);
      const onvif = { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS };
      const own = cameras[id];
      return { id, name, site: 'jeweller', onvif, ...(own ? { alarms: own } : {}) };
    }),
    alarms,
  };
  return { config, env: { ...CAMERA_PASSWORD_ENV, ...env } };
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}
