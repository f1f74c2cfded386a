import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallerRole } from '../../access/role.ts';
import { type ConfigInput, configSchema } from '../../config/schema.ts';
import { systemClock } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { Secret } from '../../core/secret.ts';
import { type Gateway, startGateway } from '../../gateway.ts';
import type { VirtualPanel } from '../../simulator/panel/panel.ts';
import { type RunningSimulator, startSimulator } from '../../simulator/simulator.ts';
import { askForImages } from './control-room.ts';
import { demonstrationOutputs } from './outputs.ts';
import { Presenter } from './presenter.ts';
import { demonstrationScripts, type Props } from './scripts.ts';
import { PANEL_ACCOUNT, PANEL_ZONES, plugInPanel, SUPERVISION_SECONDS } from './surroundings.ts';

export interface DemoOptions {
  readonly centrePort: number;
  readonly policePort: number;
  readonly dataDir: string;
  readonly cameras: number;
  readonly log: Logger;
}

export interface DemoUser {
  readonly username: string;
  readonly password: Secret;
  readonly role: CallerRole;
  readonly controlRoom: string | null;
}

export interface Demo {
  readonly centreUrl: string;
  readonly policeUrl: string;
  readonly users: readonly DemoUser[];
  readonly simulator: RunningSimulator;
  stop(): Promise<void>;
}

const CONTROL_ROOMS = [
  { id: 'rotterdam', name: 'Meldkamer Rotterdam' },
  { id: 'den-haag', name: 'Meldkamer Den Haag' },
];

const SITES = [
  {
    id: 'jeweller',
    name: 'Juwelier Lijnbaan',
    address: 'Lijnbaan 1, Rotterdam',
    contacts: [{ name: 'Sleutelhouder', phone: '+31 10 000 00 00', role: 'sleutelhouder' }],
    instructions: 'Achterdeur komt uit op de binnenplaats.',
  },
  {
    id: 'square',
    name: 'Plein en parkeerterrein',
    contacts: [],
    requestable: { by: ['rotterdam'] },
  },
];

const ACCOUNTS: readonly Omit<DemoUser, 'password'>[] = [
  { username: 'centralist', role: 'operator', controlRoom: null },
  { username: 'meldkamer', role: 'dispatcher', controlRoom: 'rotterdam' },
  { username: 'meldkamer2', role: 'dispatcher', controlRoom: 'den-haag' },
  { username: 'beheer', role: 'admin', controlRoom: null },
];

/** A whole centre on one machine: virtual cameras, a gateway, users with fresh passwords. All on loopback. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { log, dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const password = freshPassword();
  const simulator = await startSimulator({
    cameras: options.cameras,
    username: 'liveview',
    password,
    clock: systemClock,
    log: log.child({ part: 'simulator' }),
  });
  const stops = [() => simulator.stop()];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each().catch(report(log));
  };
  try {
    const config = configSchema.parse(demoConfig(options, simulator, password));
    const around: Around = { simulator };
    const scripts = demonstrationScripts(propsOf(around));
    const demonstration = new Presenter({ clock: systemClock, log, scripts });
    stops.push(async () => demonstration.stop());
    const gateway = await startGateway({ config, log, demonstration });
    stops.push(() => gateway.stop());
    const users = await prepareUsers(gateway);
    const { centreUrl, policeUrl = '', panelPort = 0 } = gateway;
    const panel = plugInPanel(panelPort, log);
    stops.push(async () => panel.stop());
    around.panel = panel;
    around.ask = (question) => askForImages(policeUrl, dispatcherOf(users), question);
    return { centreUrl, policeUrl, users, simulator, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Those around the centre who play along; the panel is there once the gateway is. */
interface Around {
  readonly simulator: RunningSimulator;
  panel?: VirtualPanel;
  ask?: Props['askForImages'];
}

function propsOf(around: Around): Props {
  return {
    play: (act) => around.simulator.play(act),
    pressHoldUp: (button) => pressHoldUp(around.panel, button),
    async askForImages(question) {
      if (!around.ask) throw new Error('there is no control room yet');
      await around.ask(question);
    },
  };
}

/** @throws Error when the receiver does not take it: nobody is called then. */
export async function pressHoldUp(
  panel: Pick<VirtualPanel, 'report'> | undefined,
  button: number,
): Promise<void> {
  if (!panel) throw new Error('there is no alarm panel yet');
  const { reply } = await panel.report({ name: 'hold-up', number: button });
  if (reply.kind !== 'ACK') throw new Error(`the receiver answers ${reply.kind} to the panel`);
}

/** The one whose control room may ask for images. */
function dispatcherOf(users: readonly DemoUser[]): DemoUser {
  const dispatcher = users.find(({ controlRoom }) => controlRoom === CONTROL_ROOMS[0]?.id);
  if (dispatcher) return dispatcher;
  throw new Error('the demonstration has no dispatcher');
}

function report(log: Logger): (error: unknown) => void {
  return (error) => log.error(`not everything stopped cleanly: ${describe(error)}`);
}

function demoConfig(
  options: DemoOptions,
  simulator: RunningSimulator,
  password: Secret,
): ConfigInput {
  const passwordFile = join(options.dataDir, 'virtual-cameras.password');
  writeFileSync(passwordFile, password.reveal(), { mode: 0o600 });
  return {
    gateway: { name: 'Toezichtcentrale Demo', dataDir: options.dataDir },
    centre: { listen: `127.0.0.1:${options.centrePort}` },
    police: { listen: `127.0.0.1:${options.policePort}`, insecure: true },
    controlRooms: CONTROL_ROOMS,
    sites: SITES,
    alarms: {
      dc09: {
        listen: '127.0.0.1:0',
        accounts: {
          [PANEL_ACCOUNT]: {
            ...{ site: 'jeweller', supervisionSeconds: SUPERVISION_SECONDS, zones: PANEL_ZONES },
          },
        },
      },
    },
    cameras: simulator.cameras.map(({ id, name, onvifUrl, relays }) => {
      const { hostname, port } = new URL(onvifUrl);
      return {
        id,
        name,
        site: id.startsWith('shop') ? 'jeweller' : 'square',
        outputs: demonstrationOutputs(relays),
        onvif: {
          host: hostname,
          port: Number(port),
          username: 'liveview',
          password: { file: passwordFile },
        },
      };
    }),
  };
}

/** The same names at every start, a new password each time. */
async function prepareUsers(gateway: Gateway): Promise<DemoUser[]> {
  const known = new Set(gateway.users.list().map((user) => user.username));
  return Promise.all(
    ACCOUNTS.map(async (account) => {
      const { username, role, controlRoom } = account;
      const password = freshPassword();
      if (known.has(username)) await gateway.users.setPassword(username, password);
      else {
        const room = controlRoom === null ? {} : { controlRoom };
        await gateway.users.add({ username, password, role, ...room });
      }
      return { ...account, password };
    }),
  );
}

function freshPassword(): Secret {
  return new Secret(randomBytes(9).toString('base64url'));
}
