import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sessions } from './access/sessions.ts';
import { TokenStore } from './access/tokens.ts';
import { UserStore } from './access/users.ts';
import { OnvifWorkerPool } from './cameras/onvif/worker-pool.ts';
import type { Config } from './config/schema.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { LiveViewError } from './core/errors.ts';
import { Lifecycle, type Service } from './core/lifecycle.ts';
import type { Logger } from './core/log.ts';
import { GatewayCameras } from './gateway/cameras.ts';
import { ConfiguredDirectory } from './gateway/directory.ts';
import { openFeed } from './gateway/feeds.ts';
import { FfmpegCheck } from './gateway/ffmpeg-check.ts';
import { listenerOptions } from './gateway/listeners.ts';
import { createMetrics } from './gateway/metrics.ts';
import { mediaOpener } from './gateway/open-media.ts';
import { QuirksFile } from './gateway/quirks-file.ts';
import { openJournal } from './journal/sqlite-journal.ts';
import { LiveView } from './liveview/liveview.ts';
import { createListener, type Listener } from './server/listener.ts';
import { Hub } from './video/hub/hub.ts';

/** How long a camera is kept after its last viewer left: tiles are switched back and forth. */
const FEED_GRACE_MS = 10_000;

export interface GatewayOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** A gateway that serves. */
export interface Gateway {
  readonly centreUrl: string;
  readonly policeUrl: string | undefined;
  readonly users: UserStore;
  /**
   * Takes over cameras, sites, control rooms and policies. What needs a restart is named in the
   * result; nothing is changed when a camera of the new configuration cannot be set up.
   */
  reload(config: Config): Promise<readonly string[]>;
  /** Ends every share and movement, says goodbye to cameras, closes the journal. */
  stop(): Promise<void>;
}

/**
 * Builds, wires and starts everything; stops in reverse. The two flows, video and command, know
 * nothing of each other and meet here.
 *
 * @throws LiveViewError `secret-missing`, `journal-unreadable`, `address-in-use` and others that say
 * what to do; nothing is left running then.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, clock = systemClock } = options;
  let config = options.config;
  const dataDir = makeDataDir(config.gateway.dataDir);
  const directory = new ConfiguredDirectory(config);
  const journal = openJournal(join(dataDir, 'journal.db'), { clock, log });
  const pool = new OnvifWorkerPool({ clock, log });
  const quirks = new QuirksFile(dataDir, log);
  const cameras = new GatewayCameras({ clock, log, pool, quirks });
  const ffmpeg = new FfmpegCheck(log);
  const hub = new Hub({
    clock,
    log,
    graceMs: FEED_GRACE_MS,
    openFeed: (camera, quality, sink) => openFeed({ clock, log, cameras }, camera, quality, sink),
  });
  const liveview = new LiveView({
    clock,
    journal,
    directory,
    controls: (camera) => cameras.get(camera)?.control,
    log,
  });
  const users = new UserStore(dataDir, clock);
  const tokens = new TokenStore(dataDir, clock);
  const sessions = new Sessions({ clock, users, tokens });
  const deps = {
    liveview,
    viewings: liveview.viewings,
    users,
    tokens,
    sessions,
    journal,
    directory,
    clock,
    log,
    openMedia: mediaOpener(hub, cameras, ffmpeg),
    gatewayName: config.gateway.name,
    ptz: (camera: string) => cameras.ptz(camera),
    webRoot: fileURLToPath(new URL('../web/dist/', import.meta.url)),
    metrics: createMetrics(hub, liveview),
    status: () => ({ ready: true, problems: cameras.problems() }),
  };
  const centre = createListener(listenerOptions('centre', config.centre, deps));
  const police = config.police && createListener(listenerOptions('police', config.police, deps));

  const lifecycle = new Lifecycle([
    { name: 'journal', start: () => undefined, stop: () => journal.close() },
    { name: 'ffmpeg', start: () => ffmpeg.run(), stop: () => undefined },
    { name: 'onvif workers', start: () => undefined, stop: () => pool.close() },
    {
      name: 'cameras',
      start: async () => void (await cameras.configure(config)),
      stop: () => cameras.close(),
    },
    { name: 'hub', start: () => cameras.keepWarm(hub), stop: () => hub.stop() },
    { name: 'sessions', start: () => undefined, stop: () => sessions.stop() },
    { name: 'live view', start: () => liveview.start(), stop: () => liveview.stop() },
    ...[centre, police].filter((listener) => listener !== undefined).map(listenerService),
  ]);
  await lifecycle.start();

  return {
    get centreUrl() {
      return centre.url;
    },
    get policeUrl() {
      return police?.url;
    },
    users,
    async reload(next) {
      for (const camera of await cameras.configure(next)) hub.drop(camera);
      cameras.keepWarm(hub);
      directory.update(next);
      const restart = needsRestart(config, next);
      config = next;
      return restart;
    },
    stop: () => lifecycle.stop(),
  };
}

function listenerService(listener: Listener): Service {
  return { name: 'listener', start: () => listener.start(), stop: () => listener.stop() };
}

function makeDataDir(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return dataDir;
  } catch (cause) {
    throw new LiveViewError(
      'data-dir',
      `the data directory ${dataDir} cannot be made; create it for this user, or set gateway.dataDir`,
      { cause },
    );
  }
}

/** The sections that are read once, at the start. */
function needsRestart(before: Config, after: Config): string[] {
  const sections = ['gateway', 'centre', 'police', 'alarms'] as const;
  return sections.filter(
    (section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]),
  );
}
