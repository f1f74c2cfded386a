import type { UserStore } from './access/users.ts';
import type { Config } from './config/schema.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { Lifecycle, type Service } from './core/lifecycle.ts';
import type { Logger } from './core/log.ts';
import { claimDataDir } from './gateway/data-dir.ts';
import { panelAccounts } from './gateway/intake/dc09.ts';
import { buildParts, type Parts } from './gateway/parts.ts';
import type { Demonstration } from './server/deps.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
  /** What can be played for a workshop. */
  readonly demonstration?: Demonstration;
}

/** A gateway that serves. */
export interface Gateway {
  readonly centreUrl: string;
  readonly policeUrl: string | undefined;
  readonly users: UserStore;
  /** Where panels report in the clear over TCP; undefined when they do not. */
  readonly panelPort: number | undefined;
  /** Every listener accepts connections. */
  isServing(): boolean;
  /**
   * Takes over cameras, sites, control rooms and policies. Movements of a camera that changes are
   * stopped, and what is on at it is switched off, before it is let go, its viewers are ended, and what
   * the new configuration does not allow is over. Resolves with the sections that need a restart.
   *
   * @throws LiveViewError `secret-missing`; nothing has changed then.
   */
  reload(config: Config): Promise<readonly string[]>;
  /** Ends every share and movement, says goodbye to cameras, closes the journal. */
  stop(): Promise<void>;
}

/**
 * Builds, wires and starts everything; stops in reverse. The two flows, video and command, know
 * nothing of each other and meet here.
 *
 * @throws LiveViewError `already-running`, `secret-missing`, `journal-unreadable`, `address-in-use` and
 * others that say what to do; nothing is left running then.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, clock = systemClock, demonstration } = options;
  const claim = await claimDataDir(config.gateway.dataDir);
  try {
    const parts = buildParts({ config, dataDir: claim.path, clock, log, demonstration });
    const lifecycle = new Lifecycle(services(config, parts));
    await lifecycle.start();
    return new RunningGateway(config, parts, async () => {
      // Nothing waits for a connection that does not answer: permits and movements end first.
      parts.liveview.beginStop();
      await lifecycle.stop().finally(() => claim.release());
    });
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** In the order in which they start. */
function services(config: Config, parts: Parts): Service[] {
  const { journal, ffmpeg, encoders, pool, cameras, hub, sessions, liveview, warmth } = parts;
  const { intake, panels, centre, police, planFiles, journalCare, egress, certificates } = parts;
  const listeners = [centre, police].filter((listener) => listener !== undefined);
  return [
    { name: 'journal', start: nothing, stop: () => journal.close() },
    { name: 'egress', start: () => egress.start(), stop: () => egress.stop() },
    { name: 'ffmpeg', start: () => ffmpeg.run(), stop: nothing },
    { name: 'encoders', start: () => encoders.choose(), stop: nothing },
    { name: 'onvif workers', start: nothing, stop: () => pool.close() },
    {
      name: 'cameras',
      start: async () => (await cameras.next(config)).take(),
      stop: () => cameras.close(),
    },
    { name: 'hub', start: nothing, stop: () => hub.stop() },
    { name: 'sessions', start: nothing, stop: () => sessions.stop() },
    { name: 'live view', start: () => liveview.start(), stop: () => liveview.stop() },
    {
      name: 'plan files',
      start: () => planFiles.apply(config),
      stop: () => planFiles.stop(),
    },
    { name: 'journal care', start: () => journalCare.start(), stop: () => journalCare.stop() },
    { name: 'alarm intake', start: () => intake.start(), stop: () => intake.stop() },
    { name: 'warm cameras', start: () => warmth.start(), stop: () => warmth.stop() },
    certificates,
    ...(panels ? [panels] : []),
    ...listeners.map((listener) => ({
      name: 'listener',
      start: () => listener.start(),
      stop: () => listener.stop(),
    })),
  ];
}

function nothing(): void {}

class RunningGateway implements Gateway {
  readonly stop: () => Promise<void>;
  readonly #parts: Parts;
  #config: Config;

  constructor(config: Config, parts: Parts, stop: () => Promise<void>) {
    this.#config = config;
    this.#parts = parts;
    this.stop = stop;
  }

  get centreUrl(): string {
    return this.#parts.centre.url;
  }

  get policeUrl(): string | undefined {
    return this.#parts.police?.url;
  }

  get users(): UserStore {
    return this.#parts.users;
  }

  get panelPort(): number | undefined {
    return this.#parts.panels?.ports.tcp;
  }

  isServing(): boolean {
    const { centre, police } = this.#parts;
    return centre.listening && (police?.listening ?? true);
  }

  async reload(config: Config): Promise<readonly string[]> {
    const { cameras, hub, liveview, directory, warmth, planFiles, intake, panels } = this.#parts;
    const { certificates, certificateRooms, police } = this.#parts;
    const accounts = panelAccounts(config.alarms.dc09 ?? { accounts: {} });
    const next = await cameras.next(config);
    await Promise.all(next.leaving.map((camera) => liveview.stopCamera(camera)));
    const leaving = next.take();
    for (const camera of next.leaving) hub.drop(camera);
    directory.update(config);
    panels?.update(accounts);
    liveview.directoryChanged();
    warmth.update();
    planFiles.apply(config);
    intake.update(config);
    certificates.look();
    certificateRooms.update(config.controlRooms);
    police?.judgeCertificates();
    await leaving;
    const restart = needsRestart(this.#config, config);
    this.#config = config;
    return restart;
  }
}

/** The sections that are read once, at the start. */
function needsRestart(before: Config, after: Config): string[] {
  const sections = ['gateway', 'access', 'centre', 'police', 'transcode', 'journal'] as const;
  const isOther = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  const receiver = ({ alarms: { dc09 } }: Config) => dc09 && { ...dc09, accounts: undefined };
  return [
    ...sections.filter((section) => isOther(before[section], after[section])),
    // Panels come and go while the gateway runs; where they report does not change.
    ...(isOther(receiver(before), receiver(after)) ? ['alarms.dc09'] : []),
  ];
}
